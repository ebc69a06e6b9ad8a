import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createS3BackupStore } from '../../../../src/adapters/storage/s3/s3-backup-store.js';
import { createS3Requests } from '../../../../src/adapters/storage/s3/s3-requests.js';
import type { S3Settings } from '../../../../src/adapters/storage/s3/s3-settings.js';
import type { JacoError } from '../../../../src/domain/errors.js';
import { refusalOf } from '../../../builders/outcome.js';
import { scratchFor } from '../../../cli/scratch-directory.js';
import { hurried } from './bucket.js';

const test = suite('settings of object storage that lead nowhere');
const scratch = scratchFor(test);
const never = new AbortController().signal;
const keys = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };
/** Stands for a secret that nothing may show. */
const mark = 'harmless-mark';
const servers: Server[] = [];

test.after.each(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A web server that answers everything with one page; its host and port. */
async function startPage(): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Welcome</body></html>');
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function refusal(
  { environment = {}, ...change }: Partial<S3Settings>,
  { bucket = 'backups', key = 'c' } = {},
): Promise<JacoError> {
  const settings: S3Settings = {
    endpoint: 'http://127.0.0.1:9',
    region: undefined,
    addressing: undefined,
    caCertificatePath: undefined,
    ...change,
    environment: { HOME: scratch.path('home'), ...keys, ...environment },
  };
  const asked = async () =>
    (await createS3BackupStore(settings, { ...hurried, attempts: 1 })).list({ kind: 'object', bucket, key }, never);
  return refusalOf(asked());
}

for (const [name, end] of [
  ['AWS_SESSION_TOKEN', '\nx'],
  ['AWS_SESSION_TOKEN', '\r'],
  ['AWS_SESSION_TOKEN', '\u0001'],
  ['AWS_SESSION_TOKEN', '€'],
  ['AWS_ACCESS_KEY_ID', '\nx'],
  ['AWS_ACCESS_KEY_ID', '€'],
  ['AWS_SECRET_ACCESS_KEY', '\r'],
] as const) {
  test(`${name} with ${JSON.stringify(end)} is refused by its name, and not shown`, async () => {
    const { code, message } = await refusal({ environment: { [name]: `${mark}${end}` } });
    assert.is(code, 'credentials_missing');
    assert.is(message, `${name} holds a line break or another character that no key or token has.`);
  });
}

test('a key of the shared file is refused by its name and the file, and not shown', async () => {
  const file = scratch.path('credentials');
  writeFileSync(
    file,
    `[default]\naws_access_key_id = id\naws_secret_access_key = secret\naws_session_token = ${mark}\u0001\n`,
  );
  const environment = { AWS_ACCESS_KEY_ID: '', AWS_SHARED_CREDENTIALS_FILE: file };
  const { code, message } = await refusal({ environment });
  assert.is(code, 'credentials_missing');
  assert.match(message, `aws_session_token in ${file} `);
  assert.not.match(message, mark);
});

test('what signing throws is not shown, as it quotes headers', async () => {
  const credentials = async () => ({
    accessKeyId: `${mark}\n`,
    secretAccessKey: 'secret',
    sessionToken: `${mark}\n`,
    expiresAtMs: undefined,
  });
  const endpoint = {
    host: 'h',
    region: 'r',
    isTamperProof: true,
    urlOf: () => 'http://127.0.0.1:9/',
    credentials,
    transport: async () => Promise.reject(new Error('nothing may be sent')),
  };
  const requests = createS3Requests(endpoint, { ...hurried, attempts: 1 });
  const { message, cause } = await refusalOf(requests.ask({ method: 'GET', bucket: 'b', key: 'k' }, never));
  assert.is(message, 'the keys of the object storage cannot sign a request.');
  assert.is(cause, undefined);
});

test('signing a request does not load fetch, which would take longer than all else', () => {
  const module = new URL('../../../../src/adapters/storage/s3/s3-requests.js', import.meta.url).href;
  const program = `
    const { createS3Requests } = await import(${JSON.stringify(module)});
    const endpoint = {
      region: 'r',
      urlOf: () => 'http://127.0.0.1:9/',
      credentials: async () => ({ accessKeyId: 'AK', secretAccessKey: 'SK' }),
      transport: async () => { throw new Error('signed'); },
    };
    const { ask } = createS3Requests(endpoint, { attempts: 1 });
    // To import node:http loads it from Node 22 on, but not to require it, as the program does.
    const before = process.moduleLoadList.length;
    const { message } = await ask({ method: 'GET', bucket: 'b', key: 'k' }, new AbortController().signal).catch((error) => error);
    console.log(message, process.moduleLoadList.slice(before).filter((name) => name.includes('undici/undici')));
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  assert.is(stdout, 'signed []\n', stderr);
});

test('a region that is none is named, with where it comes from', async () => {
  for (const endpoint of [undefined, 'http://127.0.0.1:9']) {
    const { message } = await refusal({ endpoint, region: 'eu west' });
    assert.match(message, /^"eu west" is not a region: /);
  }
  const { message } = await refusal({ environment: { AWS_REGION: 'eu\nwest' } });
  assert.match(message, /, from AWS_REGION, is not a region: /);
});

test('an address that is no URL is said to be one where it stands', async () => {
  const environment = { AWS_ENDPOINT_URL: 'ftp://127.0.0.1' };
  const { message } = await refusal({ endpoint: undefined, environment });
  assert.match(message, /^the address of the object storage, from AWS_ENDPOINT_URL, is not a URL like/);
});

test('an address whose path cannot be signed is refused as an address, not as keys', async () => {
  for (const path of ['%FF', '%zz']) {
    const { message } = await refusal({ endpoint: `http://127.0.0.1:9/${path}` });
    assert.match(message, /^the address of the object storage is not a URL like/);
  }
});

test('an address of numbers is refused where the bucket is to stand in its name', async () => {
  for (const host of ['127.0.0.1:9', '[::1]:9']) {
    const { message } = await refusal({ endpoint: `http://${host}`, addressing: 'virtual' });
    assert.is(message, `the bucket cannot stand in the name of the host, as ${host} is an address and not a name.`);
  }
});

test('a bucket that is missing or cannot be is named without a key', async () => {
  assert.is((await refusal({}, { bucket: '' })).message, 's3:// names no bucket.');
  assert.is((await refusal({}, { bucket: 'x' })).message, 'cannot use s3://x: no bucket can have that name.');
});

test('a port without TLS is said to be one, and named with http', async () => {
  const host = await startPage();
  const { message, remedies } = await refusal({ endpoint: `https://${host}` });
  assert.is(message, `cannot list s3://backups/: the port of ${host} does not speak TLS.`);
  assert.match(JSON.stringify(remedies), `http://${host}`);
});

test('a server of web pages is said to be no S3 server, whatever is asked', async () => {
  const host = await startPage();
  const { message } = await refusal({ endpoint: `http://${host}` });
  assert.match(message, `${host} answered, but not as an S3 server does (not a listing).`);
  const store = await createS3BackupStore(
    {
      endpoint: `http://${host}`,
      region: undefined,
      addressing: undefined,
      caCertificatePath: undefined,
      environment: keys,
    },
    hurried,
  );
  const opening = await refusalOf(store.open({ kind: 'object', bucket: 'backups', key: 'c' }, never));
  assert.match(opening.message, `${host} answered, but not as an S3 server does (a web page).`);
});

test.run();
