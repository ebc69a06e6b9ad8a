import aws4 from 'aws4';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { requireObject } from '../../../../src/adapters/storage/s3/object-names.js';
import { findEndpoint } from '../../../../src/adapters/storage/s3/s3-endpoint.js';

const test = suite('s3/object-names');

const refusal = (key: string, use: 'read' | 'written') => {
  try {
    requireObject({ kind: 'object', bucket: 'backups', key }, use);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
};

for (const use of ['read', 'written'] as const) {
  test(`a key that no object can have, or that clients change, is not ${use}`, () => {
    assert.is(refusal('', use), 'cannot use s3://backups/: it names no object.');
    assert.is(refusal('a/', use), 'cannot use s3://backups/a/: it names no object.');
    assert.is(refusal('a/./c', use), 'cannot use s3://backups/a/./c: a part of its key is "." or "..".');
    assert.is(refusal('../c', use), 'cannot use s3://backups/../c: a part of its key is "." or "..".');
    assert.match(refusal(`a/${'é'.repeat(512)}`, use) ?? '', /its key is longer than 1024 bytes\.$/);
    assert.is(refusal('é'.repeat(512), use), undefined);
    assert.is(refusal('a/..c', use), undefined);
  });
}

test('a key with an empty part, which versitygw stores without it, is read but not written', () => {
  for (const key of ['a//c', '/c']) {
    assert.is(refusal(key, 'read'), undefined);
    assert.is(
      refusal(key, 'written'),
      `cannot use s3://backups/${key}: a part of its key is empty, and some servers store it under another key.`,
    );
  }
});

test('a key is sent in the one form that signers do not change', async () => {
  const endpoint = await findEndpoint({
    endpoint: 'https://s3.test',
    region: 'r',
    addressing: undefined,
    caCertificatePath: undefined,
    environment: {},
  });
  const url = endpoint.urlOf('backups', "a+b/c'd(e)!*~/f=g:h@i,j;k&l$m n%2Bo/é", { prefix: 'a+b c' });
  const request = { host: 's3.test', path: url.slice('https://s3.test'.length), service: 's3', region: 'r' };
  const signer = new aws4.RequestSigner(request, { accessKeyId: 'AK', secretAccessKey: 'SK' });
  const [, path, query] = signer.canonicalString().split('\n');
  assert.is(url, `https://s3.test${path}?${query}`);
});

test.run();
