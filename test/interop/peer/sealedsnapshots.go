package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/hashicorp/raft"
)

// sealedSnapshots is a snapshot store (raft.SnapshotStore) whose state.bin is sealed once more on the disk. Raft, and
// through it the other nodes, get the envelope that the state machine made.
type sealedSnapshots struct {
	raft.SnapshotStore
	ring *keyring
}

// Create implements raft.SnapshotStore.
func (s sealedSnapshots) Create(version raft.SnapshotVersion, index, term uint64, configuration raft.Configuration,
	configurationIndex uint64, transport raft.Transport) (raft.SnapshotSink, error) {
	sink, err := s.SnapshotStore.Create(version, index, term, configuration, configurationIndex, transport)
	if err != nil {
		return nil, err
	}
	meta := &raft.SnapshotMeta{
		Version: version, ID: sink.ID(), Index: index, Term: term,
		Configuration: configuration, ConfigurationIndex: configurationIndex,
	}
	return &sealedSink{SnapshotSink: sink, ring: s.ring, purpose: forSnapshotFile(meta)}, nil
}

// Open implements raft.SnapshotStore. Size is of what is given, as the leader announces it to a follower.
func (s sealedSnapshots) Open(id string) (*raft.SnapshotMeta, io.ReadCloser, error) {
	meta, file, err := s.SnapshotStore.Open(id)
	if err != nil {
		return nil, nil, err
	}
	sealed, err := io.ReadAll(file)
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, nil, err
	}
	content, err := s.ring.open(sealed, forSnapshotFile(meta))
	if err != nil {
		return nil, nil, fmt.Errorf("snapshot %s: %w", id, err)
	}
	meta.Size = int64(len(content))
	return meta, io.NopCloser(bytes.NewReader(content)), nil
}

// sealedSink keeps what it is given until the end, so that nothing plain reaches the disk.
type sealedSink struct {
	raft.SnapshotSink
	ring    *keyring
	purpose string
	content bytes.Buffer
	// closed tells that the content has been written: the state machine and raft both close a sink.
	closed bool
}

// Write implements raft.SnapshotSink.
func (s *sealedSink) Write(content []byte) (int, error) { return s.content.Write(content) }

// Close implements raft.SnapshotSink.
func (s *sealedSink) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	if _, err := s.SnapshotSink.Write(s.ring.seal(s.content.Bytes(), s.purpose)); err != nil {
		return errors.Join(err, s.SnapshotSink.Cancel())
	}
	return s.SnapshotSink.Close()
}
