#!/usr/bin/env bash
# Two stores in which hashicorp/raft can keep its log, with logs such as a restored or damaged one: raft-boltdb, which the daemon uses,
# and raft-wal, to which it may move one day.
#
# Guess:     both accept a log only from index 1 or after a snapshot that they know; both refuse a gap; both return the error "not
#            found" for a key that was never set.
# Seen:      both accept a first entry at any index. raft-boltdb accepts entries in any order, with gaps and overwriting, and reports
#            the lowest and the highest key; raft-wal refuses gaps and overwriting. For a key that was never set raft-wal returns 0 and
#            no error.
# Confirmed: src/adapters/raft/replayed-store.ts: the reader of the log checks that it has no gaps, because the store does not. A log
#            that begins after the snapshot's index suits both stores. docs/behaviour.md has the row.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >main.go <<'END'
package main

import (
	"fmt"
	"os"

	"github.com/hashicorp/raft"
	boltdb "github.com/hashicorp/raft-boltdb/v2"
	wal "github.com/hashicorp/raft-wal"
)

type store interface {
	raft.LogStore
	raft.StableStore
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func try(name string, logs store) {
	term, err := logs.GetUint64([]byte("CurrentTerm"))
	fmt.Println(name, "CurrentTerm that was never set:", term, err)
	for _, index := range []uint64{1001, 1003, 1002, 1002} {
		err := logs.StoreLog(&raft.Log{Index: index, Term: 7, Data: []byte("entry")})
		fmt.Println(name, "entry", index, "stored:", err)
	}
	first, err := logs.FirstIndex()
	must(err)
	last, err := logs.LastIndex()
	must(err)
	fmt.Println(name, "first", first, "last", last)
	fmt.Println(name, "entry 1000 read:", logs.GetLog(1000, new(raft.Log)))
	must(logs.DeleteRange(1001, 1002))
	fmt.Println(name, "deleted 1001 to 1002")
	first, err = logs.FirstIndex()
	must(err)
	fmt.Println(name, "first", first)
}

func main() {
	bolt, err := boltdb.New(boltdb.Options{Path: "log.db"})
	must(err)
	try("raft-boltdb", bolt)
	must(os.Mkdir("wal", 0o700))
	segments, err := wal.Open("wal")
	must(err)
	try("raft-wal", segments)
}
END
export GOPATH=$work/_go GOFLAGS=-modcacherw
{
  go mod init try
  go get github.com/hashicorp/raft@v1.7.3 github.com/hashicorp/raft-boltdb/v2@v2.3.1 go.etcd.io/bbolt@v1.4.3 github.com/hashicorp/raft-wal@v0.4.0
  go mod tidy
  go build -o try .
} >go.log 2>&1 || { cat go.log >&2; exit 2; }
echo "raft-boltdb v2.3.1, raft-wal v0.4.0, raft v1.7.3"
./try | tee seen

diff - seen <<'END' || { echo 'the stores do something else now' >&2; exit 1; }
raft-boltdb CurrentTerm that was never set: 0 not found
raft-boltdb entry 1001 stored: <nil>
raft-boltdb entry 1003 stored: <nil>
raft-boltdb entry 1002 stored: <nil>
raft-boltdb entry 1002 stored: <nil>
raft-boltdb first 1001 last 1003
raft-boltdb entry 1000 read: log not found
raft-boltdb deleted 1001 to 1002
raft-boltdb first 1003
raft-wal CurrentTerm that was never set: 0 <nil>
raft-wal entry 1001 stored: <nil>
raft-wal entry 1003 stored: non-monotonic log entries: tried to append index 1003 after 1001
raft-wal entry 1002 stored: <nil>
raft-wal entry 1002 stored: non-monotonic log entries: tried to append index 1002 after 1002
raft-wal first 1001 last 1002
raft-wal entry 1000 read: log not found
raft-wal deleted 1001 to 1002
raft-wal first 0
END
