#!/usr/bin/env bash
# What servers of object storage send for the last bytes of an object, and for one part of it.
#
# Guess:     The last bytes, and the part, with status 206: both are old parts of the protocol.
# Seen:      s3rver sends the first bytes for a range of the last ones: bytes=-2 of five bytes are its first three. moto, gofakes3 and
#            s3rver send the whole object for partNumber=2, with status 200.
# Confirmed: src/adapters/storage/s3/object-reading.ts asks for ranges by their beginning alone, and checks what the answer says.
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
import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

config = Config(s3={'addressing_style': 'path'}, request_checksum_calculation='when_required')
for name, port in [('versitygw', 19196), ('moto', 19197), ('gofakes3', 19198), ('s3rver', 19199)]:
    s3 = boto3.client('s3', endpoint_url=f'http://127.0.0.1:{port}', region_name='us-east-1', config=config,
                      aws_access_key_id='S3RVER', aws_secret_access_key='S3RVER')
    s3.create_bucket(Bucket='backups')
    s3.put_object(Bucket='backups', Key='five', Body=b'abcde')
    place = {'Bucket': 'backups', 'Key': 'parts'}
    upload = s3.create_multipart_upload(**place)['UploadId']
    parts = [
        {'PartNumber': number, 'ETag': s3.upload_part(**place, UploadId=upload, PartNumber=number, Body=body)['ETag']}
        for number, body in [(1, bytes(5 << 20)), (2, b'end')]
    ]
    s3.complete_multipart_upload(**place, UploadId=upload, MultipartUpload={'Parts': parts})
    for asked, ask in {
        'bytes=3-9': {'Key': 'five', 'Range': 'bytes=3-9'},
        'bytes=-2': {'Key': 'five', 'Range': 'bytes=-2'},
        'partNumber=2': {'Key': 'parts', 'PartNumber': 2},
    }.items():
        try:
            got = s3.get_object(Bucket='backups', **ask)
            body = got['Body'].read()
            print(f'{name}: {asked}:', got['ResponseMetadata']['HTTPStatusCode'], body.decode() if len(body) < 10 else f'{len(body)} bytes')
        except ClientError as error:
            print(f'{name}: {asked}: {error.response["Error"]["Code"]}')
END
echo 'versitygw 1.8.0, moto 5.2.5, gofakes3 v1.2.0, s3rver 3.7.1, boto3 1.44.8'
py/bin/python try.py | tee seen

diff - seen <<'END' || { echo 'a server does something else now' >&2; exit 1; }
versitygw: bytes=3-9: 206 de
versitygw: bytes=-2: 206 de
versitygw: partNumber=2: 206 end
moto: bytes=3-9: 206 de
moto: bytes=-2: 206 de
moto: partNumber=2: 200 5242883 bytes
gofakes3: bytes=3-9: 206 de
gofakes3: bytes=-2: 206 de
gofakes3: partNumber=2: 200 5242883 bytes
s3rver: bytes=3-9: 206 de
s3rver: bytes=-2: 206 abc
s3rver: partNumber=2: 200 5242883 bytes
END
