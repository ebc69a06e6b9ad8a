import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createCredentialSource } from '../../../../src/adapters/storage/s3/credentials.js';
import { codeOf } from '../../../builders/outcome.js';

const test = suite('the role of a machine or container');
const never = new AbortController().signal;
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
  const roles = '/latest/meta-data/iam/security-credentials/';
  assert.equal(asked, ['PUT /latest/api/token', `GET ${roles}`, `GET ${roles}backup-role`]);
});

test('lends new keys before the old ones end', async () => {
  const credentials = onMachine();
  lifeMs = 60_000;
  const first = await credentials(never);
  assert.is.not((await credentials(never)).accessKeyId, first.accessKeyId);
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
