#!/usr/bin/env bash
# The option MsgpackUseNewTimeFormat of raft-boltdb, and what reads the times that it writes.
#
# Guess:     With the option a time is a MessagePack timestamp, which every decoder knows as a time. A store of the other setting,
#            or of the release before, refuses the whole log.
# Seen:      The time is the content of a timestamp without its header: eight raw bytes. Decoders that know timestamps return bytes.
#            raft-boltdb 2.3.1 reads both forms with either setting; the offset from UTC is lost in the new one. raft-boltdb 2.2.2
#            refuses just the entries that have a time, and reads those without.
# Confirmed: src/adapters/raft/log-entry.ts reads both forms.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export GOPATH=$work/_go GOFLAGS=-modcacherw

mkdir write read-2.3.1 read-2.2.2
cat >write/main.go <<'END'
package main

import (
	"encoding/hex"
	"fmt"
	"os"
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
	appended := time.Date(2026, 3, 4, 5, 6, 7, 123456789, time.FixedZone("", 19800))
	for _, path := range os.Args[1:] {
		store, err := boltdb.New(boltdb.Options{Path: path, MsgpackUseNewTimeFormat: path == "new.db"})
		must(err)
		must(store.StoreLog(&raft.Log{Index: 1, Term: 7, AppendedAt: appended}))
		must(store.StoreLog(&raft.Log{Index: 2, Term: 7}))
		must(store.Close())
		db, err := bbolt.Open(path, 0o600, nil)
		must(err)
		must(db.View(func(tx *bbolt.Tx) error {
			_, entry := tx.Bucket([]byte("logs")).Cursor().First()
			fmt.Println(path, hex.EncodeToString(entry))
			return nil
		}))
		must(db.Close())
	}
}
END
cat >read-2.3.1/main.go <<'END'
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/hashicorp/raft"
	boltdb "github.com/hashicorp/raft-boltdb/v2"
)

func main() {
	for _, path := range os.Args[1:] {
		store, err := boltdb.New(boltdb.Options{Path: path})
		if err != nil {
			panic(err)
		}
		for index := uint64(1); index <= 2; index++ {
			entry := raft.Log{}
			if err := store.GetLog(index, &entry); err != nil {
				fmt.Println(" ", path, index, "refused:", err)
				continue
			}
			fmt.Println(" ", path, index, "term", entry.Term, entry.AppendedAt.Format(time.RFC3339Nano))
		}
		store.Close()
	}
}
END
cp read-2.3.1/main.go read-2.2.2/main.go
module() { # the directory, and the version of raft-boltdb
  cd "$work/$1"
  go mod init try
  go get github.com/hashicorp/raft@v1.7.3 "github.com/hashicorp/raft-boltdb/v2@$2" go.etcd.io/bbolt@v1.4.3
  go mod tidy
  go build -o "../$1.run" .
}
{
  (module write v2.3.1)
  sed 's/Path: path}/Path: path, MsgpackUseNewTimeFormat: true}/' read-2.3.1/main.go >other && mkdir read-new && mv other read-new/main.go
  (module read-2.3.1 v2.3.1)
  (module read-new v2.3.1)
  (module read-2.2.2 v2.2.2)
  npm install --silent --no-save --ignore-scripts @msgpack/msgpack@3.1.3
  python3 -m venv py
  py/bin/pip -q install msgpack==1.2.4
} >install.log 2>&1 || { cat install.log >&2; exit 2; }

cat >run.mjs <<'END'
import { readFileSync } from 'node:fs';
import { decode } from '@msgpack/msgpack';
const entry = Buffer.from(readFileSync('entry', 'latin1'), 'hex');
const { AppendedAt } = decode(entry, { rawStrings: true });
console.log('  @msgpack/msgpack', AppendedAt instanceof Date ? 'a time' : `${AppendedAt.length} bytes`);
// The same bytes behind a timestamp's header.
console.log('  with a header', decode(Buffer.concat([Buffer.of(0xd7, 0xff), AppendedAt])).toISOString());
END
cat >run.py <<'END'
import msgpack
entry = bytes.fromhex(open('entry').read())
print('  python msgpack', type(msgpack.unpackb(entry, raw=True, timestamp=3)[b'AppendedAt']).__name__)
END
echo "raft v1.7.3, raft-boltdb v2.3.1 and v2.2.2; @msgpack/msgpack 3.1.3, Python's msgpack 1.2.4"
{
  ./write.run old.db new.db | tee written
  awk '$1 == "new.db" { printf "%s", $2 }' written >entry
  for reader in read-2.3.1 read-new read-2.2.2; do
    echo "$reader"
    "./$reader.run" old.db new.db
  done
  echo decoders
  node run.mjs
  py/bin/python run.py
} | tee seen

diff - seen <<'END' || { echo 'the log stores do something else now' >&2; exit 1; }
old.db 86aa417070656e6465644174af010000000ee1396767075bcd15014aa444617461c0aa457874656e73696f6e73c0a5496e64657801a45465726d07a45479706500
new.db 86aa417070656e6465644174a81d6f345469a77067a444617461c0aa457874656e73696f6e73c0a5496e64657801a45465726d07a45479706500
read-2.3.1
  old.db 1 term 7 2026-03-04T05:06:07.123456789+05:30
  old.db 2 term 7 0001-01-01T00:00:00Z
  new.db 1 term 7 2026-03-03T23:36:07.123456789Z
  new.db 2 term 7 0001-01-01T00:00:00Z
read-new
  old.db 1 term 7 2026-03-04T05:06:07.123456789+05:30
  old.db 2 term 7 0001-01-01T00:00:00Z
  new.db 1 term 7 2026-03-03T23:36:07.123456789Z
  new.db 2 term 7 0001-01-01T00:00:00Z
read-2.2.2
  old.db 1 term 7 2026-03-04T05:06:07.123456789+05:30
  old.db 2 term 7 0001-01-01T00:00:00Z
  new.db 1 refused: Time.UnmarshalBinary: unsupported version
  new.db 2 term 7 0001-01-01T00:00:00Z
decoders
  @msgpack/msgpack 8 bytes
  with a header 2026-03-03T23:36:07.123Z
  python msgpack bytes
END
