#!/usr/bin/env bash
# A gzip member with something harmless after it: zeros, with which tapes and disk images are padded, a line of text, a second member.
#
# Guess:     every reader ignores zeros. libdeflate, zstd and Go refuse a line of text; the others ignore it. All but fflate and pako
#            read a second member.
# Seen:      Go, zstd and libdeflate refuse zeros. pigz, igzip, busybox, bsdcat, Java and fflate ignore a line; the others refuse it.
#            fflate takes the size of its result from the last four bytes of the file. So it returns nothing if zeros follow, and seven
#            characters of eighteen for two members, each without an error.
# Confirmed: src/adapters/archive/gzip-member.ts: when jaco reads an archive, it ignores zeros with a warning, as they come from the
#            medium and lose nothing; it refuses anything else after a member. When it takes a backup, it refuses both.
#            docs/interoperability.md, "Other readers of archives", shows the same for whole archives.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 - <<'END'
import gzip
member = gzip.compress(b'hello hello hello\n', mtime=0)
for name, behind in [('nothing', b''), ('zeros', bytes(1024)), ('a line', b'one line of text\n'), ('a second member', gzip.compress(b'second\n', mtime=0))]:
    open(name, 'wb').write(member + behind)
END
for package in gzip=1.12-1 pigz=2.6-1 libdeflate-tools=1.14-1 libdeflate0=1.14-1 isal=2.30.0-5 libisal2=2.30.0-5 zstd busybox libarchive-tools libarchive13; do
  apt-get download -qq "$package" 2>apt.log || { cat apt.log >&2; exit 2; }
done
for package in ./*.deb; do dpkg-deb -x "$package" root; done
npm install --silent --no-save fflate@0.8.2 pako@2.1.0 >npm.log 2>&1 || { cat npm.log >&2; exit 2; }
cat >run.mjs <<'END'
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { gunzipSync as fflate } from 'fflate';
import pako from 'pako';
const [name, file] = process.argv.slice(2);
const read = { node: gunzipSync, fflate, pako: pako.ungzip }[name];
process.stdout.write(Buffer.from(read(new Uint8Array(readFileSync(file)))));
END
cat >main.go <<'END'
package main

import (
	"compress/gzip"
	"io"
	"os"
)

func main() {
	file, _ := os.Open(os.Args[1])
	reader, err := gzip.NewReader(file)
	if err == nil {
		_, err = io.Copy(os.Stdout, reader)
	}
	if err != nil {
		os.Exit(1)
	}
}
END
go build -o try-go main.go
cat >Read.java <<'END'
public class Read {
    public static void main(String[] names) throws Exception {
        new java.util.zip.GZIPInputStream(new java.io.FileInputStream(names[0])).transferTo(System.out);
    }
}
END
javac Read.java

LD_LIBRARY_PATH=$(dirname "$(find root -name 'libisal.so*' -type l | head -1)")
export LD_LIBRARY_PATH
read_with() {
  case $1 in
    gzip) root/bin/gzip -dc <"$2" ;;
    pigz) root/usr/bin/pigz -dc <"$2" ;;
    libdeflate) root/usr/bin/libdeflate-gunzip -c "$2" ;;
    igzip) root/usr/bin/igzip -dc "$2" ;;
    zstd) root/usr/bin/zstd -dc <"$2" ;;
    busybox) root/bin/busybox gunzip -c <"$2" ;;
    bsdcat) root/usr/bin/bsdcat "$2" ;;
    python) python3 -c 'import gzip, sys; sys.stdout.buffer.write(gzip.open(sys.argv[1]).read())' "$2" ;;
    go) ./try-go "$2" ;;
    java) java -cp . Read "$2" ;;
    *) node run.mjs "$1" "$2" ;;
  esac
}
echo "gzip 1.12, pigz 2.6, libdeflate 1.14, isa-l 2.30, zstd, busybox and libarchive of Debian 12; $(python3 --version), $(go version | cut -d' ' -f3), Java $(javac --version | cut -d' ' -f2), Node $(node --version), fflate 0.8.2, pako 2.1.0"
for reader in gzip pigz libdeflate igzip zstd busybox bsdcat python go java node fflate pako; do
  for behind in nothing zeros 'a line' 'a second member'; do
    code=0
    text=$(read_with "$reader" "$behind" 2>/dev/null </dev/null | tr '\n' '|'; exit "${PIPESTATUS[0]}") || code=$?
    if [ "$code" = 0 ]; then echo "$reader, $behind: $text"; else echo "$reader, $behind: refused"; fi
  done
done | tee seen

diff - seen <<'END' || { echo 'a reader does something else now' >&2; exit 1; }
gzip, nothing: hello hello hello|
gzip, zeros: hello hello hello|
gzip, a line: refused
gzip, a second member: hello hello hello|second|
pigz, nothing: hello hello hello|
pigz, zeros: hello hello hello|
pigz, a line: hello hello hello|
pigz, a second member: hello hello hello|second|
libdeflate, nothing: hello hello hello|
libdeflate, zeros: refused
libdeflate, a line: refused
libdeflate, a second member: hello hello hello|second|
igzip, nothing: hello hello hello|
igzip, zeros: hello hello hello|
igzip, a line: hello hello hello|
igzip, a second member: hello hello hello|second|
zstd, nothing: hello hello hello|
zstd, zeros: refused
zstd, a line: refused
zstd, a second member: hello hello hello|second|
busybox, nothing: hello hello hello|
busybox, zeros: hello hello hello|
busybox, a line: hello hello hello|
busybox, a second member: hello hello hello|second|
bsdcat, nothing: hello hello hello|
bsdcat, zeros: hello hello hello|
bsdcat, a line: hello hello hello|
bsdcat, a second member: hello hello hello|second|
python, nothing: hello hello hello|
python, zeros: hello hello hello|
python, a line: refused
python, a second member: hello hello hello|second|
go, nothing: hello hello hello|
go, zeros: refused
go, a line: refused
go, a second member: hello hello hello|second|
java, nothing: hello hello hello|
java, zeros: hello hello hello|
java, a line: hello hello hello|
java, a second member: hello hello hello|second|
node, nothing: hello hello hello|
node, zeros: hello hello hello|
node, a line: refused
node, a second member: hello hello hello|second|
fflate, nothing: hello hello hello|
fflate, zeros: 
fflate, a line: hello hello hello|
fflate, a second member: hello h
pako, nothing: hello hello hello|
pako, zeros: hello hello hello|
pako, a line: refused
pako, a second member: hello hello hello|second|
END
