#!/usr/bin/env bash
# How servers of object storage list seven keys in pages: with a delimiter, so that keys below one prefix are one line, and without.
#
# Guess:     All list each key and each prefix once, whatever the size of the pages, and no page but the only one is empty.
# Seen:      gofakes3 counts a prefix as one line of a page, but goes on behind a key, not behind the prefix: the next page names the
#            prefix again if keys below it are left. Its last page may be empty. s3rver does not count prefixes, and has no
#            second page: where the keys do not fit one, it answers 500, since it encrypts the mark of the next page with a cipher that
#            OpenSSL 3, and so Node since 17, no longer offers.
# Confirmed: src/adapters/storage/s3/kept-objects.ts takes keys, not prefixes, and asks on after an empty page. The test of it runs
#            against versitygw and moto (test/adapters/storage/s3/s3-reading.test.ts), where pages are as guessed.
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
ROOT_ACCESS_KEY=S3RVER ROOT_SECRET_KEY=S3RVER ./versitygw --port 127.0.0.1:19496 --quiet posix data >/dev/null 2>&1 &
py/bin/moto_server -H 127.0.0.1 -p 19497 >/dev/null 2>&1 &
./gofakes3 -host 127.0.0.1:19498 -backend memory >/dev/null 2>&1 &
node_modules/.bin/s3rver -d rdata -a 127.0.0.1 -p 19499 >/dev/null 2>&1 &
for port in 19496 19497 19498 19499; do for _ in $(seq 100); do curl -s -o /dev/null "http://127.0.0.1:$port" && break; sleep 0.1; done; done

cat >try.py <<'END'
import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

config = Config(s3={'addressing_style': 'path'}, request_checksum_calculation='when_required', retries={'max_attempts': 0})

def pages(s3, size, **asked):
    """Each page: its keys and, in brackets, its prefixes."""
    more = {}
    for _ in range(20):
        try:
            got = s3.list_objects_v2(Bucket='backups', MaxKeys=size, **asked, **more)
        except ClientError as error:
            yield error.response['Error']['Code']
            return
        lines = [item['Key'] for item in got.get('Contents', [])] + [f"({item['Prefix']})" for item in got.get('CommonPrefixes', [])]
        yield ' '.join(lines) or 'nothing'
        if not got['IsTruncated']:
            return
        more = {'ContinuationToken': got['NextContinuationToken']}

for name, port in [('versitygw', 19496), ('moto', 19497), ('gofakes3', 19498), ('s3rver', 19499)]:
    s3 = boto3.client('s3', endpoint_url=f'http://127.0.0.1:{port}', region_name='us-east-1', config=config,
                      aws_access_key_id='S3RVER', aws_secret_access_key='S3RVER')
    s3.create_bucket(Bucket='backups')
    for key in ['a/1', 'a/2', 'b', 'c/1', 'c/2', 'c/3', 'd']:
        s3.put_object(Bucket='backups', Key=key, Body=b'x')
    print(f'{name}, one page:', ', '.join(pages(s3, 1000, Delimiter='/')))
    print(f'{name}, one a page:', ', '.join(pages(s3, 1, Delimiter='/')))
    print(f'{name}, two a page:', ', '.join(pages(s3, 2, Delimiter='/')))
    print(f'{name}, below c, one a page:', ', '.join(pages(s3, 1, Prefix='c/')))
END
echo 'versitygw 1.8.0, moto 5.2.5, gofakes3 v1.2.0, s3rver 3.7.1, boto3 1.44.8'
py/bin/python try.py | tee seen

diff - seen <<'END' || { echo 'a server does something else now' >&2; exit 1; }
versitygw, one page: b d (a/) (c/)
versitygw, one a page: (a/), b, (c/), d
versitygw, two a page: b (a/), d (c/)
versitygw, below c, one a page: c/1, c/2, c/3
moto, one page: b d (a/) (c/)
moto, one a page: (a/), b, (c/), d
moto, two a page: b (a/), d (c/)
moto, below c, one a page: c/1, c/2, c/3
gofakes3, one page: b d (a/) (c/)
gofakes3, one a page: (a/), (a/), b, (c/), (c/), (c/), d
gofakes3, two a page: b (a/), d (c/)
gofakes3, below c, one a page: c/1, c/2, c/3, nothing
s3rver, one page: b d (a/) (c/)
s3rver, one a page: InternalError
s3rver, two a page: b d (a/) (c/)
s3rver, below c, one a page: InternalError
END
