#!/usr/bin/env bash
# A file encrypted with age to a hybrid post-quantum recipient (age1pq1…), opened with other implementations of the format.
#
# Guess:   only the Go program that made it opens it; the npm package, which is older, does not know this kind of recipient.
# Seen:    the npm package knows it: it opens the file, and encrypts to such a recipient, which age 1.3 opens. Debian 12's age 1.1.1
#          does not even accept the identity file ("unknown identity type"), and pyrage, which is rage, cannot open such a file.
# Changed: docs/operator-guide.md, "Encrypt": to open such an archive without jaco, you need age 1.3 or newer. test/adapters/age tests
#          that --encrypt-to and --identity accept them.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

export GOPATH=$work/_go GOFLAGS=-modcacherw
{
  GOBIN=$work/bin go install filippo.io/age/cmd/age@v1.3.1 filippo.io/age/cmd/age-keygen@v1.3.1
  npm install --silent --no-save age-encryption@0.3.1
  python3 -m venv py && py/bin/pip -q install pyrage==1.4.0
  apt-get download -qq age=1.1.1-1+b4 || apt-get download -qq age
  dpkg-deb -x ./age_*.deb debian
} >install.log 2>&1 || { cat install.log >&2; exit 2; }
bin/age-keygen -pq -o key.txt 2>/dev/null
bin/age-keygen -y key.txt >recipient
echo 'the content' | bin/age -r "$(cat recipient)" -o from-go.age

cat >run.mjs <<'END'
import { readFileSync, writeFileSync } from 'node:fs';
import { Decrypter, Encrypter } from 'age-encryption';
const decrypter = new Decrypter();
decrypter.addIdentity(readFileSync('key.txt', 'utf8').split('\n').find((line) => line.startsWith('AGE-SECRET-KEY-PQ-1')));
process.stdout.write(`the npm package opens it: ${await decrypter.decrypt(readFileSync('from-go.age'), 'text')}`);
const encrypter = new Encrypter();
encrypter.addRecipient(readFileSync('recipient', 'utf8').trim());
writeFileSync('from-npm.age', await encrypter.encrypt('the content of npm\n'));
END
cat >run.py <<'END'
import pyrage
try:
    pyrage.x25519.Recipient.from_str(open('recipient').read().strip())
    print('pyrage takes the recipient')
except pyrage.RecipientError as error:
    print('pyrage does not take the recipient:', error)
try:
    pyrage.decrypt(open('from-go.age', 'rb').read(), [pyrage.x25519.Identity.generate()])
except pyrage.DecryptError as error:
    print('pyrage, with a key of its own kind:', error)
END
echo "age 1.3.1, age-encryption 0.3.1, pyrage 1.4.0, Debian's age $(debian/usr/bin/age --version)"
{
  echo "recipient $(cut -c1-7 recipient)…, stanza $(sed -n 's/^-> \([^ ]*\).*/\1/p' from-go.age)"
  node run.mjs
  echo "age 1.3.1 opens the npm package's: $(bin/age -d -i key.txt from-npm.age)"
  py/bin/python run.py
  echo "age 1.1.1: $(debian/usr/bin/age -d -i key.txt from-go.age 2>&1 | sed -n 's/^age: error: .*: //p')"
} | tee seen

diff - seen <<'END' || { echo 'an implementation does something else now' >&2; exit 1; }
recipient age1pq1…, stanza mlkem768x25519
the npm package opens it: the content
age 1.3.1 opens the npm package's: the content of npm
pyrage does not take the recipient: incorrect HRP
pyrage, with a key of its own kind: No matching keys found
age 1.1.1: unknown identity type
END
