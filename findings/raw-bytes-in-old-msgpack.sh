#!/usr/bin/env bash
# MessagePack decoders for JavaScript and Python read an entry that hashicorp/raft's log store has written.
#
# Guess:     Data comes out as bytes, since MessagePack has a type for them.
# Seen:      go-msgpack writes the old format, in which text and bytes are one type, "raw". @msgpack/msgpack, msgpackr and notepack.io
#            read that as text and replace bytes that are not UTF-8, each in its own way, without an error; Python's msgpack, msgspec
#            and ormsgpack raise an error. The options rawStrings of @msgpack/msgpack and raw of Python's msgpack return bytes.
# Confirmed: src/adapters/raft/msgpack.ts: our own decoder reads both text and binary as bytes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >main.go <<'END'
package main

import (
	"encoding/hex"
	"fmt"
	"time"

	"github.com/hashicorp/raft"
	boltdb "github.com/hashicorp/raft-boltdb/v2"
	bbolt "go.etcd.io/bbolt"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	store, err := boltdb.New(boltdb.Options{Path: "log.db"})
	must(err)
	appended := time.Unix(1700000000, 5).UTC()
	must(store.StoreLog(&raft.Log{Index: 1, Term: 7, Data: []byte{0xff, 0x00, 0x80}, AppendedAt: appended}))
	must(store.Close())
	db, err := bbolt.Open("log.db", 0o600, nil)
	must(err)
	must(db.View(func(tx *bbolt.Tx) error {
		_, entry := tx.Bucket([]byte("logs")).Cursor().First()
		fmt.Print(hex.EncodeToString(entry))
		return nil
	}))
}
END
export GOPATH=$work/_go GOFLAGS=-modcacherw
{
  go mod init try
  go get github.com/hashicorp/raft@v1.7.3 github.com/hashicorp/raft-boltdb/v2@v2.3.1 go.etcd.io/bbolt@v1.4.3
  go mod tidy
  go build -o try .
  npm install --silent --no-save --ignore-scripts @msgpack/msgpack@3.1.3 msgpackr@2.1.4 notepack.io@3.0.1
  python3 -m venv py
  py/bin/pip -q install msgpack==1.2.4 msgspec==0.22.0 ormsgpack==1.13.1
} >install.log 2>&1 || { cat install.log >&2; exit 2; }
./try >entry

cat >run.mjs <<'END'
import { readFileSync } from 'node:fs';
import { decode } from '@msgpack/msgpack';
import { unpack } from 'msgpackr';
import notepack from 'notepack.io';
const entry = Buffer.from(readFileSync('entry', 'latin1'), 'hex');
const show = (value) =>
  typeof value === 'string' ? `text ${[...value].map((c) => c.codePointAt(0).toString(16)).join(' ')}` : `bytes ${Buffer.from(value).toString('hex')}`;
console.log('@msgpack/msgpack', show(decode(entry).Data));
console.log('@msgpack/msgpack, rawStrings', show(decode(entry, { rawStrings: true }).Data));
console.log('msgpackr', show(unpack(entry).Data));
console.log('notepack.io', show(notepack.decode(entry).Data));
END
cat >run.py <<'END'
import msgpack, msgspec, ormsgpack
entry = bytes.fromhex(open('entry').read())
for name, read in [('msgpack', msgpack.unpackb), ('msgspec', msgspec.msgpack.decode), ('ormsgpack', ormsgpack.unpackb)]:
    try:
        print('python', name, read(entry))
    except ValueError as error:
        print('python', name, 'raises', type(error).__name__)
print('python msgpack, raw', msgpack.unpackb(entry, raw=True)[b'Data'].hex())
END
echo "raft v1.7.3, raft-boltdb v2.3.1; @msgpack/msgpack 3.1.3, msgpackr 2.1.4, notepack.io 3.0.1; msgpack 1.2.4, msgspec 0.22.0, ormsgpack 1.13.1"
{
  echo "entry $(cat entry)"
  node run.mjs
  py/bin/python run.py
} | tee seen

diff - seen <<'END' || { echo 'the decoders do something else now' >&2; exit 1; }
entry 86aa417070656e6465644174af010000000edce5e80000000005ffffa444617461a3ff0080aa457874656e73696f6e73c0a5496e64657801a45465726d07a45479706500
@msgpack/msgpack text ff 0 80
@msgpack/msgpack, rawStrings bytes ff0080
msgpackr text fffd 0 fffd
notepack.io text fffd 0 fffd
python msgpack raises UnicodeDecodeError
python msgspec raises UnicodeDecodeError
python ormsgpack raises ValueError
python msgpack, raw ff0080
END
