import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('findings/');
const projectRoot = new URL('../../..', import.meta.url).pathname;
const directory = join(projectRoot, 'findings');
const page = readFileSync(join(projectRoot, 'docs/behaviour.md'), 'utf8');

/** The parts of every finding: a guess, what was seen, what it changed or confirmed, and a temporary folder. */
const parts: Readonly<Record<string, RegExp>> = {
  'a guess': /^# Guess: +\S/m,
  'what was seen': /^# Seen: +\S/m,
  'what it changed or confirmed': /^# (Changed|Confirmed): +\S/m,
  'an end at the first failure': /^set -euo pipefail$/m,
  'a version to each package, where it is installed': /^(?!#).*[\w/-](?:@v?|==|=)\d+\.\d+[\w.~-]*/m,
  'a folder of its own': /^work=\$\(mktemp -d\)\ntrap '.*rm -rf "\$work"' EXIT\ncd "\$work"$/m,
  'a comparison with what was seen': /^diff - seen <<'END' \|\| \{ .*exit 1; \}$/m,
};

/** Paths in the repository that a finding's head names. */
const pathsIn = (text: string) =>
  [...text.matchAll(/\b(?:src|docs|test|packaging)\/[\w./-]*\w/g)].map(([path]) => path);

for (const name of readdirSync(directory)) {
  const text = readFileSync(join(directory, name), 'utf8');
  test(`${name} says what was guessed, what was seen and what follows, and is in docs/behaviour.md`, () => {
    assert.match(name, /^[a-z0-9-]+\.sh$/);
    accessSync(join(directory, name), constants.X_OK);
    for (const [part, form] of Object.entries(parts)) assert.match(text, form, `it lacks ${part}`);
    const head = text.slice(0, text.indexOf('set -euo pipefail'));
    const paths = pathsIn(head);
    assert.ok(paths.length > 0, 'it names no line of ours');
    for (const path of paths) assert.ok(existsIn(path), `${path} is not there`);
    assert.ok(page.includes(`](../findings/${name})`), 'no row of the table names it');
  });
}

/** A decision may be named by its number, and a path may be a folder. */
function existsIn(path: string): boolean {
  if (existsSync(join(projectRoot, path))) return true;
  const [, number] = /^docs\/decisions\/(\d{4})$/.exec(path) ?? [];
  return (
    number !== undefined && readdirSync(join(projectRoot, 'docs/decisions')).some((file) => file.startsWith(number))
  );
}

test.run();
