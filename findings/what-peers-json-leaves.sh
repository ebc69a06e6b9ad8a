#!/usr/bin/env bash
# The store that hashicorp/raft leaves when it recovers a cluster with peers.json, and what it accepts in that file.
#
# Guess:   The log keeps its entries, with a new configuration at the end, or a snapshot that counts on from the old configuration's
#          index. A misspelled field of peers.json is an error.
# Seen:    All entries are applied, also those that no majority had, and go into one snapshot; the log is empty, the vote stays. The
#          snapshot gives its configuration the index 1, though the newest one had 10, and the term of the last entry, not the
#          store's. "nonvoter" for "non_voter" makes a voter, an address needs no port, and text behind the list is ignored.
# Changed: docs/behaviour.md; jaco recover appends its configuration instead (docs/decisions/0032), and takes no file of peers.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export GOPATH=$work/_go GOFLAGS=-modcacherw

cat >main.go <<'END'
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/hashicorp/raft"
	boltdb "github.com/hashicorp/raft-boltdb/v2"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// applied is a state machine that counts.
type applied struct {
	commands int
	last     uint64
}

func (a *applied) Apply(entry *raft.Log) any {
	a.commands++
	a.last = entry.Index
	return nil
}
func (a *applied) Snapshot() (raft.FSMSnapshot, error) { return a, nil }
func (a *applied) Restore(io.ReadCloser) error         { return nil }
func (a *applied) Release()                            {}
func (a *applied) Persist(sink raft.SnapshotSink) error {
	if _, err := fmt.Fprintf(sink, "%d commands, the last at %d", a.commands, a.last); err != nil {
		return err
	}
	return sink.Close()
}

func main() {
	store, err := boltdb.NewBoltStore("log.db")
	must(err)
	snapshots, err := raft.NewFileSnapshotStore(".", 2, io.Discard)
	must(err)
	_, transport := raft.NewInmemTransport("192.0.2.1:7001")
	config := raft.DefaultConfig()
	config.LocalID = "node-1"
	config.LogOutput = io.Discard
	three := raft.Configuration{}
	for _, name := range []string{"node-1", "node-2", "node-3"} {
		address := raft.ServerAddress("192.0.2." + name[5:] + ":7001")
		three.Servers = append(three.Servers, raft.Server{ID: raft.ServerID(name), Address: address})
	}
	must(raft.BootstrapCluster(config, store, store, snapshots, transport, raft.Configuration{Servers: three.Servers[:1]}))
	for index := uint64(2); index <= 20; index++ {
		entry := &raft.Log{Index: index, Term: 4, Type: raft.LogCommand, Data: []byte("command")}
		if index == 10 {
			entry.Type, entry.Data = raft.LogConfiguration, raft.EncodeConfiguration(three)
		}
		must(store.StoreLog(entry))
	}
	must(store.SetUint64([]byte("CurrentTerm"), 6))
	must(store.SetUint64([]byte("LastVoteTerm"), 6))
	must(store.Set([]byte("LastVoteCand"), []byte("node-3")))

	read := func(text string) (raft.Configuration, error) {
		must(os.WriteFile("peers.json", []byte(text), 0o600))
		return raft.ReadConfigJSON("peers.json")
	}
	peers, err := read(`[{"id": "node-1", "address": "192.0.2.9:7001"}]`)
	must(err)
	must(raft.RecoverCluster(config, &applied{}, store, store, snapshots, transport, peers))
	first, err := store.FirstIndex()
	must(err)
	last, err := store.LastIndex()
	must(err)
	term, err := store.GetUint64([]byte("CurrentTerm"))
	must(err)
	vote, err := store.Get([]byte("LastVoteCand"))
	must(err)
	fmt.Printf("log from %d to %d, term %d, vote for %s\n", first, last, term, vote)
	list, err := snapshots.List()
	must(err)
	for _, meta := range list {
		_, state, err := snapshots.Open(meta.ID)
		must(err)
		content, err := io.ReadAll(state)
		must(err)
		fmt.Printf("snapshot at %d, term %d, configuration at %d: %s\n", meta.Index, meta.Term, meta.ConfigurationIndex, content)
	}
	for _, text := range []string{
		`[{"id": "a", "address": "a:1", "nonvoter": true}, {"id": "b", "address": "b:1"}]`,
		`[{"id": "a", "address": "a:1", "non_voter": true}]`,
		`[{"id": "a", "address": "a"}]`,
		`[{"id": "a", "address": "a:1"}] and more`,
		`["a:1"]`,
	} {
		configuration, err := read(text)
		fmt.Println(text, "is", configuration.Servers, err)
	}
}
END
{
  go mod init try
  go get github.com/hashicorp/raft@v1.7.3 github.com/hashicorp/raft-boltdb/v2@v2.3.1
  go mod tidy
  go build -o try .
} >install.log 2>&1 || { cat install.log >&2; exit 2; }
echo 'raft v1.7.3, raft-boltdb v2.3.1'
./try | tee seen

diff - seen <<'END' || { echo 'raft does something else now' >&2; exit 1; }
log from 0 to 0, term 6, vote for node-3
snapshot at 20, term 4, configuration at 1: 18 commands, the last at 20
[{"id": "a", "address": "a:1", "nonvoter": true}, {"id": "b", "address": "b:1"}] is [{Voter a a:1} {Voter b b:1}] <nil>
[{"id": "a", "address": "a:1", "non_voter": true}] is [] need at least one voter in configuration: {[{Nonvoter a a:1}]}
[{"id": "a", "address": "a"}] is [{Voter a a}] <nil>
[{"id": "a", "address": "a:1"}] and more is [{Voter a a:1}] <nil>
["a:1"] is [] json: cannot unmarshal string into Go value of type raft.configEntry
END
