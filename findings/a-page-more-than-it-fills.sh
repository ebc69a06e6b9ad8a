#!/usr/bin/env bash
# How many pages a bbolt file takes for a value that fills its last page to the last byte, in six releases of boltdb and bbolt.
#
# Guess:   Before 1.4 one page more than needed, as our reader's comment said; a page holds the same bytes in all of them.
# Seen:    boltdb 1.3.1, which raft-boltdb used before its version 2, and bbolt 1.3.0 take a page more. bbolt from its next release
#          (1.3.1-etcd.8) on does not.
# Changed: src/adapters/raft/bolt-page.ts names the releases; it takes both forms.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export GOPATH=$work/_go GOFLAGS=-modcacherw

cat >main.go <<'END'
package main

import (
	"fmt"
	"os"

	bolt "PACKAGE"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	pageBytes := os.Getpagesize()
	// The header of a page, an element in its table, and the key.
	const rest = 16 + 16 + 8
	for _, bytes := range []int{pageBytes - rest - 1, pageBytes - rest, 2*pageBytes - rest} {
		os.Remove("a.db")
		db, err := bolt.Open("a.db", 0o600, nil)
		must(err)
		must(db.Update(func(tx *bolt.Tx) error {
			bucket, err := tx.CreateBucket([]byte("logs"))
			must(err)
			return bucket.Put([]byte("12345678"), make([]byte, bytes))
		}))
		must(db.View(func(tx *bolt.Tx) error {
			page, err := tx.Page(4)
			must(err)
			fmt.Printf("; %d pages", 1+page.OverflowCount)
			return err
		}))
		must(db.Close())
	}
	fmt.Println()
}
END

echo 'github.com/boltdb/bolt v1.3.1; go.etcd.io/bbolt v1.3.0, v1.3.1-etcd.8, v1.3.12, v1.4.0, v1.4.3'
{
  echo 'release; pages for a value that leaves one byte, fills one page, fills two'
  for release in github.com/boltdb/bolt@v1.3.1 go.etcd.io/bbolt@v1.3.0 go.etcd.io/bbolt@v1.3.1-etcd.8 go.etcd.io/bbolt@v1.3.12 \
    go.etcd.io/bbolt@v1.4.0 go.etcd.io/bbolt@v1.4.3; do
    mkdir -p "$release"
    sed "s#PACKAGE#${release%@*}#" main.go >"$release/main.go"
    (cd "$release" && go mod init one && go get "$release" && go mod tidy) >go.log 2>&1 || { cat go.log >&2; exit 2; }
    echo "$release$(cd "$release" && go run .)"
  done
} | tee seen

diff - seen <<'END' || { echo 'the releases do something else now' >&2; exit 1; }
release; pages for a value that leaves one byte, fills one page, fills two
github.com/boltdb/bolt@v1.3.1; 1 pages; 2 pages; 3 pages
go.etcd.io/bbolt@v1.3.0; 1 pages; 2 pages; 3 pages
go.etcd.io/bbolt@v1.3.1-etcd.8; 1 pages; 1 pages; 2 pages
go.etcd.io/bbolt@v1.3.12; 1 pages; 1 pages; 2 pages
go.etcd.io/bbolt@v1.4.0; 1 pages; 1 pages; 2 pages
go.etcd.io/bbolt@v1.4.3; 1 pages; 1 pages; 2 pages
END
