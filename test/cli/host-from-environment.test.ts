import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hostFromEnvironment } from '../../src/cli/options.js';

const test = suite('where the host is asked about its daemon');
const before = process.env['JACO_CONFIG'];

test.after(() => {
  if (before === undefined) delete process.env['JACO_CONFIG'];
  else process.env['JACO_CONFIG'] = before;
});

test('is the file that JACO_CONFIG names, as jacod reads it', () => {
  process.env['JACO_CONFIG'] = '/srv/jacod.yaml';
  assert.is(hostFromEnvironment().daemonConfiguration, '/srv/jacod.yaml');
});

test('is left open where JACO_CONFIG is empty', () => {
  process.env['JACO_CONFIG'] = '';
  assert.is(hostFromEnvironment().daemonConfiguration, undefined);
});

test.run();
