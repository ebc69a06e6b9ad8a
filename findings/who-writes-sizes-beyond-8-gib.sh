#!/usr/bin/env bash
# The header that tar writers write for an entry of 8 GiB and 5 bytes, whose size does not fit the field's eleven octal digits.
#
# Guess:     libraries write a pax header, GNU tar base 256; all but Go read base 256 in a "ustar" header, as POSIX does not define it.
# Seen:      tar-stream writes base 256 in a "ustar" header, a mix that neither POSIX nor GNU describes. All read it, even Go, which
#            then reports the format as unknown. Go and Python write pax: the field itself is 0, and only the pax record is right.
# Confirmed: docs/formats.md, "The archive": a size beyond 8 GiB is in a pax header or in base 256, and jaco reads both.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-save tar-stream@3.1.7 tar@7.5.1 >npm.log 2>&1 || { cat npm.log >&2; exit 2; }
cat >write.mjs <<'END'
import { pack } from 'tar-stream';
const tar = pack();
tar.entry({ name: 'snapshot.bin', size: 2 ** 33 + 5, mtime: new Date(0) });
tar.on('data', (bytes) => process.stdout.write(bytes));
setTimeout(() => process.exit(), 200);
END
cat >write.go <<'END'
package main

import (
	"archive/tar"
	"os"
)

func main() {
	if err := tar.NewWriter(os.Stdout).WriteHeader(&tar.Header{Name: "snapshot.bin", Mode: 0o600, Size: 1<<33 + 5}); err != nil {
		panic(err)
	}
}
END
cat >read.go <<'END'
package main

import (
	"archive/tar"
	"fmt"
	"os"
)

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		panic(err)
	}
	header, err := tar.NewReader(file).Next()
	if err != nil {
		fmt.Println("go:", err)
		return
	}
	fmt.Println("go:", header.Size, "format", header.Format)
}
END
cat >read.mjs <<'END'
import { list } from 'tar';
list({ file: process.argv[2], sync: true, onReadEntry: (entry) => console.log('node-tar:', entry.size) });
END
describe() {
  python3 - "$1" <<'END'
import sys
header = open('header', 'rb').read()
last = header[-512:]
size = last[124:136]
kind = 'base 256' if size[0] == 0x80 else 'octal ' + size.rstrip(b'\0 ').decode()
magic = {b'ustar\x0000': 'ustar', b'ustar  \0': 'GNU'}[last[257:265]]
print(f'{sys.argv[1]}: {magic} header, size {kind}' + (', pax ' + header[512:1024].split(b'\n')[0].decode() if len(header) > 512 else ''))
END
}
echo "tar-stream 3.1.7, tar 7.5.1, $(go version | cut -d' ' -f3), $(python3 --version), $(tar --version | head -1)"
{
  node write.mjs >header && describe 'tar-stream'
  cp header from-tar-stream.tar
  go run write.go >header && describe 'Go archive/tar'
  python3 -c "import sys, tarfile; t = tarfile.TarInfo('snapshot.bin'); t.size = 2**33 + 5; sys.stdout.buffer.write(t.tobuf())" >header
  describe 'Python tarfile'
  truncate -s 8589934597 snapshot.bin
  (tar -cf - --format=gnu snapshot.bin || true) 2>/dev/null | head -c 512 >header && describe 'GNU tar'
  rm snapshot.bin
  # The content is a hole.
  truncate -s $((512 + 8589934597 + 507 + 1024)) from-tar-stream.tar
  echo 'read from tar-stream:'
  echo "GNU tar: $(tar -tvf from-tar-stream.tar | awk '{print $3}')"
  python3 -c "import tarfile; print('Python tarfile:', tarfile.open('from-tar-stream.tar').next().size)"
  go run read.go from-tar-stream.tar
  node read.mjs from-tar-stream.tar
} | tee seen

diff - seen <<'END' || { echo 'a writer or a reader does something else now' >&2; exit 1; }
tar-stream: ustar header, size base 256
Go archive/tar: ustar header, size octal 00000000000, pax 19 size=8589934597
Python tarfile: ustar header, size octal 00000000000, pax 19 size=8589934597
GNU tar: GNU header, size base 256
read from tar-stream:
GNU tar: 8589934597
Python tarfile: 8589934597
go: 8589934597 format <unknown>
node-tar: 8589934597
END
