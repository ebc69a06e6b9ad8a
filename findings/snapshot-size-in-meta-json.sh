#!/usr/bin/env bash
# How hashicorp/raft's FileSnapshotStore treats a snapshot directory whose meta.json does not match.
#
# Guess:     it refuses a Size that differs from that of state.bin, field names in the wrong case, bytes after the object, and a Term of
#            0. It neither lists nor opens an unknown version.
# Seen:      it checks only the CRC. It accepts any Size, and the reader gets all of state.bin. It accepts field names in any case and
#            Term 0, and ignores bytes after the object. It does not list a snapshot of version 2, but opens it by its id.
# Confirmed: src/adapters/raft/snapshot-directory.ts: meta.json alone decides what the engine lists. The check of the number of bytes is
#            our own; newer daemons make it too. docs/behaviour.md has the row.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >main.go <<'END'
package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/raft"
)

type transport struct{ raft.Transport }

func (transport) EncodePeer(_ raft.ServerID, address raft.ServerAddress) []byte { return []byte(address) }

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	store, err := raft.NewFileSnapshotStore("store", 3, io.Discard)
	must(err)
	voter := raft.Server{Suffrage: raft.Voter, ID: "n", Address: "10.0.0.1:7001"}
	sink, err := store.Create(1, 1000, 7, raft.Configuration{Servers: []raft.Server{voter}}, 1, transport{})
	must(err)
	_, err = sink.Write([]byte("hello state"))
	must(err)
	must(sink.Close())
	metas, err := store.List()
	must(err)
	path := filepath.Join("store", "snapshots", metas[0].ID, "meta.json")
	meta, err := os.ReadFile(path)
	must(err)
	for _, change := range [][3]string{
		{"as it was written", "", ""},
		{"Size 5 instead of 11", `"Size":11`, `"Size":5`},
		{"Size 500 instead of 11", `"Size":11`, `"Size":500`},
		{"no CRC", `"CRC"`, `"C"`},
		{"index and term in small letters", `"Index":1000,"Term":7`, `"index":2000,"term":9`},
		{"bytes behind", "\n", "\nmore"},
		{"Term 0", `"Term":7`, `"Term":0`},
		{"Version 0", `"Version":1`, `"Version":0`},
		{"Version 2", `"Version":1`, `"Version":2`},
	} {
		must(os.WriteFile(path, []byte(strings.Replace(string(meta), change[1], change[2], 1)), 0o600))
		listed, err := store.List()
		must(err)
		fmt.Printf("%s: listed %d, ", change[0], len(listed))
		found, state, err := store.Open(metas[0].ID)
		if err != nil {
			fmt.Println("not opened:", err)
			continue
		}
		bytes, err := io.ReadAll(state)
		must(err)
		must(state.Close())
		fmt.Printf("opened: size %d, index %d, term %d, %d bytes read\n", found.Size, found.Index, found.Term, len(bytes))
	}
}
END
export GOPATH=$work/_go GOFLAGS=-modcacherw
for raft in github.com/hashicorp/raft@v1.7.3 github.com/hashicorp/raft@v1.8.0; do
  rm -rf store go.mod go.sum
  { go mod init try && go get "$raft" && go build -o try .; } >go.log 2>&1 || { cat go.log >&2; exit 2; }
  ./try >"seen-${raft#*@}" 2>/dev/null
done
cmp seen-v1.7.3 seen-v1.8.0
echo "hashicorp/raft v1.7.3 and v1.8.0 alike"
tee seen <seen-v1.8.0

diff - seen <<'END' || { echo 'the engine does something else now' >&2; exit 1; }
as it was written: listed 1, opened: size 11, index 1000, term 7, 11 bytes read
Size 5 instead of 11: listed 1, opened: size 5, index 1000, term 7, 11 bytes read
Size 500 instead of 11: listed 1, opened: size 500, index 1000, term 7, 11 bytes read
no CRC: listed 1, not opened: CRC mismatch
index and term in small letters: listed 1, opened: size 11, index 2000, term 9, 11 bytes read
bytes behind: listed 1, opened: size 11, index 1000, term 7, 11 bytes read
Term 0: listed 1, opened: size 11, index 1000, term 0, 11 bytes read
Version 0: listed 1, opened: size 11, index 1000, term 7, 11 bytes read
Version 2: listed 0, opened: size 11, index 1000, term 7, 11 bytes read
END
