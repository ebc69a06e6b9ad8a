package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/raft"
	raftboltdb "github.com/hashicorp/raft-boltdb/v2"
)

// formatKey is where the stable store keeps the proof of the ring, and formatText what stands before it.
var formatKey = []byte("jaco:encrypted-state:v1")

const formatText = "encrypted-state-v1\x00"

// writeFormat marks a new store as sealed under this ring.
func (r *keyring) writeFormat(store *raftboltdb.BoltStore) error {
	return store.Set(formatKey, r.seal(append([]byte(formatText), r.proof()...), forFormat))
}

// requireFormat holds a store to having been made under exactly this ring.
func (r *keyring) requireFormat(sealed []byte) error {
	if sealed == nil {
		return errors.New("the store is not sealed: it has no format key")
	}
	format, err := r.open(sealed, forFormat)
	if err != nil {
		return fmt.Errorf("format key: %w", err)
	}
	proof, found := bytes.CutPrefix(format, []byte(formatText))
	if !found || !bytes.Equal(proof, r.proof()) {
		return errors.New("the store was sealed under another ring")
	}
	return nil
}

// sealedLog is a log store (raft.LogStore) whose entries are sealed on the disk, and plain for raft.
type sealedLog struct {
	*raftboltdb.BoltStore
	ring *keyring
}

// GetLog implements raft.LogStore.
func (s sealedLog) GetLog(index uint64, entry *raft.Log) error {
	if err := s.BoltStore.GetLog(index, entry); err != nil {
		return err
	}
	return s.ring.openEntry(entry)
}

// StoreLog implements raft.LogStore.
func (s sealedLog) StoreLog(entry *raft.Log) error { return s.StoreLogs([]*raft.Log{entry}) }

// StoreLogs implements raft.LogStore.
func (s sealedLog) StoreLogs(entries []*raft.Log) error {
	sealed := make([]*raft.Log, 0, len(entries))
	for _, entry := range entries {
		sealed = append(sealed, s.ring.sealEntry(*entry))
	}
	return s.BoltStore.StoreLogs(sealed)
}

// sealEntry puts data and extensions into one envelope, which the entry then has as its data.
func (r *keyring) sealEntry(entry raft.Log) *raft.Log {
	length := binary.BigEndian.AppendUint64(nil, uint64(len(entry.Data)))
	plain := slices.Concat(length, entry.Data, entry.Extensions)
	entry.Data, entry.Extensions = r.seal(plain, forLogEntry(&entry)), nil
	return &entry
}

func (r *keyring) openEntry(entry *raft.Log) error {
	if len(entry.Extensions) > 0 {
		return fmt.Errorf("entry %d has extensions outside of its envelope", entry.Index)
	}
	plain, err := r.open(entry.Data, forLogEntry(entry))
	if err != nil {
		return fmt.Errorf("entry %d: %w", entry.Index, err)
	}
	if len(plain) < 8 || binary.BigEndian.Uint64(plain) > uint64(len(plain)-8) {
		return fmt.Errorf("entry %d: its data is cut short", entry.Index)
	}
	end := 8 + binary.BigEndian.Uint64(plain)
	entry.Data, entry.Extensions = plain[8:end], plain[end:]
	return nil
}

// openCommand gives the command of an entry that has been opened; other entries stay as they are.
func (r *keyring) openCommand(entry *raft.Log) (err error) {
	if entry.Type != raft.LogCommand {
		return nil
	}
	if entry.Data, err = r.open(entry.Data, forCommand); err != nil {
		return fmt.Errorf("command at index %d: %w", entry.Index, err)
	}
	return nil
}
