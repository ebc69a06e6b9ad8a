import dns from 'node:dns';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createS3BackupStore } from '../../../../src/adapters/storage/s3/s3-backup-store.js';
import { findEndpoint } from '../../../../src/adapters/storage/s3/s3-endpoint.js';
import { createS3Requests } from '../../../../src/adapters/storage/s3/s3-requests.js';
import type { S3Settings } from '../../../../src/adapters/storage/s3/s3-settings.js';
import type { JacoError } from '../../../../src/domain/errors.js';
import type { ObjectLocation } from '../../../../src/domain/values/archive-location.js';
import type { BackupStore } from '../../../../src/ports/backup-store.js';
import { collect, streamOf } from '../../../builders/byte-streams.js';
import { thrownBy } from '../../../builders/outcome.js';
import { skipFile } from '../../../skipping.js';
import { hurried } from './bucket.js';
import { secureHost, startSecureStorage } from './secure-storage-server.js';
import { findVersitygw } from './storage-programs.js';

const never = new AbortController().signal;

const program = await findVersitygw();
if (program.kind === 'missing') skipFile(`object storage over TLS: ${program.reason}`);
else await defineTests(program.path);

async function defineTests(path: string): Promise<void> {
  const test = suite('object storage over TLS with a private CA');
  const server = await startSecureStorage(path);
  const { lookup } = dns;
  /** The names of hosts that were looked up. */
  const asked: string[] = [];
  const at = (bucket: string, key = 'c.tar.gz'): ObjectLocation => ({ kind: 'object', bucket, key });

  /** Nothing but this process knows the name of the server, and those of buckets below it. */
  test.before(() => {
    dns.lookup = ((
      host: string,
      options: dns.LookupOptions,
      done: (error: null, found: unknown, family?: 4) => void,
    ) => {
      asked.push(host);
      if (options.all === true) done(null, [{ address: '127.0.0.1', family: 4 }]);
      else done(null, '127.0.0.1', 4);
    }) as unknown as typeof dns.lookup;
  });
  test.after(() => {
    dns.lookup = lookup;
  });

  const settings = (change: Partial<S3Settings> = {}): S3Settings => ({
    endpoint: `https://${secureHost}:${server.port}`,
    region: undefined,
    addressing: undefined,
    caCertificatePath: server.authorityPath,
    environment: { HOME: '/nonexistent', ...server.environment },
    ...change,
  });
  const storeFor = async (change: Partial<S3Settings>) =>
    (await createS3BackupStore(settings(change), hurried)) as BackupStore;

  test.before.each(async () => {
    const requests = createS3Requests(await findEndpoint(settings()), hurried);
    for (const bucket of ['backups', 'dotted.backups']) {
      await requests.ask({ method: 'PUT', bucket, key: '' }, never).catch(() => undefined);
      await requests.ask({ method: 'DELETE', bucket, key: 'c.tar.gz' }, never);
    }
    asked.length = 0;
  });

  async function failure(change: Partial<S3Settings>): Promise<JacoError> {
    const error = (await thrownBy(
      (await storeFor(change)).write(at('backups'), streamOf('whole'), never),
    )) as JacoError;
    assert.is(await (await storeFor({})).stat(at('backups'), never), undefined);
    return error;
  }

  test('is refused without that CA, and nothing is sent', async () => {
    for (const caCertificatePath of [undefined, server.otherAuthorityPath]) {
      const { code, message, remedies } = await failure({ caCertificatePath });
      assert.is(code, 'tls_untrusted');
      assert.match(message, new RegExp(`the certificate of ${secureHost}:[0-9]+ does not verify \\(.+\\)\\.$`));
      assert.equal(remedies, [{ kind: 'give-parameter', parameter: 's3CaCertificate' }]);
    }
  });

  test('is refused under a name that the certificate does not have', async () => {
    const { code, message } = await failure({ endpoint: `https://elsewhere.test:${server.port}` });
    assert.is(code, 'tls_untrusted');
    assert.match(message, /elsewhere\.test/);
  });

  test('refuses a file of CAs that is missing or holds no certificate, by its name', async () => {
    for (const caCertificatePath of ['/nonexistent/ca.crt', '/dev/null']) {
      const { code, message } = await failure({ caCertificatePath });
      assert.is(code, 'ca_unreadable');
      assert.ok(message.includes(caCertificatePath));
    }
  });

  for (const [how, change] of [
    ['the operator names it', {}],
    [
      'AWS_CA_BUNDLE names it',
      {
        caCertificatePath: undefined,
        environment: { HOME: '/nonexistent', ...server.environment, AWS_CA_BUNDLE: server.authorityPath },
      },
    ],
  ] as const) {
    test(`is written to and read from where ${how}`, async () => {
      const store = await storeFor(change);
      await store.write(at('backups'), streamOf('whole'), never);
      const opened = await store.open(at('backups'), never);
      assert.is(String(await collect(opened.read())), 'whole');
    });
  }

  for (const [what, bucket, addressing, host] of [
    ['in the path unless told otherwise', 'backups', undefined, secureHost],
    ['in the path', 'backups', 'path', secureHost],
    ['in the name of the host', 'backups', 'virtual', `backups.${secureHost}`],
    ['in the path where its dots fit no certificate', 'dotted.backups', 'virtual', secureHost],
  ] as const) {
    test(`names the bucket ${what}`, async () => {
      const store = await storeFor({ addressing });
      await store.write(at(bucket), streamOf('whole'), never);
      assert.equal([...new Set(asked)], [host]);
      const [found] = await store.list(at(bucket, ''), never);
      assert.is(found?.name, 'c.tar.gz');
    });
  }

  test.run();
}
