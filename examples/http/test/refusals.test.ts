import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bearerToken } from '../src/authentication.js';
import { errorIn, type RunningService, startService, token } from './running-service.js';

let service: RunningService;

before(async () => {
  service = await startService('/nonexistent/jaco.sock');
});

after(() => service.stop());

for (const [what, authorization] of [
  ['without a token', undefined],
  ['with another token', `Bearer ${'e'.repeat(64)}`],
  ['with a part of the token', `Bearer ${token.slice(1)}`],
  ['with more than the token', `Bearer ${token}f`],
  ['with the token in another scheme', `Basic ${token}`],
] as const) {
  test(`answers nothing ${what}`, async () => {
    const headers = authorization === undefined ? {} : { authorization };
    for (const path of ['/status', '/backup', '/nothing']) {
      const response = await fetch(service.url(path), { headers });
      assert.equal((await errorIn(response)).code, 'unauthorized');
      assert.equal(response.status, 401);
      assert.equal(response.headers.get('www-authenticate'), 'Bearer');
    }
  });
}

test('knows no other path', async () => {
  const response = await service.ask('/restore');
  assert.equal((await errorIn(response)).code, 'not_found');
  assert.equal(response.status, 404);
});

test('names the method that a path takes', async () => {
  for (const [path, method, allowed] of [
    ['/backup', 'POST', 'GET'],
    ['/inspect', 'GET', 'POST'],
    ['/status', 'DELETE', 'GET'],
  ] as const) {
    const response = await service.ask(path, { method });
    assert.equal((await errorIn(response)).code, 'method_not_allowed');
    assert.equal(response.status, 405);
    assert.equal(response.headers.get('allow'), allowed);
  }
});

test('hides an unexpected failure from the client, and reports all of it to the operator', async () => {
  const connection = { kind: 'socket', path: undefined } as unknown as { kind: 'socket'; path: string };
  const broken = await startService(connection);
  const response = await broken.ask('/status');
  const error = await errorIn(response);
  await broken.stop();
  assert.equal(response.status, 500);
  assert.equal(error.code, 'unexpected');
  assert.deepEqual(error.facts, {});
  assert.equal(broken.reported.length, 1);
});

test('does not start with a token that could be guessed', () => {
  assert.throws(() => bearerToken(''));
  assert.throws(() => bearerToken('secret'));
});
