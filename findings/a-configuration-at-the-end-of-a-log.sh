#!/usr/bin/env bash
# A node of hashicorp/raft that starts alone with the log of one of three voters. After the last entry of that log we appended a
# configuration that names only this node.
#
# Guess:     a configuration counts once it is committed, so the node keeps asking the other two. The engine refuses a configuration
#            with a term lower than that of the entry before it, or beyond CurrentTerm, and one that names a voter twice.
# Seen:      the newest configuration in the log is in force from the start, in any term. The node elects itself, and its first entry
#            commits everything before it, also entries that no majority ever had. If the configuration's term is beyond CurrentTerm,
#            the entries after it have a lower term. The engine accepts a voter that is named twice.
# Confirmed: docs/behaviour.md, "What one node has left": the entry that recovery appends has to be correct, with CurrentTerm as its
#            term; the engine corrects nothing.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >main.go <<'END'
package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/raft"
)

type state struct{ applied []string }

func (s *state) Apply(entry *raft.Log) any {
	s.applied = append(s.applied, string(entry.Data))
	return nil
}
func (s *state) Snapshot() (raft.FSMSnapshot, error) { return nil, errors.New("none") }
func (s *state) Restore(io.ReadCloser) error         { return nil }

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func voter(name string) raft.Server {
	return raft.Server{ID: raft.ServerID(name), Address: raft.ServerAddress(name + ":7001")}
}

func configuration(index, term uint64, servers ...raft.Server) *raft.Log {
	data := raft.EncodeConfiguration(raft.Configuration{Servers: servers})
	return &raft.Log{Index: index, Term: term, Type: raft.LogConfiguration, Data: data}
}

func start(what string, last *raft.Log) {
	store := raft.NewInmemStore()
	must(store.SetUint64([]byte("CurrentTerm"), 7))
	entries := []*raft.Log{configuration(1, 1, voter("a"), voter("b"), voter("c")), {Index: 2, Term: 7, Data: []byte("of no majority")}}
	if last != nil {
		entries = append(entries, last)
	}
	must(store.StoreLogs(entries))
	_, transport := raft.NewInmemTransport("a:7001")
	settings := raft.DefaultConfig()
	settings.LocalID, settings.Logger = "a", hclog.NewNullLogger()
	settings.HeartbeatTimeout, settings.ElectionTimeout, settings.LeaderLeaseTimeout = 200*time.Millisecond, 200*time.Millisecond, 100*time.Millisecond
	applied := &state{}
	node, err := raft.NewRaft(settings, applied, store, store, raft.NewInmemSnapshotStore(), transport)
	if err != nil {
		fmt.Println(what+": does not start:", err)
		return
	}
	for end := time.Now().Add(4 * time.Second); time.Now().Before(end) && node.State() != raft.Leader; {
		time.Sleep(50 * time.Millisecond)
	}
	must(ignoreIf(node.State() != raft.Leader, node.Barrier(2*time.Second).Error()))
	role, index := node.State(), node.LastIndex()
	must(node.Shutdown().Error())
	var newest raft.Log
	must(store.GetLog(index, &newest))
	leads := "does not lead"
	if role == raft.Leader {
		leads = "leads"
	}
	fmt.Printf("%s: %s, applied %q, its last entry is of term %d\n", what, leads, applied.applied, newest.Term)
}

func ignoreIf(ignored bool, err error) error {
	if ignored {
		return nil
	}
	return err
}

func main() {
	start("nothing appended", nil)
	start("alone, of CurrentTerm", configuration(3, 7, voter("a")))
	start("alone, of a term behind the entry before it", configuration(3, 3, voter("a")))
	start("alone, of a term beyond CurrentTerm", configuration(3, 9, voter("a")))
	start("alone, named twice", configuration(3, 7, voter("a"), voter("a")))
}
END
export GOPATH=$work/_go GOFLAGS='-modcacherw -trimpath'
for raft in github.com/hashicorp/raft@v1.7.3 github.com/hashicorp/raft@v1.8.0; do
  rm -f go.mod go.sum
  { go mod init try && go get "$raft" github.com/hashicorp/go-hclog@v1.6.3 && go build -o try .; } >go.log 2>&1 || { cat go.log >&2; exit 2; }
  ./try >"seen-${raft#*@}"
done
cmp seen-v1.7.3 seen-v1.8.0
echo "hashicorp/raft v1.7.3 and v1.8.0 alike"
tee seen <seen-v1.8.0

diff - seen <<'END' || { echo 'the engine does something else now' >&2; exit 1; }
nothing appended: does not lead, applied [], its last entry is of term 7
alone, of CurrentTerm: leads, applied ["of no majority"], its last entry is of term 8
alone, of a term behind the entry before it: leads, applied ["of no majority"], its last entry is of term 8
alone, of a term beyond CurrentTerm: leads, applied ["of no majority"], its last entry is of term 8
alone, named twice: leads, applied ["of no majority"], its last entry is of term 8
END
