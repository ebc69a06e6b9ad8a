#!/usr/bin/env bash
# Which packers write a tar that hashicorp/raft-snapshot verifies, for example after a snapshot was unpacked and packed again.
#
# Guess:     Any tar does, if its three files are unchanged: zeros at the end of a tar mean nothing. A Size in meta.json that is not
#            that of the state is refused.
# Seen:      Verify refuses whatever comes after the first kilobyte of zeros. Python's tarfile fills up the last 10,240 bytes, as GNU
#            tar does without -b1, so what they pack is refused; tar-stream and node-tar write the kilobyte alone. Parse, which a
#            restore uses, takes them all. Neither compares Size with the state.
# Confirmed: test/adapters/archive/archive-parts.test.ts: jaco reads an archive whose last record was filled up.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export GOPATH=$work/_go GOFLAGS=-modcacherw

cat >main.go <<'END'
package main

import (
	"bytes"
	"fmt"
	"os"

	snapshot "github.com/hashicorp/raft-snapshot"
)

func main() {
	for _, path := range os.Args[1:] {
		file, err := os.ReadFile(path)
		if err != nil {
			panic(err)
		}
		state := bytes.Buffer{}
		meta, err := snapshot.Parse(bytes.NewReader(file), &state)
		if err != nil {
			panic(err)
		}
		_, err = snapshot.Verify(bytes.NewReader(file))
		fmt.Printf("%s: parsed, Size %d, %d bytes of state; verified: %v\n", path, meta.Size, state.Len(), err == nil)
		if err != nil {
			fmt.Println("  " + err.Error())
		}
	}
}
END
cat >pack.py <<'END'
import gzip, hashlib, io, json, os, tarfile

meta = {
    'Version': 1, 'ID': '2-10-1700000000000', 'Index': 10, 'Term': 2, 'Peers': None, 'ConfigurationIndex': 1, 'Size': 5,
    'Configuration': {'Servers': [{'Suffrage': 0, 'ID': 'node-1', 'Address': '192.0.2.1:7001'}]},
}


def pack(path, meta, filled=False):
    members = [('meta.json', json.dumps(meta).encode()), ('state.bin', b'hello')]
    text = ''.join(f'{hashlib.sha256(content).hexdigest()}  {name}\n' for name, content in members)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode='w') as tar:
        for name, content in members + [('SHA256SUMS', text.encode())]:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
            if filled:
                os.makedirs('files', exist_ok=True)
                open(f'files/{name}', 'wb').write(content)
        end = tar.offset
    content = buffer.getvalue()
    open(path, 'wb').write(gzip.compress(content if filled else content[: end + 1024], mtime=0))


pack('tarfile', meta, filled=True)
pack('a-kilobyte-of-zeros', meta)
pack('size-of-7', {**meta, 'Size': 7})
END
cat >pack.mjs <<'END'
import { createWriteStream, readFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { create } from 'tar';
import { pack } from 'tar-stream';
const names = ['meta.json', 'state.bin', 'SHA256SUMS'];
const tar = pack();
for (const name of names) tar.entry({ name }, readFileSync(`files/${name}`));
tar.finalize();
await pipeline(tar, createGzip(), createWriteStream('tar-stream'));
await create({ gzip: true, cwd: 'files', file: 'node-tar' }, names);
END
{
  go mod init try
  go get github.com/hashicorp/raft-snapshot@v1.0.4
  go mod tidy
  go build -o try .
  npm install --silent --no-save --ignore-scripts tar@7.5.23 tar-stream@3.2.2
} >install.log 2>&1 || { cat install.log >&2; exit 2; }
python3 pack.py
node pack.mjs
echo "raft-snapshot v1.0.4; tar 7.5.23, tar-stream 3.2.2, $(python3 --version)"
./try tarfile a-kilobyte-of-zeros tar-stream node-tar size-of-7 | tee seen

diff - seen <<'END' || { echo 'raft-snapshot or a packer does something else now' >&2; exit 1; }
tarfile: parsed, Size 5, 5 bytes of state; verified: false
  6144 unread uncompressed bytes remain
a-kilobyte-of-zeros: parsed, Size 5, 5 bytes of state; verified: true
tar-stream: parsed, Size 5, 5 bytes of state; verified: true
node-tar: parsed, Size 5, 5 bytes of state; verified: true
size-of-7: parsed, Size 7, 5 bytes of state; verified: true
END
