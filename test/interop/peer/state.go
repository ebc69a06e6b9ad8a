package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/raft"
	"google.golang.org/protobuf/encoding/protowire"
)

// state is the replicated state machine. It keeps a jaco.v1.FSMSnapshot in two parts: the records of nodes by hostname,
// as commands replace and remove those, and everything else as the bytes that it came in, to which commands append
// (to append the bytes of one protobuf message to another is to merge them). commands.go says what a command does.
type state struct {
	contract *contract
	// ring seals what goes into raft, and opens what comes out of it.
	ring *keyring
	// opaque accepts snapshots that are not an FSMSnapshot (0 bytes and 1 byte have none of a cluster's records).
	opaque bool

	mu sync.RWMutex
	// rest only ever grows at its end or is replaced, so that a prefix of it is a snapshot without copying.
	rest     []byte
	view     view
	restored restoredState
}

// restoredState says what the engine handed over when it last restored a snapshot.
type restoredState struct {
	Digest    string `json:"digest"`
	SizeBytes int    `json:"sizeBytes"`
	Count     int    `json:"count"`
}

func newState(contract *contract, ring *keyring, opaque bool) *state {
	return &state{contract: contract, ring: ring, opaque: opaque, view: newView()}
}

// Apply does what one command says (raft.FSM).
func (s *state) Apply(entry *raft.Log) any {
	opened := *entry
	if s.ring != nil {
		if err := s.ring.openCommand(&opened); err != nil {
			return err
		}
	}
	command, err := s.contract.parse("Command", opened.Data)
	if err != nil {
		return fmt.Errorf("command at index %d: %w", entry.Index, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.apply(command, entry.Index); err != nil {
		return fmt.Errorf("command at index %d: %w", entry.Index, err)
	}
	return nil
}

// Snapshot captures the state as it stands (raft.FSM).
func (s *state) Snapshot() (raft.FSMSnapshot, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.capture(), nil
}

func (s *state) capture() capture {
	return capture{s.ring, s.rest[:len(s.rest):len(s.rest)], s.nodes()}
}

// nodes are the records of the nodes, in the order of their names.
func (s *state) nodes() []byte {
	piece := s.contract.make("FSMSnapshot")
	for _, name := range sortedNames(s.view.nodes) {
		piece.with("nodes", []record{s.view.nodes[name]})
	}
	return piece.encode()
}

// Restore replaces the state by a snapshot (raft.FSM).
func (s *state) Restore(snapshot io.ReadCloser) error {
	defer snapshot.Close()
	content, err := io.ReadAll(snapshot)
	if err == nil && s.ring != nil {
		content, err = s.ring.open(content, forSnapshot)
	}
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.load(content); err != nil {
		return err
	}
	s.restored = restoredState{Digest: digest(content), SizeBytes: len(content), Count: s.restored.Count + 1}
	return nil
}

func (s *state) load(content []byte) error {
	s.rest, s.view = content, newView()
	if s.opaque {
		return nil
	}
	whole, err := s.contract.parse("FSMSnapshot", content)
	if err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	s.view.merge(whole)
	s.rest = withoutRecords(content, func(field protowire.Number, _ []byte) bool { return field == s.contract.stateField("nodes") })
	return nil
}

// withoutRecords is a state without the records that are gone, the rest byte for byte.
func withoutRecords(content []byte, gone func(field protowire.Number, element []byte) bool) []byte {
	kept := make([]byte, 0, len(content))
	for len(content) > 0 {
		field, kind, size := protowire.ConsumeTag(content)
		size += protowire.ConsumeFieldValue(field, kind, content[size:])
		element, _ := protowire.ConsumeBytes(content[protowire.SizeTag(field):size])
		if kind != protowire.BytesType || !gone(field, element) {
			kept = append(kept, content[:size]...)
		}
		content = content[size:]
	}
	return kept
}

// capture is a state that no longer changes.
type capture struct {
	ring        *keyring
	rest, nodes []byte
}

// Persist streams the captured state into the engine's snapshot store (raft.FSMSnapshot).
func (c capture) Persist(sink raft.SnapshotSink) error {
	parts := [][]byte{c.rest, c.nodes}
	if c.ring != nil {
		parts = [][]byte{c.ring.seal(slices.Concat(parts...), forSnapshot)}
	}
	for _, part := range parts {
		if _, err := sink.Write(part); err != nil {
			return err
		}
	}
	return sink.Close()
}

// Release has nothing to give back (raft.FSMSnapshot).
func (c capture) Release() {}

func (c capture) sizeBytes() int { return len(c.rest) + len(c.nodes) }

func (c capture) digest() string {
	sum := sha256.New()
	sum.Write(c.rest)
	sum.Write(c.nodes)
	return hex.EncodeToString(sum.Sum(nil))
}

// canonicalDigest is the digest of a state in the one canonical order. The same state can have many encodings: pieces
// appended or merged, map entries and nodes in any order.
func (c *contract) canonicalDigest(content []byte) (string, error) {
	whole, err := c.parse("FSMSnapshot", content)
	if err != nil {
		return "", err
	}
	nodes := whole.list("nodes")
	slices.SortFunc(nodes, func(a, b record) int { return strings.Compare(a.text("hostname"), b.text("hostname")) })
	whole.Clear(whole.field("nodes"))
	return digest(whole.with("nodes", nodes).encode()), nil
}

func digest(content []byte) string { return capture{rest: content}.digest() }
