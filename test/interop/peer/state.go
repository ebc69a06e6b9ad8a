package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"sync"

	"github.com/hashicorp/raft"
)

// state is the replicated state machine. A command is a piece of a jaco.v1.FSMSnapshot and is merged by appending its
// bytes, which is what protobuf defines a merge to be; the state is therefore the commands in their order, and its
// snapshot is one FSMSnapshot.
//
// Each deployment and audit event gets the raft index at which it was applied, so that a test can tell exactly which
// writes a snapshot index covers.
type state struct {
	contract *contract
	// opaque accepts snapshots that are not an FSMSnapshot (0 bytes and 1 byte have none of a cluster's records).
	opaque bool

	mu sync.RWMutex
	// content only ever grows at its end, so that a prefix of it is a snapshot without copying.
	content  []byte
	view     view
	restored restoredState
}

// restoredState says what the engine handed over when it last restored a snapshot.
type restoredState struct {
	Digest    string `json:"digest"`
	SizeBytes int    `json:"sizeBytes"`
	Count     int    `json:"count"`
}

func newState(contract *contract, opaque bool) *state {
	return &state{contract: contract, opaque: opaque, view: newView()}
}

// Apply merges one command (raft.FSM).
func (s *state) Apply(entry *raft.Log) any {
	piece, err := s.contract.parse("FSMSnapshot", entry.Data)
	if err != nil {
		return fmt.Errorf("command at index %d: %w", entry.Index, err)
	}
	stamp(piece, entry.Index)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.content = append(s.content, piece.encode()...)
	s.view.merge(piece)
	return nil
}

// stamp tells the parts of a command that remember it at which index they were applied.
func stamp(piece record, index uint64) {
	for _, deployment := range piece.list("deployments") {
		deployment.with("applied_revision", index)
	}
	for _, event := range piece.list("audit_events") {
		event.with("raft_index", index)
	}
}

// Snapshot captures the state as it stands (raft.FSM).
func (s *state) Snapshot() (raft.FSMSnapshot, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return capture(s.content[:len(s.content):len(s.content)]), nil
}

// Restore replaces the state by a snapshot (raft.FSM).
func (s *state) Restore(snapshot io.ReadCloser) error {
	defer snapshot.Close()
	content, err := io.ReadAll(snapshot)
	if err != nil {
		return err
	}
	fresh := newView()
	if !s.opaque {
		whole, err := s.contract.parse("FSMSnapshot", content)
		if err != nil {
			return fmt.Errorf("snapshot: %w", err)
		}
		fresh.merge(whole)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.content, s.view = content, fresh
	s.restored = restoredState{Digest: digest(content), SizeBytes: len(content), Count: s.restored.Count + 1}
	return nil
}

// capture is a state that no longer changes.
type capture []byte

// Persist streams the captured state into the engine's snapshot store (raft.FSMSnapshot).
func (c capture) Persist(sink raft.SnapshotSink) error {
	if _, err := sink.Write(c); err != nil {
		return err
	}
	return sink.Close()
}

// Release has nothing to give back (raft.FSMSnapshot).
func (c capture) Release() {}

// canonicalDigest is the digest of a state in the one canonical order. The same state can have many encodings: pieces
// appended or merged, map entries in any order.
func (c *contract) canonicalDigest(content []byte) (string, error) {
	whole, err := c.parse("FSMSnapshot", content)
	if err != nil {
		return "", err
	}
	return digest(whole.encode()), nil
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
