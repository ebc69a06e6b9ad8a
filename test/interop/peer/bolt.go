package main

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/raft"
	raftboltdb "github.com/hashicorp/raft-boltdb/v2"
	"go.etcd.io/bbolt"
)

// checkEvery is after how many writes the hammer lets bbolt check the whole file.
const checkEvery = 1000

// checkBolt is `peer check-bolt <log.db>`: bbolt's own consistency check, on a file opened read-write as the engine does.
func checkBolt(arguments []string) error {
	if len(arguments) != 1 {
		return errors.New("give the path of a log.db")
	}
	return checkFile(arguments[0])
}

func checkFile(path string) error {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: 5 * time.Second})
	if err != nil {
		return err
	}
	defer db.Close()
	return db.View(func(tx *bbolt.Tx) error {
		var problems []error
		for problem := range tx.Check() {
			problems = append(problems, problem)
		}
		return errors.Join(problems...)
	})
}

// hammerBolt is `peer hammer-bolt [-count n] [-no-freelist] <log.db>`: it drives the file through raft-boltdb as a busy node would
// (terms, votes, entries of all sizes, compaction at the front, truncation at the back), reopening and checking it on the way.
func hammerBolt(arguments []string) error {
	flags := flag.NewFlagSet("hammer-bolt", flag.ContinueOnError)
	count := flags.Int("count", 10000, "how many writes")
	noFreelist := flags.Bool("no-freelist", false, "let bbolt keep the list of free pages out of the file")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	path := flags.Arg(0)
	for done := 0; done < *count; done += checkEvery {
		if err := hammerOnce(path, min(checkEvery, *count-done), *noFreelist); err != nil {
			return fmt.Errorf("after %d writes: %w", done, err)
		}
		if err := checkFile(path); err != nil {
			return fmt.Errorf("check after %d writes: %w", done+checkEvery, err)
		}
	}
	return nil
}

func hammerOnce(path string, writes int, noFreelist bool) error {
	// Each write stays a transaction of its own; only the disk's confirmation is not waited for.
	store, err := raftboltdb.New(raftboltdb.Options{
		Path: path, NoSync: true, BoltOptions: &bbolt.Options{NoFreelistSync: noFreelist},
	})
	if err != nil {
		return err
	}
	defer store.Close()
	last, err := store.LastIndex()
	if err != nil {
		return err
	}
	// What was there before goes with the first compaction.
	oldest, err := store.FirstIndex()
	if err != nil {
		return err
	}
	first := last + 1
	for i := range writes {
		switch {
		case i%100 == 99:
			err = store.SetUint64([]byte("CurrentTerm"), uint64(1000+i))
		case i%250 == 150:
			// A new leader overwrites what was not committed.
			err = store.DeleteRange(last-5, last)
			last -= 6
		case i%500 == 300:
			// Compaction leaves the last two hundred entries.
			err = store.DeleteRange(oldest, last-200)
			first, oldest = last-199, last-199
		default:
			last++
			err = store.StoreLog(&raft.Log{Index: last, Term: 1, Type: raft.LogCommand, Data: noise((i * 37) % 9000)})
		}
		if err != nil {
			return err
		}
	}
	return verifyEntries(store, first, last)
}

func verifyEntries(store *raftboltdb.BoltStore, first, last uint64) error {
	for index := first; index <= last; index++ {
		var entry raft.Log
		if err := store.GetLog(index, &entry); err != nil {
			return fmt.Errorf("entry %d: %w", index, err)
		}
		if entry.Index != index || !slices.Equal(entry.Data, noise(len(entry.Data))) {
			return fmt.Errorf("entry %d came back changed", index)
		}
	}
	return nil
}

// forgetTerm is `peer forget-term <log.db>`: it takes CurrentTerm out, to show what a store without it leads to.
func forgetTerm(arguments []string) error {
	if len(arguments) != 1 {
		return errors.New("give the path of a log.db")
	}
	db, err := bbolt.Open(arguments[0], 0o600, &bbolt.Options{Timeout: 5 * time.Second})
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("conf")).Delete([]byte("CurrentTerm"))
	})
}
