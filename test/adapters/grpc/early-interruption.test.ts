import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createGrpcSnapshotSource } from '../../../src/adapters/grpc/grpc-snapshot-source.js';
import { createCertificateAuthority } from '../../../src/adapters/identity/certificate-authority.js';
import { collect } from '../../builders/byte-streams.js';
import { codeOf } from '../../builders/outcome.js';
import { scratchFor } from '../../cli/scratch-directory.js';
import { sampleToken } from './loopback-transport.js';

const test = suite('a call that is interrupted early');
const scratch = scratchFor(test);

test('dials no server when the signal fires while the CA certificate is still being read', async () => {
  let dialled = 0;
  const silent = createServer((socket) => {
    dialled += 1;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  writeFileSync(scratch.path('ca.crt'), (await createCertificateAuthority('the cluster', Date.now())).certificate);
  const abort = new AbortController();
  const source = createGrpcSnapshotSource(
    {
      kind: 'tls',
      address: `127.0.0.1:${(silent.address() as AddressInfo).port}`,
      caCertificatePath: scratch.path('ca.crt'),
      token: sampleToken,
    },
    1_000,
  );
  const ended = codeOf(collect(source.open(abort.signal)));
  await Promise.resolve();
  abort.abort();
  const code = await ended;
  silent.close();
  assert.is(code, 'interrupted');
  assert.is(dialled, 0);
});

test.run();
