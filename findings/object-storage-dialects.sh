#!/usr/bin/env bash
# What two servers of object storage answer where AWS's documentation leaves one answer: to a key that they do not know, and to a part
# whose SHA-256 is not the one in its signature.
#
# Guess:   403 InvalidAccessKeyId from both, and neither takes the part: the digest is a part of the signature.
# Seen:    versitygw answers 404 XAdminUserNotFound to an unknown key, so that "not found" is no proof that nothing is there. moto takes
#          any key, and takes the part, too.
# Changed: src/adapters/storage/s3/kept-objects.ts takes an object for absent only by the server's word for that, and
#          src/adapters/storage/s3/upload-parts.ts believes no server: a checksum or MD5 that comes back confirms a part, or it is read back.
set -euo pipefail
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

GOPATH=$work/_go GOFLAGS=-modcacherw GOBIN=$work go install github.com/versity/versitygw/cmd/versitygw@v1.8.0 2>go.log || { cat go.log >&2; exit 2; }
python3 -m pip install --quiet --target "$work/moto" 'moto[s3,server]==5.2.1' 2>pip.log || { cat pip.log >&2; exit 2; }
mkdir -p data/backups
ROOT_ACCESS_KEY=known ROOT_SECRET_KEY=secret ./versitygw --port 127.0.0.1:19195 --quiet posix data >/dev/null 2>&1 &
PYTHONPATH=$work/moto python3 -m moto.server -H 127.0.0.1 -p 19196 >/dev/null 2>&1 &

request() {
  curl -s -o body -w '%{http_code}' --aws-sigv4 aws:amz:us-east-1:s3 --user "$1:secret" "${@:2}" || true
}
wait_for() { for _ in $(seq 100); do curl -s -o /dev/null "$1" && return; sleep 0.1; done; }
code() { sed -n 's/.*<Code>\([A-Za-z0-9]*\)<.*/ \1/p' body; }
zeros=$(printf '0%.0s' $(seq 64))
try() {
  wait_for "$2"
  request known -X PUT "$2/backups" >/dev/null
  echo "$1, unknown key: $(request unknown "$2/backups/a")$(code)"
  echo "$1, other bytes than signed: $(request known -X PUT --data-binary whole -H "x-amz-content-sha256: $zeros" "$2/backups/a")$(code)"
}
{ try versitygw http://127.0.0.1:19195 && try moto http://127.0.0.1:19196; } | tee seen

diff - seen <<'END' || { echo 'they answer something else now' >&2; exit 1; }
versitygw, unknown key: 404 XAdminUserNotFound
versitygw, other bytes than signed: 400 XAmzContentSHA256Mismatch
moto, unknown key: 404 NoSuchKey
moto, other bytes than signed: 200
END
