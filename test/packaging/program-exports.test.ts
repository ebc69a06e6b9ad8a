import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('exports between the files of the program');

const dist = new URL('../../../dist/', import.meta.url);
const require = createRequire(dist);

test('are plain properties once a file has run, since hot loops use them', () => {
  const shared = readdirSync(dist).filter((name) => /^chunk-.*\.js$/.test(name));
  assert.ok(shared.length > 10);
  for (const name of shared) {
    const exported: unknown = require(`./${name}`);
    const getters = Object.entries(Object.getOwnPropertyDescriptors(exported)).filter(
      ([, { get }]) => get !== undefined,
    );
    assert.equal(
      getters.map(([key]) => key),
      [],
      name,
    );
  }
});

test.run();
