import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createCredentialSource } from '../../../../src/adapters/storage/s3/credentials.js';
import { createS3BackupStore } from '../../../../src/adapters/storage/s3/s3-backup-store.js';
import { streamOf } from '../../../builders/byte-streams.js';
import { codeOf } from '../../../builders/outcome.js';
import { skipCases } from '../../../skipping.js';
import { hurried, makeBucket, settingsFor } from './bucket.js';
import { findMoto } from './storage-programs.js';
import { storageServers } from './storage-servers.js';

const test = suite('the role of a machine or container');
const never = new AbortController().signal;
const roles = '/latest/meta-data/iam/security-credentials/';
const asked: string[] = [];
/** How long the keys hold that are lent next, in milliseconds. */
let lifeMs = 3_600_000;
let server: Server;
let url: string;

/** What the instance metadata service of a machine answers, and the agent of a container under /container. */
test.before(async () => {
  server = createServer(({ method, url: path, headers }, response) => {
    asked.push(`${method} ${path}`);
    const keys = {
      AccessKeyId: `lent-${asked.length}`,
      SecretAccessKey: 'secret',
      Token: 'token',
      Expiration: new Date(Date.now() + lifeMs).toISOString(),
    };
    if (method === 'PUT') response.end('session');
    else if (path === '/container')
      response.writeHead(headers.authorization === 'let me' ? 200 : 401).end(JSON.stringify(keys));
    else if (headers['x-aws-ec2-metadata-token'] !== 'session') response.writeHead(401).end();
    else response.end(path?.endsWith('/') ? 'backup-role\n' : JSON.stringify(keys));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
test.after(() => {
  server.closeAllConnections();
  server.close();
});
test.before.each(() => {
  asked.length = 0;
  lifeMs = 3_600_000;
});

const onMachine = () => createCredentialSource({ AWS_EC2_METADATA_SERVICE_ENDPOINT: url }, {});

test('lends keys to a machine, which are asked for once', async () => {
  const credentials = onMachine();
  const first = await credentials(never);
  assert.is(first.sessionToken, 'token');
  assert.is(first.accessKeyId, (await credentials(never)).accessKeyId);
  assert.equal(asked, ['PUT /latest/api/token', `GET ${roles}`, `GET ${roles}backup-role`]);
});

const moto = await findMoto();
if (moto.kind === 'missing') skipCases(`the role of a machine as moto lends it: ${moto.reason}`);
else {
  test('is asked in the same way for the keys that moto lends, with which a backup is written', async () => {
    const storage = await (storageServers[1] as (typeof storageServers)[number]).start(moto.path);
    const { proxy, environment } = storage;
    const { AWS_ENDPOINT_URL_S3, AWS_REGION } = environment;
    const bucket = await makeBucket(storage);
    const signers = new Set<string>();
    proxy.seen.length = 0;
    proxy.judge = ({ headers, url }) => {
      if (url.pathname.startsWith('/latest/')) return undefined;
      const [, key] = /Credential=([^/]+)/.exec(headers.authorization ?? '') ?? [];
      signers.add(`${key} ${headers['x-amz-security-token']}`);
      return undefined;
    };
    const onlyRole = {
      HOME: '/nonexistent',
      AWS_EC2_METADATA_SERVICE_ENDPOINT: proxy.url,
      AWS_ENDPOINT_URL_S3,
      AWS_REGION,
    };
    const settings = settingsFor(storage, { environment: onlyRole });
    const store = await createS3BackupStore(settings, hurried);
    await store.write({ kind: 'object', bucket: bucket.name, key: 'c.tar.gz' }, streamOf('whole'), never);
    assert.equal([...signers], ['test-key test-session-token']);
    assert.equal(
      proxy.seen.filter((line) => line.includes('/latest/')),
      ['PUT /latest/api/token', `GET ${roles}`, `GET ${roles}default-role`],
    );
    assert.equal(await bucket.keys(), ['c.tar.gz']);
  });
}

test('lends new keys before the old ones end', async () => {
  const credentials = onMachine();
  lifeMs = 60_000;
  const first = await credentials(never);
  assert.is.not((await credentials(never)).accessKeyId, first.accessKeyId);
});

test('is not needed for a moment while the old keys hold', async () => {
  const environment: Record<string, string> = { AWS_EC2_METADATA_SERVICE_ENDPOINT: url };
  const credentials = createCredentialSource(environment, {});
  lifeMs = 60_000;
  const first = await credentials(never);
  environment['AWS_EC2_METADATA_SERVICE_ENDPOINT'] = 'http://127.0.0.1:1';
  assert.is((await credentials(never)).accessKeyId, first.accessKeyId);
});

test('does not lend keys that have ended', async () => {
  const environment: Record<string, string> = { AWS_EC2_METADATA_SERVICE_ENDPOINT: url };
  const credentials = createCredentialSource(environment, {});
  lifeMs = -1_000;
  await credentials(never);
  environment['AWS_EC2_METADATA_SERVICE_ENDPOINT'] = 'http://127.0.0.1:1';
  assert.is(await codeOf(credentials(never)), 'credentials_missing');
});

test('lends keys to a container', async () => {
  const environment = {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/container`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: 'let me',
  };
  assert.match((await createCredentialSource(environment, {})(never)).accessKeyId, /^lent-/);
});

test('is not asked where keys were given', async () => {
  const environment = {
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    AWS_EC2_METADATA_SERVICE_ENDPOINT: url,
  };
  assert.is((await createCredentialSource(environment, {})(never)).accessKeyId, 'a');
  assert.equal(asked, []);
});

test('may be forbidden to be asked, and may not be there', async () => {
  const forbidden = { AWS_EC2_METADATA_SERVICE_ENDPOINT: url, AWS_EC2_METADATA_DISABLED: 'true' };
  assert.is(await codeOf(createCredentialSource(forbidden, {})(never)), 'credentials_missing');
  assert.equal(asked, []);
  const absent = { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1' };
  assert.is(await codeOf(createCredentialSource(absent, {})(never)), 'credentials_missing');
});

test.run();
