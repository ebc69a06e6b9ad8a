package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"time"

	"github.com/hashicorp/raft"
	raftboltdb "github.com/hashicorp/raft-boltdb/v2"
	"go.etcd.io/bbolt"
)

// readLog adds what raft-boltdb reads from a log.db, without changing the file. A ring opens every entry.
func readLog(path string, ring *keyring, found *raftDirectory) error {
	store, err := raftboltdb.New(raftboltdb.Options{Path: path, BoltOptions: &bbolt.Options{ReadOnly: true}})
	if err != nil {
		return err
	}
	defer store.Close()
	found.CurrentTerm = readNumber(store, "CurrentTerm")
	found.LastVoteTerm = readNumber(store, "LastVoteTerm")
	if candidate, err := store.Get([]byte("LastVoteCand")); err == nil {
		found.LastVoteCand = string(candidate)
	}
	var firstErr, lastErr error
	found.FirstIndex, firstErr = store.FirstIndex()
	found.LastIndex, lastErr = store.LastIndex()
	if err := errors.Join(firstErr, lastErr); err != nil {
		return err
	}
	sum := sha256.New()
	for index := found.FirstIndex; index != 0 && index <= found.LastIndex; index++ {
		var entry raft.Log
		if err := store.GetLog(index, &entry); err != nil {
			return err
		}
		if entry.Index != index {
			return fmt.Errorf("the entry under the key %d is of index %d", index, entry.Index)
		}
		if ring != nil {
			if err := errors.Join(ring.openEntry(&entry), ring.openCommand(&entry)); err != nil {
				return err
			}
		}
		found.Entries++
		found.LastLogTerm = entry.Term
		hashEntry(sum, &entry)
	}
	found.LogDigest = hex.EncodeToString(sum.Sum(nil))
	return nil
}

func readNumber(store *raftboltdb.BoltStore, key string) *uint64 {
	value, err := store.GetUint64([]byte(key))
	if err != nil {
		return nil
	}
	return &value
}

// hashEntry adds one entry to a digest: index, term, type, time in nanoseconds since 1970 (0 for no time), then data
// and extensions, each behind its length; every number as 8 bytes, big-endian.
func hashEntry(sum hash.Hash, entry *raft.Log) {
	var at uint64
	if !entry.AppendedAt.IsZero() {
		at = uint64(entry.AppendedAt.UnixNano())
	}
	for _, number := range []uint64{entry.Index, entry.Term, uint64(entry.Type), at} {
		sum.Write(binary.BigEndian.AppendUint64(nil, number))
	}
	for _, content := range [][]byte{entry.Data, entry.Extensions} {
		sum.Write(binary.BigEndian.AppendUint64(nil, uint64(len(content))))
		sum.Write(content)
	}
}

// entryInput is one entry of the log.
type entryInput struct {
	Index      uint64 `json:"index,string"`
	Term       uint64 `json:"term,string"`
	Type       uint8  `json:"type"`
	Data       []byte `json:"data"`
	Extensions []byte `json:"extensions"`
	// AppendedAt is in nanoseconds since 1970; 0 is Go's zero time.
	AppendedAt int64 `json:"appendedAt,string"`
	// ZoneSeconds is how far the clock of the node that appended it was from UTC.
	ZoneSeconds int `json:"zoneSeconds"`
}

func (e entryInput) log() *raft.Log {
	entry := &raft.Log{Index: e.Index, Term: e.Term, Type: raft.LogType(e.Type), Data: e.Data, Extensions: e.Extensions}
	if e.AppendedAt != 0 {
		entry.AppendedAt = time.Unix(0, e.AppendedAt).UTC()
	}
	if e.ZoneSeconds != 0 {
		entry.AppendedAt = entry.AppendedAt.In(time.FixedZone("", e.ZoneSeconds))
	}
	return entry
}

// storedEntries lets raft-boltdb store entries and gives the bytes that are then in the file.
func storedEntries(path string, entries []entryInput, newTimeFormat bool) ([][]byte, error) {
	store, err := raftboltdb.New(raftboltdb.Options{Path: path, MsgpackUseNewTimeFormat: newTimeFormat})
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		err = errors.Join(err, store.StoreLog(entry.log()))
	}
	if err := errors.Join(err, store.Close()); err != nil {
		return nil, err
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	stored := [][]byte{}
	return stored, db.View(func(tx *bbolt.Tx) error {
		for _, entry := range entries {
			key := binary.BigEndian.AppendUint64(nil, entry.Index)
			stored = append(stored, append([]byte{}, tx.Bucket([]byte("logs")).Get(key)...))
		}
		return nil
	})
}
