#!/usr/bin/env bash
# Four signers of requests to object storage, each given the same URLs, time and keys.
#
# Guess:     A path that a URL can hold is signed as it is by all four, and sent so. Only a space may differ, as + or %20.
# Seen:      aws4fetch and aws4 decode the path and escape it again: they sign + as a space, %2F as a slash, and escape !'()*=:@,; and
#            &. botocore and Go's SDK sign the path as it is sent. In the query, botocore alone does not read + as a space. All four
#            agree where all of a name is escaped but letters, digits and -._~
# Confirmed: src/adapters/storage/s3 escapes keys so, before they are signed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >urls <<'END'
https://s3.example/b/a%2Bb
https://s3.example/b/a+b
https://s3.example/b/a%20b
https://s3.example/b/a%2Fb
https://s3.example/b/a//b
https://s3.example/b/a%252Bb
https://s3.example/b/%C3%A9
https://s3.example/b/a'b(c)!*~
https://s3.example/b/a=b:c@d,e;f&g
https://s3.example/b?prefix=a%2Bb
https://s3.example/b?prefix=a+b
https://s3.example/b?prefix=a%20b
https://s3.example/b?uploads
END

npm install --silent --no-save aws4fetch@1.0.20 aws4@1.13.2 >npm.log 2>&1 || { cat npm.log >&2; exit 2; }
cat >sign.mjs <<'END'
import { readFileSync } from 'node:fs';
import aws4 from 'aws4';
import { AwsV4Signer } from 'aws4fetch';
const [accessKeyId, secretAccessKey, region, datetime, hash] = ['AK', 'SK', 'r', '20260304T050607Z', 'UNSIGNED-PAYLOAD'];
const shown = (authorization) => /Signature=(.{8})/.exec(authorization)[1];
for (const url of readFileSync('urls', 'utf8').trim().split('\n')) {
  const signer = new AwsV4Signer({ url, accessKeyId, secretAccessKey, region, datetime, service: 's3', headers: { 'x-amz-content-sha256': hash } });
  const { host } = new URL(url);
  const headers = { 'X-Amz-Date': datetime, 'X-Amz-Content-Sha256': hash };
  const request = aws4.sign({ host, path: url.slice(`https://${host}`.length), service: 's3', region, headers }, { accessKeyId, secretAccessKey });
  console.log(shown((await signer.sign()).headers.get('authorization')), shown(request.headers.Authorization));
}
END
node sign.mjs >of-javascript

python3 -m venv py && py/bin/pip -q install botocore==1.40.0 2>pip.log || { cat pip.log >&2; exit 2; }
cat >sign.py <<'END'
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
for line in open('urls'):
    request = AWSRequest('GET', line.strip())
    request.context['timestamp'] = '20260304T050607Z'
    request.headers['X-Amz-Date'] = '20260304T050607Z'
    request.headers['X-Amz-Content-SHA256'] = 'UNSIGNED-PAYLOAD'
    auth = S3SigV4Auth(Credentials('AK', 'SK'), 's3', 'r')
    print(auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)[:8])
END
py/bin/python sign.py >of-python

mkdir go-signer && cat >go-signer/main.go <<'END'
package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	urls, err := os.Open("../urls")
	must(err)
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	// As the SDK's own client of S3 sets it.
	signer := v4.NewSigner(func(options *v4.SignerOptions) { options.DisableURIPathEscaping = true })
	for lines := bufio.NewScanner(urls); lines.Scan(); {
		request, err := http.NewRequest("GET", lines.Text(), nil)
		must(err)
		request.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
		keys := aws.Credentials{AccessKeyID: "AK", SecretAccessKey: "SK"}
		must(signer.SignHTTP(context.Background(), keys, request, "UNSIGNED-PAYLOAD", "s3", "r", at))
		_, signature, _ := strings.Cut(request.Header.Get("Authorization"), "Signature=")
		fmt.Println(signature[:8])
	}
}
END
export GOPATH=$work/_go GOFLAGS=-modcacherw
(cd go-signer && go mod init signer && go get github.com/aws/aws-sdk-go-v2@v1.39.0 && go mod tidy) >go.log 2>&1 || { cat go.log >&2; exit 2; }
(cd go-signer && go run .) >of-go

echo 'aws4fetch 1.0.20, aws4 1.13.2, botocore 1.40.0, aws-sdk-go-v2 1.39.0'
{
  echo 'URL, first digits of the signature by aws4fetch, aws4, botocore, Go'
  paste -d ' ' urls of-javascript of-python of-go
} | tee seen

diff - seen <<'END' || { echo 'the signers do something else now' >&2; exit 1; }
URL, first digits of the signature by aws4fetch, aws4, botocore, Go
https://s3.example/b/a%2Bb 4b384216 4b384216 4b384216 4b384216
https://s3.example/b/a+b b093b66a b093b66a 658d26e4 658d26e4
https://s3.example/b/a%20b b093b66a b093b66a b093b66a b093b66a
https://s3.example/b/a%2Fb 8a0568b7 8a0568b7 99f9cbe3 99f9cbe3
https://s3.example/b/a//b 698e6511 698e6511 698e6511 698e6511
https://s3.example/b/a%252Bb 6aa9842a 6aa9842a 6aa9842a 6aa9842a
https://s3.example/b/%C3%A9 344090f9 344090f9 344090f9 344090f9
https://s3.example/b/a'b(c)!*~ 9e79bd93 9e79bd93 b5bab9c7 b5bab9c7
https://s3.example/b/a=b:c@d,e;f&g 66ce3867 66ce3867 6034f344 6034f344
https://s3.example/b?prefix=a%2Bb 61ddf8ae 61ddf8ae 61ddf8ae 61ddf8ae
https://s3.example/b?prefix=a+b 96504e51 96504e51 09dbd3fe 96504e51
https://s3.example/b?prefix=a%20b 96504e51 96504e51 96504e51 96504e51
https://s3.example/b?uploads 4cfacd83 4cfacd83 4cfacd83 4cfacd83
END
