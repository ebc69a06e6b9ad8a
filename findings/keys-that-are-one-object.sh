#!/usr/bin/env bash
# Which keys name different objects in object storage that keeps its objects as files.
#
# Guess:   All keys that differ: to S3 a key is mere text, in which a slash means nothing.
# Seen:    versitygw stores a//c and a/./c as a/c, and lists nothing under a//. It takes nothing below the key of an object, no
#          content for a key that ends in a slash, and no part of a key beyond 255 bytes. moto keeps all of these apart.
# Changed: src/adapters/storage/s3/object-names.ts refuses to write to a key with an empty part: --keep looked under a// and found
#          nothing, so that it never deleted.
set -euo pipefail
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

{
  GOPATH=$work/_go GOFLAGS=-modcacherw GOBIN=$work go install github.com/versity/versitygw/cmd/versitygw@v1.8.0
  python3 -m venv py
  py/bin/pip -q install boto3==1.44.8 'moto[s3,server]==5.2.5'
} >install.log 2>&1 || { cat install.log >&2; exit 2; }
mkdir data
ROOT_ACCESS_KEY=key ROOT_SECRET_KEY=secret ./versitygw --port 127.0.0.1:19196 --quiet posix data >/dev/null 2>&1 &
py/bin/moto_server -H 127.0.0.1 -p 19197 >/dev/null 2>&1 &
for port in 19196 19197; do for _ in $(seq 100); do curl -s -o /dev/null "http://127.0.0.1:$port" && break; sleep 0.1; done; done

cat >try.py <<'END'
import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

config = Config(s3={'addressing_style': 'path'})
for name, port in [('versitygw', 19196), ('moto', 19197)]:
    s3 = boto3.client('s3', endpoint_url=f'http://127.0.0.1:{port}', region_name='us-east-1', config=config,
                      aws_access_key_id='key', aws_secret_access_key='secret')
    s3.create_bucket(Bucket='backups')
    keys = lambda prefix: [entry['Key'] for entry in s3.list_objects_v2(Bucket='backups', Prefix=prefix).get('Contents', [])]
    for key in ['a//c', 'b/./c', 'd', 'd/below', 'e/', 'f' * 256]:
        said = key if len(key) < 20 else f'{len(key)} characters'
        try:
            s3.put_object(Bucket='backups', Key=key, Body=b'content')
            print(name, said, 'is listed as', [k if len(k) < 20 else len(k) for k in keys(key[0])])
        except ClientError as error:
            print(name, said, 'is refused:', error.response['Error']['Code'])
    print(name, 'under a//:', keys('a//'))
END
echo 'versitygw 1.8.0 on a directory, moto 5.2.5, boto3 1.44.8'
py/bin/python try.py | tee seen

diff - seen <<'END' || { echo 'a server does something else now' >&2; exit 1; }
versitygw a//c is listed as ['a/c']
versitygw b/./c is listed as ['b/c']
versitygw d is listed as ['d']
versitygw d/below is refused: ObjectParentIsFile
versitygw e/ is refused: DirectoryObjectContainsData
versitygw 256 characters is refused: KeyTooLongError
versitygw under a//: []
moto a//c is listed as ['a//c']
moto b/./c is listed as ['b/./c']
moto d is listed as ['d']
moto d/below is listed as ['d', 'd/below']
moto e/ is listed as ['e/']
moto 256 characters is listed as [256]
moto under a//: ['a//c']
END
