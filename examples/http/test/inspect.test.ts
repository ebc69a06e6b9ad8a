import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { archiveOf, clusterId } from './archives.js';
import {
  assertNoForeignWords,
  authorized,
  errorIn,
  errorOf,
  type RunningService,
  startService,
  token,
} from './running-service.js';

const archive = archiveOf(1024 * 1024);
let service: RunningService;

before(async () => {
  service = await startService('/nonexistent/jaco.sock');
});

after(() => service.stop());

const inspect = (body: Uint8Array, by = service) => by.ask('/inspect', { method: 'POST', body });

/** A body of unknown length. */
function streamed(pieces: Iterable<Uint8Array>): RequestInit {
  return { method: 'POST', body: ReadableStream.from(pieces), duplex: 'half' } as RequestInit;
}

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += 65_536) yield bytes.subarray(start, start + 65_536);
}

test('tells what is in an archive', async () => {
  const response = await inspect(archive);
  const told = (await response.json()) as Record<string, unknown>;
  assert.equal(response.status, 200);
  assert.equal(told['cluster_id'], clusterId);
  assert.equal(told['size_bytes'], archive.length);
  assert.equal('archive' in told, false);
  assert.equal((told['restore'] as { accepted: boolean }).accepted, true);
});

test('judges it against the daemon that the query names', async () => {
  const response = await service.ask('/inspect?daemon-version=v9.1.0', { method: 'POST', body: archive });
  const { restore } = (await response.json()) as { restore: Record<string, unknown> };
  assert.equal(response.status, 200);
  assert.equal(restore['accepted'], false);
  assert.equal(restore['daemon_version'], 'v9.1.0');
  assert.equal(restore['daemon_version_source'], 'given');
  assert.equal((restore['refusal'] as { code: string }).code, 'version_incompatible');
});

test('refuses a version in the query that is none', async () => {
  const response = await service.ask('/inspect?daemon-version=newest', { method: 'POST', body: archive });
  assert.equal((await errorIn(response)).code, 'version_incompatible');
  assert.equal(response.status, 400);
});

test('tells numbers with all their digits', async () => {
  const response = await inspect(archiveOf(10, { snapshot_index: 18_446_744_073_709_551_615n }));
  assert.match(await response.text(), /"snapshot_index": 18446744073709551615,/);
});

test('tells as data why a restore would refuse one', async () => {
  for (const [changes, code] of [
    [{ jaco_version: 'v9.0.0' }, 'version_incompatible'],
    [{ jaco_version: 'newest' }, 'version_incompatible'],
    [{ schema_version: 2 }, 'schema_unsupported'],
    [{ schema_version: 99 }, 'schema_unsupported'],
  ] as const) {
    const response = await inspect(archiveOf(10, changes));
    const text = await response.text();
    const { restore } = JSON.parse(text) as { restore: { refusal: { code: string; remedies: unknown[] } } };
    assert.equal(response.status, 200);
    assert.equal(restore.refusal.code, code);
    assert.ok(restore.refusal.remedies.length > 0);
    assertNoForeignWords(text);
  }
});

test('reads a body of unknown length as it comes', async () => {
  const response = await service.ask('/inspect', streamed(piecesOf(archive)));
  assert.equal(((await response.json()) as { cluster_id: string }).cluster_id, clusterId);
});

for (const [what, body] of [
  ['nothing', new Uint8Array()],
  ['something else', Buffer.from('<!doctype html><html><body>Not found</body></html>')],
  ['a part of an archive', archive.subarray(0, archive.length / 2)],
] as const) {
  test(`refuses ${what}`, async () => {
    const response = await inspect(body);
    const { code } = await errorIn(response);
    assert.equal(response.status, 422);
    assert.equal(code, 'archive_rejected');
  });
}

test('refuses a body that is said to be too large, before any of it is sent', async () => {
  const { status, text } = await new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const headers = { ...authorized, 'content-length': String(2 ** 40), expect: '100-continue' };
    const asked = request(service.url('/inspect'), { method: 'POST', headers }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode, text });
      asked.destroy();
    });
    asked.on('error', reject).flushHeaders();
  });
  assert.equal(status, 413);
  assert.equal(errorOf(text).code, 'archive_too_large');
});

test('refuses a body that turns out to be too large', async () => {
  const small = await startService('/nonexistent/jaco.sock', { largestArchiveBytes: 100_000 });
  const response = await small.ask('/inspect', streamed(piecesOf(archive.subarray(0, 200_000))));
  const { code, facts } = await errorIn(response);
  await small.stop();
  assert.equal(response.status, 413);
  assert.equal(code, 'archive_too_large');
  assert.equal(facts['limitBytes'], '100000');
});

test('refuses a small body that becomes too large', async () => {
  const small = await startService('/nonexistent/jaco.sock', { largestSnapshotBytes: 100_000 });
  const response = await inspect(archive, small);
  assert.equal((await errorIn(response)).code, 'archive_too_large');
  await small.stop();
  assert.equal(response.status, 413);
});

test('goes on serving when a client goes away in the middle of its body', async () => {
  await new Promise<void>((resolve) => {
    const headers = { authorization: `Bearer ${token}`, 'content-length': String(archive.length) };
    const asked = request(service.url('/inspect'), { method: 'POST', headers });
    asked.on('error', () => resolve());
    asked.write(archive.subarray(0, 1000), () => asked.destroy(new Error('the client goes')));
  });
  assert.equal((await inspect(archive)).status, 200);
  assert.deepEqual(service.reported, []);
});
