#!/usr/bin/env bash
# A test that fails with an error that has a property `details` of another type than text, as errors of programs that explain
# themselves have; and a hook that fails.
#
# Guess:     uvu prints the error's message, and perhaps [object Object]. The suite goes on with its next test, and the process ends
#            with 1.
# Seen:      uvu 0.5.6 takes `details` for the difference that its own assertions print. If it is no text, nothing is printed of the
#            failure, no further test of the suite runs, and the process ends with 0. The same if a hook fails. Only the counts tell.
# Changed:   scripts/run-tests.mjs, which compares the counts, says so: docs/decisions/0003.
# Confirmed: test/packaging/test-runner.test.ts: such a file has failed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-save uvu@0.5.6 >npm.log 2>&1 || { cat npm.log >&2; exit 2; }

write() {
  cat >"$1.mjs" <<END
import { suite } from 'uvu';
const test = suite('a suite');
$2
test('first', () => {});
test('second', () => { throw Object.assign(new Error('no space left'), $3); });
test('third', () => {});
test.run();
END
}
write text '' "{ details: 'on /srv' }"
write object '' "{ details: { path: '/srv' } }"
write list '' "{ details: ['/srv'] }"
write absent '' "{ details: null }"
write hook "test.before(() => { throw new Error('no space left'); });" '{}'

echo 'uvu 0.5.6'
{
  echo "details, exit code, passed of 3, is the message printed"
  for kind in text object list absent hook; do
    code=0
    NO_COLOR=1 node "$kind.mjs" >out 2>&1 || code=$?
    passed=$(sed -n 's/^ *Passed: *//p' out)
    if grep -q 'no space left' out; then told=yes; else told=no; fi
    echo "$kind $code $passed $told"
  done
} | tee seen

diff - seen <<'END' || { echo 'uvu does something else now' >&2; exit 1; }
details, exit code, passed of 3, is the message printed
text 1 2 yes
object 0 1 no
list 0 1 no
absent 1 2 yes
hook 0 0 no
END
