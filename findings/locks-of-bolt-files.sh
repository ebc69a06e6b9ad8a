#!/usr/bin/env bash
# A bbolt file that one process has open for writing, as a daemon has its log.db, and other programs that open it at the same time.
#
# Guess:     a second writer is refused at once; a reader may open the file.
# Seen:      bbolt's own commands check, keys, get, stats, buckets and compact wait silently until the other process is done, even
#            though they open the file for reading; page and dump read it without a lock. bbolt-rs waits too. The Python package boltdb
#            uses another kind of lock, which does not conflict with bbolt's, and opens the file for writing. The crate bolt-lite reads
#            it without a lock.
# Changed:   src/adapters/sandbox/boot.ts checks in /proc/locks who has the file open before it boots a store
#            (test/cli/sandbox-refusals.test.ts). Before, it used the store of a running daemon, as other programs do here.
set -euo pipefail
work=$(mktemp -d)
trap 'kill "${holder:-}" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

cat >main.go <<'END'
package main

import (
	"fmt"
	"os"

	bbolt "go.etcd.io/bbolt"
)

func main() {
	db, err := bbolt.Open("log.db", 0o600, nil)
	if err == nil {
		err = db.Update(func(tx *bbolt.Tx) error {
			bucket, err := tx.CreateBucket([]byte("conf"))
			if err != nil {
				return err
			}
			return bucket.Put([]byte("key"), []byte("value"))
		})
	}
	if err != nil {
		panic(err)
	}
	fmt.Println("open")
	os.Stdin.Read(make([]byte, 1))
}
END
mkdir -p crates/src
cat >crates/Cargo.toml <<'END'
[package]
name = "read"
version = "0.0.0"
edition = "2021"

[dependencies]
bbolt-rs = { version = "=1.3.10", features = ["compat"] }
bolt-lite = "=0.1.0"

[profile.dev]
debug = 0
END
cat >crates/src/main.rs <<'END'
use bbolt_rs::{BucketApi, DbApi, TxApi};

fn main() {
    let path = std::env::args().nth(2).unwrap();
    match std::env::args().nth(1).unwrap().as_str() {
        "bbolt-rs" => bbolt_rs::Bolt::open_ro(path)
            .unwrap()
            .view(|tx| {
                assert_eq!(tx.bucket("conf").unwrap().get("key").unwrap(), b"value");
                Ok(())
            })
            .unwrap(),
        _ => {
            let db = bolt_lite::Bolt::open_ro(path).unwrap();
            assert_eq!(db.begin().unwrap().bucket(b"conf").unwrap().get(b"key").unwrap(), b"value");
        }
    }
}
END
cat >read.py <<'END'
from boltdb import BoltDB

with BoltDB('log.db').view() as tx:
    assert list(tx.bucket(b'conf')) == [(b'key', b'value')]
END
export GOPATH=$work/_go GOFLAGS='-modcacherw -trimpath'
{
  GOBIN=$work go install go.etcd.io/bbolt/cmd/bbolt@v1.4.3
  go mod init try
  go get go.etcd.io/bbolt@v1.4.3
  go build -o hold .
  python3 -m venv py && py/bin/pip -q install boltdb==0.0.2
  (cd crates && cargo build --quiet)
} >install.log 2>&1 || { cat install.log >&2; exit 2; }
mkfifo still
./hold <still >held &
holder=$!
exec 3>still
for _ in $(seq 50); do grep -q open held && break || sleep 0.1; done

try() {
  local code=0
  timeout 3 "${@:2}" >out 2>&1 </dev/null || code=$?
  case $code in 0) echo "$1 reads" ;; 124) echo "$1 waits, and says: $(cat out)" ;; *) echo "$1 fails: $(tail -1 out)" ;; esac
}
echo "bbolt 1.4.3, Python boltdb 0.0.2, bolt-lite 0.1.0, bbolt-rs 1.3.10"
{
  try 'bbolt check' ./bbolt check log.db
  try 'bbolt keys' ./bbolt keys log.db conf
  try 'bbolt get' ./bbolt get log.db conf key
  try 'bbolt stats' ./bbolt stats log.db
  try 'bbolt buckets' ./bbolt buckets log.db
  try 'bbolt compact' ./bbolt compact -o compact.db log.db
  try 'bbolt page' ./bbolt page log.db 0
  try 'bbolt dump' ./bbolt dump log.db 0
  try 'Python boltdb' py/bin/python read.py
  try 'bolt-lite' crates/target/debug/read bolt-lite log.db
  try 'bbolt-rs' crates/target/debug/read bbolt-rs log.db
} | tee seen

diff - seen <<'END' || { echo 'a program behaves differently now' >&2; exit 1; }
bbolt check waits, and says: 
bbolt keys waits, and says: 
bbolt get waits, and says: 
bbolt stats waits, and says: 
bbolt buckets waits, and says: 
bbolt compact waits, and says: 
bbolt page reads
bbolt dump reads
Python boltdb reads
bolt-lite reads
bbolt-rs waits, and says: 
END
