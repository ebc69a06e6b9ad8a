import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { rejoinLines } from '../../src/cli/rendering/rejoin-text.js';
import { errorCatalogue } from '../../src/domain/errors.js';
import { jacoSucceeds } from '../cli/jaco-process.js';
import { projectRoot } from './installed-package.js';

const test = suite('the operator guide');
const nothing = new Uint8Array(0);
const guide = readFileSync(join(projectRoot, 'docs/operator-guide.md'), 'utf8');

test('explains every kind of failure once, with what to do', () => {
  const rows = [...guide.matchAll(/^\| `([a-z_]+)` \| (.+) \| .+ \|$/gm)].map(([, code, meaning]) => [code, meaning]);
  assert.equal(rows, Object.entries(errorCatalogue));
});

/** The calls of jaco in its examples, as the command and its flags; the daemon's own commands are not ours. */
const calls = [...guide.matchAll(/^ *```(?:sh|cron)\n([\s\S]*?)^ *```$/gm)]
  .flatMap(([, block = '']) => [...block.matchAll(/\bjaco ((?:(?!\bjaco )[^|#\n>&])*)/g)])
  .map(([, words = '']) => words.trim())
  .filter((words) => /^[a-z]/.test(words) && !words.startsWith('node '));

for (const [what, words] of [
  [
    'survivors take over a node restored at its old address',
    /Stop what is left of the old cluster[^#]*take over a node/,
  ],
  ['tokens that were revoked since the backup work again', /Revoke again what was revoked since the backup/],
  ['a node that rejoins has its old data wiped', /with an empty data directory[\s\S]*stays a NONVOTER/],
  ['a daemon that cannot open its store advises to initialise', /says "not initialized"[^-]*Do not follow that advice/],
] as const) {
  test(`says that ${what}`, () => assert.match(guide, words));
}

test('explains how a node joins again with exactly the steps that restore prints', () => {
  const [node] = [
    { hostname: 'a', address: '', ready: true, wireguardPubkey: nothing, serverCertFingerprint: nothing },
  ];
  const steps = rejoinLines([node], '10.0.0.5:7000').filter((line) => /^ {2}(sudo|jaco) /.test(line));
  assert.is(steps.length, 6);
  for (const step of steps) assert.ok(guide.includes(`\n${step.trim()}\n`), step);
});

test('shows every step as a call', () => {
  const commands = new Set(calls.map((call) => call.split(' ')[0]));
  for (const name of ['backup', 'inspect', 'diff', 'drill', 'restore', 'cluster', 'audit']) {
    assert.ok(commands.has(name), name);
  }
});

for (const call of new Set(calls)) {
  test(`shows flags that there are: jaco ${call}`, async () => {
    const command = /^(?:[a-z]+ status|state [a-z-]+|[a-z]+)/.exec(call)?.[0] ?? '';
    const help = await jacoSucceeds(['help', ...command.split(' ')]);
    for (const flag of call.match(/(?<= )--?[a-z][a-z0-9-]*/g) ?? [])
      assert.match(help, new RegExp(`^ .*${flag}\\b`, 'm'));
  });
}

test.run();
