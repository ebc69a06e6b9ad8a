import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runJaco } from './jaco-process.js';

const test = suite('a command that comes to no end');

test('fails when nothing is left to wait for', async () => {
  const neverWritten = '--import data:text/javascript,process.stdout.write=()=>true';
  const { code, stderr } = await runJaco(['help'], { environment: { NODE_OPTIONS: neverWritten } });
  assert.is(code, 1);
  assert.match(stderr, /^Error: unexpected failure: the command came to no end\./);
});

test.run();
