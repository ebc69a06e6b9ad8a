#!/usr/bin/env bash
# What servers of object storage do with an upload whose Content-MD5 or checksum is not that of its content, and with a condition.
#
# Guess:   All refuse both with BadDigest, as AWS does: with that they are tested by everyone. If-None-Match: * never overwrites.
# Seen:    versitygw does. gofakes3 checks Content-MD5 only, and moto and s3rver check nothing: what proves with them that it notices
#          damage proves nothing. When an upload in parts completes with If-None-Match: *, gofakes3 overwrites.
# Confirmed: the tests of checksums run against versitygw (test/adapters/storage/s3/s3-failures.test.ts).
set -euo pipefail
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

{
  export GOPATH=$work/_go GOFLAGS=-modcacherw GOBIN=$work
  go install github.com/versity/versitygw/cmd/versitygw@v1.8.0
  go install github.com/johannesboyne/gofakes3/cmd/gofakes3@v1.2.0
  npm install --silent --no-save --ignore-scripts s3rver@3.7.1
  python3 -m venv py
  py/bin/pip -q install boto3==1.44.8 'moto[s3,server]==5.2.5'
} >install.log 2>&1 || { cat install.log >&2; exit 2; }
mkdir data rdata
ROOT_ACCESS_KEY=S3RVER ROOT_SECRET_KEY=S3RVER ./versitygw --port 127.0.0.1:19196 --quiet posix data >/dev/null 2>&1 &
py/bin/moto_server -H 127.0.0.1 -p 19197 >/dev/null 2>&1 &
./gofakes3 -host 127.0.0.1:19198 -backend memory >/dev/null 2>&1 &
node_modules/.bin/s3rver -d rdata -a 127.0.0.1 -p 19199 >/dev/null 2>&1 &
for port in 19196 19197 19198 19199; do for _ in $(seq 100); do curl -s -o /dev/null "http://127.0.0.1:$port" && break; sleep 0.1; done; done

cat >try.py <<'END'
import base64, boto3
from botocore.config import Config
from botocore.exceptions import ClientError

config = Config(s3={'addressing_style': 'path'}, request_checksum_calculation='when_required')
other = lambda size: base64.b64encode(bytes(size)).decode()


def completed(s3):
    place = {'Bucket': 'backups', 'Key': 'there'}
    upload = s3.create_multipart_upload(**place)['UploadId']
    tag = s3.upload_part(**place, UploadId=upload, PartNumber=1, Body=b'other')['ETag']
    parts = {'Parts': [{'PartNumber': 1, 'ETag': tag}]}
    s3.complete_multipart_upload(**place, UploadId=upload, MultipartUpload=parts, IfNoneMatch='*')


trials = {
    'Content-MD5 of something else': lambda s3: s3.put_object(Bucket='backups', Key='a', Body=b'content', ContentMD5=other(16)),
    'CRC-32C of something else': lambda s3: s3.put_object(Bucket='backups', Key='a', Body=b'content', ChecksumCRC32C=other(4)),
    'SHA-256 of something else': lambda s3: s3.put_object(Bucket='backups', Key='a', Body=b'content', ChecksumSHA256=other(32)),
    'put, If-None-Match: *': lambda s3: s3.put_object(Bucket='backups', Key='there', Body=b'other', IfNoneMatch='*'),
    'complete, If-None-Match: *': completed,
}
for name, port in [('versitygw', 19196), ('moto', 19197), ('gofakes3', 19198), ('s3rver', 19199)]:
    s3 = boto3.client('s3', endpoint_url=f'http://127.0.0.1:{port}', region_name='us-east-1', config=config,
                      aws_access_key_id='S3RVER', aws_secret_access_key='S3RVER')
    s3.create_bucket(Bucket='backups')
    s3.put_object(Bucket='backups', Key='there', Body=b'content')
    for trial, run in trials.items():
        try:
            run(s3)
            print(f'{name}: {trial}: stored')
        except ClientError as error:
            print(f'{name}: {trial}: {error.response["Error"]["Code"]}')
END
echo 'versitygw 1.8.0, moto 5.2.5, gofakes3 v1.2.0, s3rver 3.7.1, boto3 1.44.8'
py/bin/python try.py | tee seen

diff - seen <<'END' || { echo 'a server does something else now' >&2; exit 1; }
versitygw: Content-MD5 of something else: BadDigest
versitygw: CRC-32C of something else: BadDigest
versitygw: SHA-256 of something else: BadDigest
versitygw: put, If-None-Match: *: PreconditionFailed
versitygw: complete, If-None-Match: *: PreconditionFailed
moto: Content-MD5 of something else: stored
moto: CRC-32C of something else: stored
moto: SHA-256 of something else: stored
moto: put, If-None-Match: *: PreconditionFailed
moto: complete, If-None-Match: *: PreconditionFailed
gofakes3: Content-MD5 of something else: BadDigest
gofakes3: CRC-32C of something else: stored
gofakes3: SHA-256 of something else: stored
gofakes3: put, If-None-Match: *: PreconditionFailed
gofakes3: complete, If-None-Match: *: stored
s3rver: Content-MD5 of something else: stored
s3rver: CRC-32C of something else: stored
s3rver: SHA-256 of something else: stored
s3rver: put, If-None-Match: *: stored
s3rver: complete, If-None-Match: *: stored
END
