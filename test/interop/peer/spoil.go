package main

import (
	"errors"
	"fmt"

	"github.com/hashicorp/raft"
	raftboltdb "github.com/hashicorp/raft-boltdb/v2"
	"go.etcd.io/bbolt"
)

// spoilings are what can be wrong with the log.db of a sealed store, each of which keeps a newer daemon from booting.
var spoilings = map[string]func(path string) error{
	"third-bucket": updating(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucket([]byte("more"))
		return err
	}),
	"no-format": updating(func(tx *bbolt.Tx) error { return tx.Bucket([]byte("conf")).Delete(formatKey) }),
	"short-format": updating(func(tx *bbolt.Tx) error {
		conf := tx.Bucket([]byte("conf"))
		sealed := conf.Get(formatKey)
		return conf.Put(formatKey, sealed[:len(sealed)-1])
	}),
	// The value of the first entry, under the key of the last.
	"moved-entry": updating(func(tx *bbolt.Tx) error {
		logs := tx.Bucket([]byte("logs"))
		_, first := logs.Cursor().First()
		last, _ := logs.Cursor().Last()
		return logs.Put(last, first)
	}),
	"plain-entry": func(path string) error {
		store, err := raftboltdb.NewBoltStore(path)
		if err != nil {
			return err
		}
		last, err := store.LastIndex()
		entry := &raft.Log{Index: last + 1, Term: 2, Type: raft.LogNoop}
		return errors.Join(err, store.StoreLog(entry), store.Close())
	},
}

func updating(change func(*bbolt.Tx) error) func(string) error {
	return func(path string) error {
		db, err := bbolt.Open(path, 0o600, nil)
		if err != nil {
			return err
		}
		return errors.Join(db.Update(change), db.Close())
	}
}

// spoilLog is `peer spoil-log <how> <log.db>`.
func spoilLog(arguments []string) error {
	if len(arguments) != 2 || spoilings[arguments[0]] == nil {
		return fmt.Errorf("usage: spoil-log <how> <log.db>, not %q", arguments)
	}
	return spoilings[arguments[0]](arguments[1])
}
