import { writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createCertificateAuthority, signNodeCertificate } from '../../src/adapters/identity/certificate-authority.js';
import { hasIpv6, startAnsweringDaemon } from '../adapters/grpc/any-server.js';
import { sampleToken } from '../adapters/grpc/loopback-transport.js';
import { jacoFails, runJaco } from './jaco-process.js';
import { operatorToken, type RunningSandbox, startSandbox } from './running-sandbox.js';
import { sharedScratchFor } from './scratch-directory.js';

const test = suite('jaco over TLS to names and addresses');
const scratch = sharedScratchFor(test);
const ipv6 = await hasIpv6();
let sandbox: RunningSandbox;

test.before(async () => {
  sandbox = await startSandbox(scratch.path('node'), [
    '--name',
    'node-1',
    '--listen',
    `${ipv6 ? '[::]' : '0.0.0.0'}:0`,
  ]);
});
test.after(async () => {
  await sandbox.stop();
});

const commands = {
  backup: ['backup', '--output', '-'],
  'cluster status': ['cluster', 'status'],
  audit: ['audit'],
};

const hosts = ['127.0.0.1', 'localhost', ...(ipv6 ? ['[::1]'] : [])];

for (const host of hosts) {
  for (const [name, command] of Object.entries(commands)) {
    test(`${name} of a sandbox at ${host}, and Node finds nothing deprecated in it`, async () => {
      const { code, stdout, stderr } = await runJaco(
        [...command, '--server', `${host}:${portOf(sandbox.server)}`, '--ca-cert', sandbox.caCertificate],
        { environment: { JACO_TOKEN: operatorToken(scratch.path('node')), JACO_DEBUG: '1' } },
      );
      assert.is(code, 0, stderr);
      assert.not.match(stderr, /warning/i);
      assert.ok(stdout.length > 0);
    });
  }
}

for (const host of hosts) {
  test(`no command sends anything to a server at ${host} whose certificate is for other hosts`, async () => {
    const authority = await createCertificateAuthority('the cluster', Date.now());
    const identity = await signNodeCertificate(authority, 'node-2', ['node-2', 'ip-address.invalid'], Date.now());
    const daemon = await startAnsweringDaemon(ipv6 ? '::' : '0.0.0.0', identity);
    const caCertificate = scratch.path('other-ca.crt');
    writeFileSync(caCertificate, authority.certificate);
    try {
      const flags = ['--server', `${host}:${daemon.port}`, '--ca-cert', caCertificate];
      const refusals = Object.values(commands).map((command) =>
        jacoFails([...command, ...flags], { environment: { JACO_TOKEN: sampleToken } }),
      );
      for (const refusal of await Promise.all(refusals)) {
        assert.is(
          refusal,
          `Error: the server at ${host}:${daemon.port} cannot be trusted: its certificate is for another host. Nothing was sent to it. Check --server (the leader's gRPC address: port 7000, not that of raft, 7001) and --ca-cert (the CA certificate of this cluster).`,
        );
      }
      assert.equal(daemon.received, []);
    } finally {
      await daemon.close();
    }
  });
}

function portOf(server: string): string {
  return server.slice(server.lastIndexOf(':') + 1);
}

test.run();
