package main

import (
	"encoding/json"
	"errors"

	"github.com/hashicorp/raft"
)

// operations are what a test can ask of a running node.
var operations = map[string]func(*control, json.RawMessage) (any, error){
	"write":      asked(func(c *control, p batch) (any, error) { return c.node.writeBatch(p) }),
	"load-start": asked(func(c *control, p loadShape) (any, error) { return struct{}{}, c.load.start(p) }),
	"load-stop":  asked(func(c *control, _ struct{}) (any, error) { return c.load.stop() }),
	"barrier":    asked(func(c *control, _ struct{}) (any, error) { return struct{}{}, c.node.barrier() }),
	"snapshot":   asked(func(c *control, _ struct{}) (any, error) { return c.node.takeSnapshot() }),
	"add-server": asked(func(c *control, p member) (any, error) { return struct{}{}, c.node.addServer(p) }),
	"transfer":   asked(func(c *control, p member) (any, error) { return struct{}{}, c.node.transfer(p) }),
	"dump":       asked(func(c *control, _ struct{}) (any, error) { return c.node.state.dump(), nil }),
	"canonical":  asked(func(c *control, _ struct{}) (any, error) { return c.node.state.canonicalDigest() }),
	"stats":      asked(func(c *control, _ struct{}) (any, error) { return c.node.stats() }),
}

// asked gives an operation its parameters in their own type.
func asked[P any](operation func(*control, P) (any, error)) func(*control, json.RawMessage) (any, error) {
	return func(c *control, raw json.RawMessage) (any, error) {
		var parameters P
		if len(raw) > 0 {
			if err := json.Unmarshal(raw, &parameters); err != nil {
				return nil, err
			}
		}
		return operation(c, parameters)
	}
}

// member names a server of the cluster.
type member struct {
	ID          string `json:"id"`
	Address     string `json:"address"`
	GrpcAddress string `json:"grpcAddress"`
	Nonvoter    bool   `json:"nonvoter"`
}

// addServer makes another node a member and writes its record, as the leader does for `jaco node join`.
func (n *node) addServer(m member) error {
	add := n.raft.AddVoter
	if m.Nonvoter {
		add = n.raft.AddNonvoter
	}
	if err := add(raft.ServerID(m.ID), raft.ServerAddress(m.Address), 0, applyTimeout).Error(); err != nil {
		return err
	}
	join := n.contract.make("NodeJoin").with("hostname", m.ID).with("address", m.Address).with("grpc_address", m.GrpcAddress)
	ready := n.contract.make("NodeStatusUpdate").with("hostname", m.ID).with("status", nodeReady)
	_, err := n.apply(n.command("batch", n.contract.make("Batch").with("children", []record{
		n.command("node_join", join), n.command("node_status_update", ready),
	})))
	return err
}

func (n *node) transfer(m member) error {
	return n.raft.LeadershipTransferToServer(raft.ServerID(m.ID), raft.ServerAddress(m.Address)).Error()
}

func (n *node) takeSnapshot() (snapshotEntry, error) {
	future := n.raft.Snapshot()
	if err := future.Error(); err != nil {
		return snapshotEntry{}, err
	}
	meta, content, err := future.Open()
	if err != nil {
		return snapshotEntry{}, err
	}
	return describeMeta(meta), content.Close()
}

// nodeStats is what the engine says of itself.
type nodeStats struct {
	State         string          `json:"state"`
	Settled       bool            `json:"settled"`
	Term          uint64          `json:"term,string"`
	Leader        string          `json:"leader"`
	LeaderID      string          `json:"leaderId"`
	FirstIndex    uint64          `json:"firstIndex,string"`
	LastIndex     uint64          `json:"lastIndex,string"`
	AppliedIndex  uint64          `json:"appliedIndex,string"`
	Configuration []server        `json:"configuration"`
	Snapshots     []snapshotEntry `json:"snapshots"`
}

func (n *node) stats() (nodeStats, error) {
	configuration := n.raft.GetConfiguration()
	if err := configuration.Error(); err != nil {
		return nodeStats{}, err
	}
	snapshots, listErr := n.snapshots.List()
	first, firstErr := n.log.FirstIndex()
	leader, leaderID := n.raft.LeaderWithID()
	return nodeStats{
		State:         n.raft.State().String(),
		Settled:       n.settled.Load(),
		Term:          n.raft.CurrentTerm(),
		Leader:        string(leader),
		LeaderID:      string(leaderID),
		FirstIndex:    first,
		LastIndex:     n.raft.LastIndex(),
		AppliedIndex:  n.raft.AppliedIndex(),
		Configuration: describeServers(configuration.Configuration()),
		Snapshots:     describeMetas(snapshots),
	}, errors.Join(listErr, firstErr)
}
