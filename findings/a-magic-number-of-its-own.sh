#!/usr/bin/env bash
# The crate bbolt-rs, "a Rust port of the Bolt database", and a file that bbolt has written.
#
# Guess:     it opens the file, and bbolt opens what it writes.
# Seen:      neither. By default it has its own magic number and refuses bbolt's file ("InvalidDatabase"), and bbolt refuses its file
#            ("invalid database"). With the feature "compat", which its documentation does not explain, each opens the other's file.
# Confirmed: test/interop/directory-readers/Cargo.toml asks for the feature; docs/interoperability.md, "Other readers of restored
#            directories", says how the crate then reads our files.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >main.go <<'END'
package main

import (
	"fmt"
	"os"
	"time"

	bbolt "go.etcd.io/bbolt"
)

func main() {
	db, err := bbolt.Open(os.Args[2], 0o600, &bbolt.Options{Timeout: time.Second})
	if err != nil {
		fmt.Println("bbolt, a file of", os.Args[1]+":", err)
		return
	}
	defer db.Close()
	err = db.Update(func(tx *bbolt.Tx) error {
		bucket, err := tx.CreateBucketIfNotExists([]byte("conf"))
		if err != nil {
			return err
		}
		fmt.Printf("bbolt, a file of %s: %q\n", os.Args[1], bucket.Get([]byte("key")))
		return bucket.Put([]byte("key"), []byte("of bbolt"))
	})
	if err != nil {
		panic(err)
	}
}
END
mkdir -p crate/src
cat >crate/src/main.rs <<'END'
use bbolt_rs::{Bolt, BucketApi, BucketRwApi, DbApi, DbRwAPI, TxApi, TxRwRefApi};

fn main() -> bbolt_rs::Result<()> {
    let (form, of, path) = (std::env::args().nth(1).unwrap(), std::env::args().nth(2).unwrap(), std::env::args().nth(3).unwrap());
    if of == "its own" {
        return Bolt::open(path)?.update(|mut tx| tx.create_bucket("conf")?.put("key", "of bbolt-rs"));
    }
    match Bolt::open_ro(path) {
        Err(error) => println!("bbolt-rs{form}, a file of {of}: {error:?}"),
        Ok(db) => db.view(|tx| {
            let bucket = tx.bucket("conf").unwrap();
            println!("bbolt-rs{form}, a file of {of}: {:?}", String::from_utf8_lossy(bucket.get("key").unwrap()));
            Ok(())
        })?,
    }
    Ok(())
}
END
manifest() { printf '[package]\nname = "try"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\nbbolt-rs = { version = "=1.3.10"%s }\n[profile.dev]\ndebug = 0\n' "$1" >crate/Cargo.toml; }
export GOPATH=$work/_go GOFLAGS='-modcacherw -trimpath'
{
  go mod init try
  go get go.etcd.io/bbolt@v1.4.3
  go build -o try .
  manifest '' && (cd crate && cargo build --quiet) && cp crate/target/debug/try plain
  manifest ', features = ["compat"]' && (cd crate && cargo build --quiet) && cp crate/target/debug/try compat
} >install.log 2>&1 || { cat install.log >&2; exit 2; }
echo "bbolt 1.4.3, bbolt-rs 1.3.10"
{
  ./try nobody go.db
  ./plain '' 'bbolt' go.db
  ./compat ' with compat' 'bbolt' go.db
  ./plain '' 'its own' plain.db
  ./compat ' with compat' 'its own' compat.db
  ./try bbolt-rs plain.db
  ./try 'bbolt-rs with compat' compat.db
} | tee seen

diff - seen <<'END' || { echo 'one of them does something else now' >&2; exit 1; }
bbolt, a file of nobody: ""
bbolt-rs, a file of bbolt: InvalidDatabase(true)
bbolt-rs with compat, a file of bbolt: "of bbolt"
bbolt, a file of bbolt-rs: invalid database
bbolt, a file of bbolt-rs with compat: "of bbolt-rs"
END
