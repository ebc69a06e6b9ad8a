import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type Engine, engineSuite } from './engine.js';
import type { EncodeInput, EncodeOutput } from './engine-encodings.js';
import { projectRoot, protoDirectory } from './engine-program.js';
import { parseEngineJson, type RaftDirectory } from './engine-replies.js';
import { comparable, ourReading } from './our-reading.js';

interface Vectors {
  readonly input: EncodeInput;
  readonly output: EncodeOutput;
}

const committed = join(projectRoot, 'test/fixtures/engine');

await engineSuite('the golden files, made again by this version of the engine', (test, engine) => {
  test('the same inputs are encoded as in the committed file, to the byte', () => {
    const [before, now] = [vectorsIn(committed), vectorsIn(makeGolden(engine))];
    assert.equal(now.input, before.input);
    assert.equal(withoutTimes(now.output), withoutTimes(before.output));
  });

  test('our reader sees in each directory what the engine sees', async () => {
    const made = makeGolden(engine);
    const directories = readdirSync(committed).filter((name) => existsSync(join(committed, name, 'raft')));
    assert.ok(directories.length >= 4);
    for (const name of directories) {
      const expected = parseEngineJson(readFileSync(join(made, name, 'expected.json'), 'utf8')) as RaftDirectory;
      assert.equal(await ourReading(join(made, name, 'raft')), comparable(expected), name);
    }
  });
});

/** As in test/fixtures/engine/README.md, but into a directory of the test. */
function makeGolden(engine: Engine): string {
  const directory = engine.path('golden');
  engine.tool(['make-golden', '--proto-dir', protoDirectory, '--out', directory]);
  return directory;
}

function vectorsIn(directory: string): Vectors {
  return JSON.parse(readFileSync(join(directory, 'vectors.json'), 'utf8')) as Vectors;
}

/** The names of snapshots end with the time at which they were taken. */
function withoutTimes(output: EncodeOutput): EncodeOutput {
  const timeless = (text: string): string => text.replace(/-\d{13}(?="|$)/, '');
  return {
    ...output,
    snapshots: output.snapshots.map(({ id, metaJson }) => ({ id: timeless(id), metaJson: timeless(metaJson) })),
  };
}
