package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/hashicorp/raft"
	raftboltdb "github.com/hashicorp/raft-boltdb/v2"
)

// snapshotsKept is how many snapshots the daemon retains.
const snapshotsKept = 3

// applyTimeout bounds how long a command may wait to enter the log.
const applyTimeout = 20 * time.Second

// node is one member of a raft cluster, on the daemon's layout of a data directory.
type node struct {
	settings  settings
	contract  *contract
	state     *state
	raft      *raft.Raft
	transport *raft.NetworkTransport
	// ring seals the state of the node, if it has one.
	ring *keyring
	// log is the file; raft reads and writes its entries through the ring.
	log       *raftboltdb.BoltStore
	snapshots raft.SnapshotStore
	// fresh tells that there was no log.db before.
	fresh bool
	// grpcAddress is where gRPC listens once it does; it goes into the node's own record.
	grpcAddress string
	// settled tells that this node leads and has done what it does first as a leader: it writes nothing of its own any more.
	settled atomic.Bool
}

// openNode opens the stores, and raft on them. A node without a log is a member of nothing yet.
func openNode(s settings) (*node, error) {
	contract, err := loadContract(s.protoDir)
	if err != nil {
		return nil, err
	}
	ring, err := keyringIn(s.keyFile, s.dataDir)
	if err != nil {
		return nil, err
	}
	n := &node{settings: s, contract: contract, state: newState(contract, ring, s.opaque), ring: ring}
	logs, err := n.openStores()
	if err != nil {
		return nil, err
	}
	started := func(*raft.Raft) {}
	if s.raftIdentity == "" {
		n.transport, err = listenForRaft(s.raftAddress)
	} else {
		n.transport, started, err = listenSecurely(s.raftAddress, s.raftIdentity, s.id)
	}
	if err != nil {
		return nil, fmt.Errorf("listening for raft: %w", err)
	}
	if n.raft, err = raft.NewRaft(s.engine(), n.state, logs, n.log, n.snapshots, n.transport); err != nil {
		return nil, fmt.Errorf("starting raft: %w", err)
	}
	started(n.raft)
	return n, nil
}

// openStores opens what is under raft/. A node with a ring boots only from what a newer daemon boots from.
func (n *node) openStores() (raft.LogStore, error) {
	s := n.settings
	if err := os.MkdirAll(s.raftDir(), 0o700); err != nil {
		return nil, err
	}
	_, err := os.Stat(s.logPath())
	n.fresh = errors.Is(err, os.ErrNotExist)
	if n.ring != nil {
		if err := n.ring.requireStart(s.dataDir, n.fresh); err != nil {
			return nil, err
		}
	}
	if n.log, err = raftboltdb.NewBoltStore(s.logPath()); err != nil {
		return nil, fmt.Errorf("opening log.db: %w", err)
	}
	if n.snapshots, err = raft.NewFileSnapshotStore(s.raftDir(), snapshotsKept, os.Stderr); err != nil {
		return nil, fmt.Errorf("opening the snapshot store: %w", err)
	}
	if n.ring == nil {
		return n.log, nil
	}
	n.snapshots = sealedSnapshots{n.snapshots, n.ring}
	if n.fresh {
		err = n.ring.writeFormat(n.log)
	}
	return sealedLog{n.log, n.ring}, err
}

// transportPool is how many connections to a peer are kept, transportTimeout how long one call on them may take.
const (
	transportPool    = 3
	transportTimeout = 2 * time.Second
)

// listenForRaft binds the transport. A node comes back on the address that its cluster knows, and the kernel may have
// lent that port to a passing connection meanwhile, so a taken port is tried again for a while.
func listenForRaft(address string) (*raft.NetworkTransport, error) {
	for attempt := 0; ; attempt++ {
		transport, err := raft.NewTCPTransport(address, nil, transportPool, transportTimeout, os.Stderr)
		if !errors.Is(err, syscall.EADDRINUSE) || attempt == 100 {
			return transport, err
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// listenSecurely is the same with TLS between the nodes. What it gives beside the transport must be told of raft once it
// runs: its configuration says whom to dial.
func listenSecurely(address, identityDir, name string) (*raft.NetworkTransport, func(*raft.Raft), error) {
	identity, err := readRaftIdentity(identityDir, name)
	if err != nil {
		return nil, nil, err
	}
	listener, err := listen(address)
	if err != nil {
		return nil, nil, err
	}
	layer := secure(listener, identity)
	transport := raft.NewNetworkTransport(layer, transportPool, transportTimeout, os.Stderr)
	return transport, func(engine *raft.Raft) { layer.raft.Store(engine) }, nil
}

// listen binds a port, trying again as listenForRaft does.
func listen(address string) (net.Listener, error) {
	for attempt := 0; ; attempt++ {
		listener, err := net.Listen("tcp", address)
		if !errors.Is(err, syscall.EADDRINUSE) || attempt == 100 {
			return listener, err
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// command is one that this node gives, now.
func (n *node) command(kind string, payload record) record {
	return n.contract.make("Command").with("identity", n.settings.id).with("ts", time.Now()).with(kind, payload)
}

// submit puts one command into the replicated log.
func (n *node) submit(command record) raft.ApplyFuture {
	encoded := command.encode()
	if n.ring != nil {
		encoded = n.ring.seal(encoded, forCommand)
	}
	return n.raft.Apply(encoded, applyTimeout)
}

// apply submits one command and waits until it is committed.
func (n *node) apply(command record) (uint64, error) {
	future := n.submit(command)
	if err := future.Error(); err != nil {
		return 0, err
	}
	if err, failed := future.Response().(error); failed {
		return 0, err
	}
	return future.Index(), nil
}

// barrier waits until everything committed so far is applied; it takes an index of its own.
func (n *node) barrier() error {
	return n.raft.Barrier(applyTimeout).Error()
}

func (n *node) close() error {
	err := n.raft.Shutdown().Error()
	return errors.Join(err, n.transport.Close(), n.log.Close())
}
