import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { archiveOf } from './archives.js';
import { startDaemon } from './daemon.js';
import { scratchDirectory } from './scratch.js';

/**
 * The functions that a dependency-injection library adds to `Reflect`, by the proposal for decorator metadata; it
 * replaces nothing.
 */
const metadataFunctions = /^Reflect\.(\w+Metadata(Keys)?|metadata|decorate|Symbol\(@reflect-metadata:registry\))(\.|$)/;

/** State that belongs to the whole process. */
function processState() {
  const listeners = process.eventNames().map((name) => [String(name), process.listenerCount(name)]);
  return {
    umask: process.umask(),
    directory: process.cwd(),
    environment: { ...process.env },
    listeners: Object.fromEntries(listeners) as Record<string, number>,
    exitCode: process.exitCode,
  };
}

/**
 * Every property of the global object, of its members and of their prototypes, by name. Properties with getters are
 * left out.
 */
function globals(): Map<string, unknown> {
  const found = new Map<string, unknown>();
  const collect = (owner: object, path: string, depth: number): void => {
    for (const key of Reflect.ownKeys(owner)) {
      const name = path === '' ? String(key) : `${path}.${String(key)}`;
      const { value } = Object.getOwnPropertyDescriptor(owner, key) ?? {};
      if (value === undefined || found.has(name)) continue;
      found.set(name, value);
      const isOwner = typeof value === 'function' || (typeof value === 'object' && value !== null);
      if (isOwner && value !== globalThis && depth < 2) collect(value, name, depth + 1);
    }
  };
  collect(globalThis, '', 0);
  return found;
}

/** Makes Node create the globals of its own client. */
async function fetchOnce(): Promise<void> {
  const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)).text();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

test('leaves the process as it was: umask, environment, listeners and globals', async () => {
  const daemon = await startDaemon(scratchDirectory(), 100_000);
  await fetchOnce();
  const [stateBefore, globalsBefore] = [processState(), globals()];
  const { startService } = await import('./running-service.js');
  const service = await startService(daemon.socket);
  await (await service.ask('/status')).text();
  await (await service.ask('/backup')).arrayBuffer();
  await (await service.ask('/inspect', { method: 'POST', body: archiveOf(1000) })).text();
  await (await service.ask('/inspect', { method: 'POST', body: 'not an archive' })).text();
  await service.stop();
  const [stateAfter, globalsAfter] = [processState(), globals()];
  await daemon.stop();
  assert.deepEqual(stateAfter, stateBefore);
  const changed = [...new Set([...globalsBefore.keys(), ...globalsAfter.keys()])]
    .filter((name) => !Object.is(globalsBefore.get(name), globalsAfter.get(name)))
    .filter((name) => !name.startsWith('process.') || typeof globalsBefore.get(name) === 'function');
  assert.deepEqual(
    changed.filter((name) => !metadataFunctions.test(name)),
    [],
  );
});
