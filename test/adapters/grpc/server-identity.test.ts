import { promises as dns } from 'node:dns';
import { writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DaemonConnection } from '../../../src/adapters/grpc/connection.js';
import {
  type CertifiedKey,
  createCertificateAuthority,
  signNodeCertificate,
} from '../../../src/adapters/identity/certificate-authority.js';
import { isJacoError } from '../../../src/domain/errors.js';
import { sharedScratchFor } from '../../cli/scratch-directory.js';
import { everyCall, hasIpv6, loopbackInterface, startAnsweringDaemon } from './any-server.js';
import { sampleToken } from './loopback-transport.js';
import type { MisbehavingDaemon } from './misbehaving-daemon.js';

const test = suite('the identity of a server');
const scratch = sharedScratchFor(test);
const year = 365 * 86_400_000;
const authority = await createCertificateAuthority('the cluster', Date.now());
const caCertificatePath = scratch.path('ca.crt');
writeFileSync(caCertificatePath, authority.certificate);
const ipv6 = await hasIpv6();
const warnings: Error[] = [];
process.on('warning', (warning) => warnings.push(warning));
const daemons: MisbehavingDaemon[] = [];

test.after.each(async () => {
  await Promise.all(daemons.splice(0).map((daemon) => daemon.close()));
});

async function serve(host: string, identity: CertifiedKey, port = 0): Promise<MisbehavingDaemon> {
  const daemon = await startAnsweringDaemon(host, identity, port);
  daemons.push(daemon);
  return daemon;
}

const signed = (hosts: readonly string[], by = authority, whenMs = Date.now()) =>
  signNodeCertificate(by, 'a-node', hosts, whenMs);

const to = (host: string, { port }: MisbehavingDaemon): DaemonConnection => ({
  kind: 'tls',
  address: `${host}:${port}`,
  caCertificatePath,
  token: sampleToken,
});

async function failureOf(pending: Promise<unknown>): Promise<string> {
  const thrown = await pending.then(
    () => new Error('it succeeded'),
    (error: unknown) => error,
  );
  if (isJacoError(thrown, 'tls_untrusted')) return thrown.message;
  throw thrown;
}

/** A host as it is dialled, where its daemon listens, the names in its certificate, and those in a neighbour's. */
const dialled = [
  { host: '127.0.0.1', at: '127.0.0.1', own: '127.0.0.1', other: '127.0.0.2' },
  { host: 'localhost', at: '127.0.0.1', own: 'localhost', other: 'localhost.localdomain' },
  ...(ipv6
    ? [
        { host: '[::1]', at: '::1', own: '::1', other: '::2' },
        { host: '[0:0:0:0:0:0:0:1]', at: '::1', own: '::1', other: '::2' },
        { host: `[::1%${loopbackInterface()}]`, at: '::1', own: '::1', other: '::2' },
        { host: '[::ffff:127.0.0.1]', at: '::', own: '::ffff:7f00:1', other: '127.0.0.1' },
      ]
    : []),
];

for (const { host, at, own, other } of dialled) {
  for (const [name, call] of Object.entries(everyCall)) {
    test(`${name} reaches ${host}, whose certificate is only for ${own}`, async () => {
      const daemon = await serve(at, await signed([own]));
      await call(to(host, daemon));
      assert.equal(
        daemon.received.map(({ authorization }) => authorization),
        [`Bearer ${sampleToken}`],
      );
    });
  }

  for (const [what, identity, reason] of [
    ['for nothing', () => signed([]), 'its certificate is for another host'],
    [`for ${other}`, () => signed([other, 'node-2', '10.0.0.5', '2001:db8::5']), 'its certificate is for another host'],
    ['for the stand-in of addresses', () => signed(['ip-address.invalid']), 'its certificate is for another host'],
    [
      'of another CA',
      async () => signed([own], await createCertificateAuthority('the cluster', Date.now())),
      'its certificate is not signed by the cluster CA',
    ],
    ['that has expired', () => signed([own], authority, Date.now() - 11 * year), 'its certificate has expired'],
  ] as const) {
    test(`no call sends anything to ${host} with a certificate ${what}`, async () => {
      const daemon = await serve(at, await identity());
      for (const call of Object.values(everyCall)) {
        assert.is(
          await failureOf(call(to(host, daemon))),
          `the server at ${host}:${daemon.port} cannot be trusted: ${reason}. Nothing was sent to it.`,
        );
      }
      assert.equal(daemon.received, []);
    });
  }
}

/** Has the name "node-1" looked up as `addresses` while `action` runs. */
async function resolving(addresses: readonly string[], action: () => Promise<void>): Promise<void> {
  const original = dns.lookup;
  const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  Object.assign(dns, { lookup: async () => found });
  try {
    await action();
  } finally {
    dns.lookup = original;
  }
}

test('each address of a name is held to the name: the one that is not it gets nothing', async () => {
  const good = await serve('127.0.0.2', await signed(['node-1']));
  const bad = await serve('127.0.0.1', await signed(['node-2', '127.0.0.1']), good.port);
  await resolving(['127.0.0.1', '127.0.0.2'], async () => {
    for (const call of Object.values(everyCall)) await call(to('node-1', good));
  });
  assert.is(good.received.length, Object.keys(everyCall).length);
  assert.equal(bad.received, []);
});

test('a server that was trusted once is checked again at each call', async () => {
  const good = await serve('127.0.0.1', await signed(['127.0.0.1']));
  const { port } = good;
  for (const call of Object.values(everyCall)) await call(to('127.0.0.1', good));
  await good.close();
  const bad = await serve('127.0.0.1', await signed(['127.0.0.2']), port);
  for (const call of Object.values(everyCall)) await failureOf(call(to('127.0.0.1', bad)));
  assert.equal(bad.received, []);
});

test('an environment that disables verification for Node does not disable ours', async () => {
  const daemon = await serve('127.0.0.1', await signed(['127.0.0.2']));
  const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  try {
    for (const call of Object.values(everyCall)) await failureOf(call(to('127.0.0.1', daemon)));
  } finally {
    if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
  }
  assert.equal(daemon.received, []);
});

test('nothing of it is deprecated', () => {
  const deprecations = warnings.filter(({ name }) => name === 'DeprecationWarning');
  assert.equal(deprecations.map(String), []);
});

test.run();
