#!/usr/bin/env bash
# What a server of object storage answers to a key that it does not know.
#
# Guess:   403 InvalidAccessKeyId, as AWS's documentation has it.
# Seen:    versitygw answers 404 XAdminUserNotFound, so that a status of 404 is no proof that an object is not there.
# Changed: src/adapters/storage/s3/kept-objects.ts takes an object for absent only by the server's word for that.
set -euo pipefail
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

GOPATH=$work/_go GOFLAGS=-modcacherw GOBIN=$work go install github.com/versity/versitygw/cmd/versitygw@v1.8.0 2>go.log || { cat go.log >&2; exit 2; }
mkdir -p data/backups
server=http://127.0.0.1:19195
ROOT_ACCESS_KEY=known ROOT_SECRET_KEY=secret ./versitygw --port 127.0.0.1:19195 --quiet posix data >/dev/null 2>&1 &
for _ in $(seq 100); do curl -s -o /dev/null "$server" && break; sleep 0.1; done

status=$(curl -s -o body -w '%{http_code}' --aws-sigv4 aws:amz:us-east-1:s3 --user unknown:secret "$server/backups/a")
echo "versitygw 1.8.0, unknown key: $status $(sed -n 's/.*<Code>\([A-Za-z0-9]*\)<.*/\1/p' body)" | tee seen

diff - seen <<'END' || { echo 'it answers something else now' >&2; exit 1; }
versitygw 1.8.0, unknown key: 404 XAdminUserNotFound
END
