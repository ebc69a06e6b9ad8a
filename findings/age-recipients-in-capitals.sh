#!/usr/bin/env bash
# An age recipient in upper case, the most compact form for a QR code, and an identity in lower case. Both are Bech32, which allows
# either case (BIP 173); only mixed case is wrong.
#
# Guess:     all implementations accept both cases, as Bech32 requires.
# Seen:      pyrage, which is rage, does. The Go program and the npm package compare the prefix with its case, and do not recognise
#            "AGE1…": "unknown recipient type", "unrecognized recipient type". The same goes for an identity in lower case.
# Changed:   src/adapters/age/age-archive-sealer.ts converts such a recipient to lower case. Before, it said that this is neither a
#            recipient nor a file. test/adapters/age/age-archive-sealer.test.ts tests it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

export GOPATH=$work/_go GOFLAGS=-modcacherw
{
  GOBIN=$work/bin go install filippo.io/age/cmd/age@v1.3.1 filippo.io/age/cmd/age-keygen@v1.3.1
  npm install --silent --no-save age-encryption@0.3.1
  python3 -m venv py && py/bin/pip -q install pyrage==1.4.0
} >install.log 2>&1 || { cat install.log >&2; exit 2; }
bin/age-keygen -o key.txt 2>/dev/null
recipient=$(bin/age-keygen -y key.txt)
identity=$(grep -v '^#' key.txt)
echo 'the content' | bin/age -r "$recipient" -o sealed.age

cat >try.mjs <<'END'
import { readFileSync } from 'node:fs';
import { Decrypter, Encrypter } from 'age-encryption';
const [, , recipient, identity] = process.argv;
const say = async (what, work) => {
  try {
    await work();
    console.log('age-encryption', what, 'is taken');
  } catch (error) {
    console.log('age-encryption', what, 'is refused:', error.message);
  }
};
await say('a recipient in capitals', () => new Encrypter().addRecipient(recipient));
await say('an identity in small letters', async () => {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  await decrypter.decrypt(readFileSync('sealed.age'));
});
END
cat >try.py <<'END'
import sys
import pyrage


def say(what, work):
    try:
        work()
        print('pyrage', what, 'is taken')
    except Exception as error:
        print('pyrage', what, 'is refused:', error)


def unseal():
    identity = pyrage.x25519.Identity.from_str(sys.argv[2])
    assert pyrage.decrypt(open('sealed.age', 'rb').read(), [identity]) == b'the content\n'


say('a recipient in capitals', lambda: pyrage.x25519.Recipient.from_str(sys.argv[1]))
say('an identity in small letters', unseal)
END
say() {
  if "${@:2}" >/dev/null 2>errors; then echo "age $1 is taken"; else echo "age $1 is refused: $(sed -n 's/.*\(unknown [a-z]* type\).*/\1/p' errors)"; fi
}
echo "age 1.3.1, age-encryption 0.3.1, pyrage 1.4.0"
echo "${identity,,}" >small.txt
{
  say 'a recipient in capitals' bin/age -r "${recipient^^}" -o out.age key.txt
  say 'an identity in small letters' bin/age -d -i small.txt sealed.age
  node try.mjs "${recipient^^}" "${identity,,}"
  py/bin/python try.py "${recipient^^}" "${identity,,}"
} | tee seen

diff - seen <<'END' || { echo 'an implementation does something else now' >&2; exit 1; }
age a recipient in capitals is refused: unknown recipient type
age an identity in small letters is refused: unknown identity type
age-encryption a recipient in capitals is refused: unrecognized recipient type
age-encryption an identity in small letters is refused: unrecognized identity type
pyrage a recipient in capitals is taken
pyrage an identity in small letters is taken
END
