import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { field } from '../domain/state/state-encoder.js';
import { cluster, deployment, node, record, token, writeArchive } from './archive-file.js';
import { runJaco } from './jaco-process.js';
import { scratchFor } from './scratch-directory.js';

const test = suite('what inspect and diff tell of an archive');
const scratch = scratchFor(test);

/** A word in a place of the state that must never be shown. */
const secrets = ['CA-KEY', 'HASHED', 'COMPOSE', 'REGISTRY', 'CHALLENGE', 'JOIN', 'BLOB', 'NEWER', 'WIREGUARD'] as const;

/** A state with a secret in every possible place; `edition` makes all of them different. */
function stateWith(edition: string): readonly Uint8Array[] {
  const secret = (word: (typeof secrets)[number]) => `${word}-${edition}`;
  return [
    cluster('c-7f3a', secret('CA-KEY')),
    node('node-1', field(4, secret('WIREGUARD'))),
    deployment('web', 1, secret('COMPOSE')),
    token('operator', secret('HASHED')),
    record(8, secret('CHALLENGE')),
    record(10, secret('JOIN')),
    record(16, secret('BLOB')),
    record(18, secret('REGISTRY')),
    record(19, secret('NEWER')),
  ];
}

/** Everything that the program says, in every form, of two archives and of broken ones. */
async function everythingTold(): Promise<string> {
  const old = await writeArchive(scratch.path('old.tar.gz'), stateWith('one'));
  const young = await writeArchive(scratch.path('new.tar.gz'), stateWith('two'));
  const broken = await writeArchive(scratch.path('broken.tar.gz'), [
    ...stateWith('one'),
    Buffer.from('\x0a\x7fCA-KEY'),
  ]);
  const runs: readonly (readonly string[])[] = [
    ...[old, broken].flatMap((path) => [
      ['inspect', path],
      ['inspect', path, '-o', 'json'],
      ['inspect', path, '--list', 'deployments'],
    ]),
    ['diff', old, young],
    ['diff', old, young, '-o', 'json'],
    ['diff', old, broken],
  ];
  const ends = await Promise.all(runs.map((run) => runJaco(run, { environment: { JACO_DEBUG: '1' } })));
  return ends.map(({ stdout, stderr }) => stdout + stderr).join('');
}

test('holds no secret, neither as it is nor encoded', async () => {
  const told = await everythingTold();
  assert.match(told, 'deployments: 1 changed');
  for (const secret of secrets) {
    for (const form of ['utf8', 'hex', 'base64'] as const) {
      assert.not.match(told, Buffer.from(secret).toString(form), `${secret} as ${form}`);
    }
  }
});

for (const [what, name, shown] of [
  ['colours', 'red\x1b[31m', 'red\\u{1b}[31m'],
  ['lines', 'two\nlines', 'two\\u{a}lines'],
  ['a control sequence of one character', 'csi\x9b2J', 'csi\\u{9b}2J'],
  ['what turns the direction of writing', 'rtl\u202etxt', 'rtl\\u{202e}txt'],
] as const) {
  test(`shows a name with ${what} escaped, and unchanged to programs`, async () => {
    const path = await writeArchive(scratch.path('a.tar.gz'), [cluster(), node(name), deployment(name), token(name)]);
    const empty = await writeArchive(scratch.path('b.tar.gz'), [cluster()]);
    const runs = [
      ['inspect', path, '--list', 'nodes'],
      ['diff', empty, path],
    ];
    for (const run of runs) {
      const { stdout } = await runJaco(run);
      assert.match(stdout, shown);
      assert.not.match(stdout, name);
      const json = (await runJaco([...run, '-o', 'json'])).stdout;
      assert.not.match(json, name);
      const document = JSON.parse(json);
      assert.equal(Array.isArray(document) ? document : document.kinds[1].names.added, [name]);
    }
  });
}

test.run();
