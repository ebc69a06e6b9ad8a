#!/usr/bin/env bash
# What Node has to load so that three signers can sign one request to object storage. Nothing is sent.
#
# Guess:     One HMAC needs node:crypto, so the smallest signers load nothing else; the one of the AWS SDK loads the most.
# Seen:      aws4fetch 1.0.20 uses the global Headers, with which Node loads the whole of its fetch (undici), and Web Cryptography, which
#            computes in other threads: twice as many of Node's modules as for @smithy/signature-v4 5.7.5. aws4 1.13.2 loads neither. The
#            same on Node 20.20, 22.23, 24.21 and 26.10. aws4fetch loads them with the first signature: its import alone looks free.
# Changed:   docs/decisions/0027: a backup of a small archive takes a fifth less time since aws4 signs.
# Confirmed: test/adapters/storage/s3/s3-settings.test.ts: signing a request does not load fetch.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-save aws4@1.13.2 aws4fetch@1.0.20 @smithy/signature-v4@5.7.5 @aws-crypto/sha256-js@5.2.0 >npm.log 2>&1 || {
  cat npm.log >&2
  exit 2
}

cat >load.mjs <<'END'
const [, , signer, when] = process.argv;
const [accessKeyId, secretAccessKey, region, service] = ['AK', 'SK', 'r', 's3'];
const signers = {
  async aws4() {
    const { default: aws4 } = await import('aws4');
    return () => aws4.sign({ host: 's3.example', path: '/b/k', service, region }, { accessKeyId, secretAccessKey });
  },
  async aws4fetch() {
    const { AwsV4Signer } = await import('aws4fetch');
    return () => new AwsV4Signer({ url: 'https://s3.example/b/k', service, region, accessKeyId, secretAccessKey }).sign();
  },
  async smithy() {
    const [{ SignatureV4 }, { Sha256 }] = await Promise.all(['@smithy/signature-v4', '@aws-crypto/sha256-js'].map((name) => import(name)));
    const signature = new SignatureV4({ service, region, credentials: { accessKeyId, secretAccessKey }, sha256: Sha256 });
    return () => signature.sign({ method: 'GET', protocol: 'https:', hostname: 's3.example', path: '/b/k', headers: {}, query: {} });
  },
};
const sign = await signers[signer]();
if (when === 'signed') await sign();
const has = (module) => (process.moduleLoadList.includes(`NativeModule internal/${module}`) ? 'yes' : 'no');
console.log(signer, when, has('deps/undici/undici'), has('crypto/webcrypto'));
END

echo 'aws4 1.13.2, aws4fetch 1.0.20, @smithy/signature-v4 5.7.5'
{
  echo 'signer, when, is fetch loaded, is Web Cryptography loaded'
  for signer in aws4 aws4fetch smithy; do
    for when in imported signed; do node load.mjs "$signer" "$when"; done
  done
} | tee seen

diff - seen <<'END' || { echo 'something else is loaded now' >&2; exit 1; }
signer, when, is fetch loaded, is Web Cryptography loaded
aws4 imported no no
aws4 signed no no
aws4fetch imported no no
aws4fetch signed yes yes
smithy imported no yes
smithy signed no yes
END
