// Backup from a local daemon that has its archive ready, verified while it streams, against verifying and copying by hand.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serveArchive } from './archive-daemon.mjs';
import { archiveOf, clear, numberFrom, printRace, program, race, sizeOf, workDirectory } from './runs.mjs';

// Compiled with the tests; not there before they are, which is why it is not imported by a plain name.
const { createCertificateAuthority, signNodeCertificate } = await import(
  new URL('../build/src/adapters/identity/certificate-authority.js', import.meta.url).href
);

const sizeMebibytes = numberFrom('mib', 1024);
const archive = archiveOf(sizeMebibytes);
const output = join(workDirectory, 'output.tar.gz');
const socket = join(workDirectory, 'server.sock');
const authority = await createCertificateAuthority('bench', Date.now());
const node = await signNodeCertificate(authority, 'localhost', ['localhost', '127.0.0.1'], Date.now());
const [caFile, certificateFile, keyFile] = /** @type {[string, string, string]} */ (
  ['ca.crt', 'node.crt', 'node.key'].map((name) => join(workDirectory, name))
);
writeFileSync(caFile, authority.certificate);
writeFileSync(certificateFile, node.certificate);
writeFileSync(keyFile, node.key, { mode: 0o600 });

const local = await serveArchive(archive, `unix:${socket}`);
const remote = await serveArchive(archive, '127.0.0.1:0', [certificateFile, keyFile]);
const backup = [process.execPath, program, 'backup', '--output', output];
const tls = ['--server', `127.0.0.1:${remote.port}`, '--ca-cert', caFile, '--token', 'a'.repeat(64)];
const prepare = () => clear(output);
console.log(`backup of ${sizeMebibytes} MiB, ${(sizeOf(archive) / 1048576).toFixed(0)} MiB compressed`);
try {
  printRace(
    await race(
      [
        { name: 'jaco backup, unix socket', prepare, command: [...backup, '--socket', socket] },
        {
          name: 'gzip -t archive, then cp archive out && sync',
          prepare,
          command: ['sh', '-c', `gzip -t ${archive} && cp ${archive} ${output} && sync`],
        },
        { name: 'jaco backup, TLS on loopback', prepare, command: [...backup, ...tls] },
      ],
      numberFrom('rounds', 5),
    ),
  );
} finally {
  local.stop();
  remote.stop();
  clear(output);
}
