package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// golden makes the files under test/fixtures/engine: raft directories, an archive and encodings, each beside what the
// engine reads from them, so that a machine without Go still tests against the engine's own files.
type golden struct {
	protoDir, out string
	scratch       string
}

// makeGolden is `peer make-golden --proto-dir <dir> --out <dir>`; what stands in the way under out is replaced.
func makeGolden(arguments []string) error {
	flags := flag.NewFlagSet("make-golden", flag.ContinueOnError)
	var g golden
	flags.StringVar(&g.protoDir, "proto-dir", "", "where jaco/v1/*.proto are")
	flags.StringVar(&g.out, "out", "", "where to write")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	var err error
	if g.scratch, err = os.MkdirTemp("", "peer-golden-"); err != nil {
		return err
	}
	defer os.RemoveAll(g.scratch)
	for _, step := range []func() error{g.singleVoter, g.follower, g.seeded, g.extreme, g.vectors} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// singleVoter has lived through restarts: several terms, three snapshots with a compacted log behind them, entries
// after the newest one (an entry of several pages among them), and it has sent a backup.
func (g golden) singleVoter() error {
	options := settings{id: "golden-1", bootstrap: true, clusterID: "golden", trailingLogs: 20}
	for round := range 4 {
		n, err := g.open(options)
		if err != nil {
			return err
		}
		if _, err := n.writeBatch(batch{Prefix: fmt.Sprintf("round-%d", round), Count: 60, SizeBytes: 30}); err != nil {
			return err
		}
		if round < 3 {
			if _, err := n.takeSnapshot(); err != nil {
				return err
			}
		} else if _, err := n.writeBatch(batch{Prefix: "large", Count: 2, SizeBytes: 9000}); err != nil {
			return err
		}
		if round == 2 {
			if err := g.archive(n); err != nil {
				return err
			}
		}
		if err := n.close(); err != nil {
			return err
		}
	}
	return g.keep(options.id, "single-voter")
}

// follower voted for another node, and its cluster has a member without a vote.
func (g golden) follower() error {
	var nodes []*node
	for number := 1; number <= 4; number++ {
		n, err := g.open(settings{
			id: fmt.Sprintf("member-%d", number), bootstrap: number == 1, clusterID: "golden-cluster", trailingLogs: 1000,
			// On a busy machine a leader must not lose its office to a moment without the processor.
			electionTimeout: 2 * time.Second,
		})
		if err != nil {
			return err
		}
		nodes = append(nodes, n)
		if number == 1 {
			continue
		}
		m := member{ID: n.settings.id, Address: string(n.transport.LocalAddr()), Nonvoter: number == 4}
		if err := nodes[0].addServer(m); err != nil {
			return err
		}
	}
	if _, err := nodes[0].writeBatch(batch{Prefix: "before", Count: 150}); err != nil {
		return err
	}
	if err := waitFor(func() bool { return len(nodes[2].state.look().writes) == 150 }); err != nil {
		return err
	}
	if _, err := nodes[2].takeSnapshot(); err != nil {
		return err
	}
	if err := nodes[0].transfer(member{ID: "member-2", Address: string(nodes[1].transport.LocalAddr())}); err != nil {
		return err
	}
	if err := nodes[1].awaitLeadership(10 * time.Second); err != nil {
		return err
	}
	if _, err := nodes[1].writeBatch(batch{Prefix: "after", Count: 25}); err != nil {
		return err
	}
	if err := waitFor(func() bool { return len(nodes[2].state.look().writes) == 175 }); err != nil {
		return err
	}
	var problems []error
	for _, n := range nodes {
		problems = append(problems, n.close())
	}
	return errors.Join(append(problems, g.keep("member-3", "follower"))...)
}

// seeded is what a restore has to leave, written by the engine's own stores.
func (g golden) seeded() error {
	contract, err := loadContract(g.protoDir)
	if err != nil {
		return err
	}
	content, err := contract.sampleState("golden", 0)
	if err != nil {
		return err
	}
	snapshot := snapshotInput{
		Index: 1000, Term: 7, ConfigurationIndex: 1, State: content,
		Servers: []server{{"recovered", "10.0.0.7:7001", "Voter"}},
	}
	if err := seedStore(filepath.Join(g.scratch, "seeded", "raft"), snapshot, 7); err != nil {
		return err
	}
	return g.keep("seeded", "seeded")
}

// extreme counts on from an index and a term that no double can hold.
func (g golden) extreme() error {
	contract, err := loadContract(g.protoDir)
	if err != nil {
		return err
	}
	content, err := contract.sampleState("golden", 0)
	if err != nil {
		return err
	}
	options := settings{id: "extreme", trailingLogs: 1000}
	snapshot := snapshotInput{
		Index: 1 << 63, Term: 1<<63 - 1, ConfigurationIndex: 1, State: content,
		Servers: []server{{"extreme", "127.0.0.1:7001", "Voter"}},
	}
	if err := seedStore(filepath.Join(g.scratch, options.id, "raft"), snapshot, snapshot.Term); err != nil {
		return err
	}
	n, err := g.open(options)
	if err != nil {
		return err
	}
	if err := n.awaitLeadership(10 * time.Second); err != nil {
		return err
	}
	if _, err := n.writeBatch(batch{Prefix: "next", Count: 10}); err != nil {
		return err
	}
	return errors.Join(n.close(), g.keep(options.id, "extreme"))
}

// open starts a node under the scratch directory, and founds its cluster when it is to.
func (g golden) open(options settings) (*node, error) {
	options.dataDir, options.protoDir = filepath.Join(g.scratch, options.id), g.protoDir
	options.raftAddress = "127.0.0.1:0"
	if options.electionTimeout == 0 {
		options.electionTimeout = 200 * time.Millisecond
	}
	options.snapshotThreshold, options.snapshotInterval = 1<<20, time.Hour
	options.jacoVersion = "0.0.1-dev"
	n, err := openNode(options)
	if err != nil {
		return nil, err
	}
	if n.fresh && options.bootstrap {
		return n, n.found()
	}
	if options.bootstrap {
		return n, n.awaitLeadership(10 * time.Second)
	}
	return n, nil
}

// keep copies a node's raft directory to the fixtures, with what the engine reads from it.
func (g golden) keep(id, name string) error {
	from, to := filepath.Join(g.scratch, id, "raft"), filepath.Join(g.out, name)
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	if err := os.CopyFS(filepath.Join(to, "raft"), os.DirFS(from)); err != nil {
		return err
	}
	found, err := readRaftDirectory(from, nil)
	if err != nil {
		return err
	}
	return writeJSON(filepath.Join(to, "expected.json"), found)
}

func writeJSON(path string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

func waitFor(holds func() bool) error {
	for deadline := time.Now().Add(10 * time.Second); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			return errors.New("waited too long")
		}
	}
	return nil
}
