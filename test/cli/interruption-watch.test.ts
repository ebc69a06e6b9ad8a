import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { watchForInterruption } from '../../src/cli/interruption.js';
import { until } from './waiting.js';

const test = suite('watchForInterruption');
const signals = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP'] as const;

test.after.each(() => {
  for (const signal of signals) process.removeAllListeners(signal);
});

test('hears a signal that comes twice in a row as one, and lets a later one end the program', async () => {
  const { signal, cause } = watchForInterruption();
  process.emit('SIGTERM');
  assert.ok(signal.aborted);
  assert.is(process.listenerCount('SIGTERM'), 1);
  process.emit('SIGTERM');
  assert.is(cause(), 'SIGTERM');
  // Without a listener the system's own rule holds.
  await until(() => process.listenerCount('SIGTERM') === 0);
  assert.is(process.listenerCount('SIGINT'), 1);
});

test('exits with the code of the signal that came first', () => {
  const { exitCode } = watchForInterruption();
  assert.is(exitCode(), undefined);
  process.emit('SIGINT');
  process.emit('SIGTERM');
  assert.is(exitCode(), 130);
});

test.run();
