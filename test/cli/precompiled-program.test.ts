import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chunkLoader } from '../../src/cli/chunk-loader.js';
import type { PackIndex } from '../../src/cli/precompiled-program.js';
import { skipTest } from '../skipping.js';
import { jacoProgram, jacoSucceeds, runJaco } from './jaco-process.js';
import { scratchFor } from './scratch-directory.js';

const test = suite('commands that the build precompiled');
const scratch = scratchFor(test);
const archive = fileURLToPath(new URL('../../../test/fixtures/same-state-1.tar.gz', import.meta.url));
const inspect = ['inspect', archive];

/** A copy of the program, whose pack of `inspect` may be spoilt. */
function copied() {
  const directory = scratch.path('dist');
  cpSync(dirname(jacoProgram), directory, { recursive: true });
  return { directory, program: join(directory, 'jaco.js'), pack: join(directory, 'code/inspect.pack') };
}

function indexOf(pack: Buffer): PackIndex {
  return JSON.parse(pack.toString('latin1', 0, pack.indexOf('\n')));
}

/** Leaves of a program what starts it, and its packs. */
function removeFiles(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (name.endsWith('.js') && name !== 'jaco.js') rmSync(join(directory, name));
  }
}

/** Whether the pack is for the Node of this run: other Nodes than the build's do without packs. */
const isForThisNode = indexOf(readFileSync(join(dirname(jacoProgram), 'code/inspect.pack'))).node === process.version;

test('are those that an operator waits for', () => {
  assert.equal(
    readdirSync(join(dirname(jacoProgram), 'code')).sort(),
    ['backup', 'drill', 'inspect', 'list', 'recover', 'restore'].map((command) => `${command}.pack`),
  );
});

if (isForThisNode) {
  test('need no other file of the program', async () => {
    const { directory, program } = copied();
    removeFiles(directory);
    assert.is(await jacoSucceeds(inspect, { program }), await jacoSucceeds(inspect));
  });

  test('are taken by V8 as it has made them', () => {
    const pack = readFileSync(join(dirname(jacoProgram), 'code/restore.pack'));
    const { chunks } = indexOf(pack);
    const refused: string[] = [];
    const load = chunkLoader(
      dirname(jacoProgram),
      (name) => {
        const [text, textEnd, code, codeEnd] = chunks[name] ?? [0, 0, 0, 0];
        return { text: pack.toString('latin1', text, textEnd), code: pack.subarray(code, codeEnd) };
      },
      () => ({}),
      (name, _text, script) => void (script.cachedDataRejected === false || refused.push(name)),
    );
    const leaves = Object.keys(chunks).filter((name) => !/require\("\.\//.test(textOf(pack, chunks[name])));
    for (const name of leaves) loadQuietly(load, name);
    assert.ok(leaves.length > 5);
    assert.equal(refused, []);
  });
} else {
  test('need no other file of the program', () =>
    skipTest('the program was built by another Node than runs this test'));
}

function textOf(pack: Buffer, place: readonly number[] = []): string {
  return pack.toString('latin1', place[0], place[1]);
}

/** Without what it requires a file may fail, but it has been compiled then. */
function loadQuietly(load: (name: string) => unknown, name: string): void {
  try {
    load(name);
  } catch {
    assert.ok(true);
  }
}

for (const [spoilt, spoil] of [
  ['is missing', (pack: string) => rmSync(pack)],
  ['is empty', (pack: string) => truncateSync(pack)],
  ['is cut off', (pack: string) => truncateSync(pack, readFileSync(pack).length / 2 - 1)],
  ['has no index', (pack: string) => writeFileSync(pack, 'no index\n')],
  [
    'was made by another Node',
    (pack: string) => {
      const bytes = readFileSync(pack);
      const [text = 0, textEnd, code, codeEnd] = indexOf(bytes).chunks['./program.js'] ?? [];
      // V8 would run the code of a text of the same length.
      bytes.fill(' ', text, textEnd).fill(0, code, codeEnd).write('throw 1', text);
      writeFileSync(pack, bytes.toString('latin1').replace(/"node":"v\d\d/, '"node":"v10'), 'latin1');
    },
  ],
  [
    'has code that V8 does not know',
    (pack: string) => {
      const bytes = readFileSync(pack);
      for (const [, , code, end] of Object.values(indexOf(bytes).chunks)) bytes.fill(0, code, end);
      writeFileSync(pack, bytes);
    },
  ],
] as const) {
  test(`run like others where the pack ${spoilt}`, async () => {
    const { program, pack } = copied();
    spoil(pack);
    assert.is(await jacoSucceeds(inspect, { program }), await jacoSucceeds(inspect));
  });
}

test('take from the program what their pack lacks', async () => {
  const { directory, program } = copied();
  rmSync(join(directory, 'code'), { recursive: true });
  const directories = ['inspect', dirname(scratch.path('raft'))];
  const [precompiled, plain] = await Promise.all([runJaco(directories), runJaco(directories, { program })]);
  assert.equal(precompiled, plain);
  assert.match(plain.stderr, /holds no raft store|log\.db/);
});

test('fail as others do, once', async () => {
  const missing = ['inspect', scratch.path('absent.tar.gz')];
  const { directory, program } = copied();
  rmSync(join(directory, 'code'), { recursive: true });
  const [precompiled, plain] = await Promise.all([runJaco(missing), runJaco(missing, { program })]);
  assert.is(precompiled.code, 1);
  assert.equal(precompiled, plain);
});

test('show the places of the sources where that is asked', async () => {
  const { stderr } = await runJaco(['inspect', scratch.path('absent')], { environment: { JACO_DEBUG: '1' } });
  assert.match(stderr, /src\/adapters\/\S+\.ts:\d+/);
});

test.run();
