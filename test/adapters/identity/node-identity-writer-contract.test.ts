import { createPrivateKey, X509Certificate } from 'node:crypto';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { createCertificateAuthority } from '../../../src/adapters/identity/certificate-authority.js';
import { createNodeIdentityWriter } from '../../../src/adapters/identity/node-identity-writer.js';
import type { FoundEntry, FoundPair, Harness } from '../../contracts/node-identity-harness.js';
import { nodeIdentityPreviewContract } from '../../contracts/node-identity-preview.contract.js';
import { nodeIdentityWriterContract } from '../../contracts/node-identity-writer.contract.js';
import { createInMemoryNodeIdentityWriter, inMemoryAuthority } from '../../fakes/in-memory-node-identity-writer.js';
import { ourselves, somebodyElse } from '../filesystem/users.js';

const nowMs = Date.now();
const authorities = [
  await createCertificateAuthority('the cluster', nowMs),
  await createCertificateAuthority('the cluster', nowMs),
] as const;

async function onDisk(): Promise<Harness> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'jaco-test-'));
  return {
    writer: createNodeIdentityWriter(createNodeFileSystem(), { nowMs: () => nowMs }),
    dataDirectory,
    ourselves,
    daemon: somebodyElse,
    authorities,
    async found() {
      const paths = (await readdir(dataDirectory, { recursive: true })).filter((path) => /^node(\/|$)/.test(path));
      return new Map(
        await Promise.all(paths.map(async (path) => [path, await look(join(dataDirectory, path))] as const)),
      );
    },
    hasLeftovers: async () =>
      (await readdir(dataDirectory, { recursive: true })).some((path) => path.includes('restoring')),
    pairOf: (name) => readPair(join(dataDirectory, 'node'), name),
    async plant(path, text) {
      const place = join(dataDirectory, path);
      await mkdir(text === undefined ? place : dirname(place), { recursive: true, mode: 0o700 });
      if (text !== undefined) await writeFile(place, text);
    },
    close: () => rm(dataDirectory, { recursive: true, force: true }),
  };
}

async function inMemory(): Promise<Harness> {
  const writer = createInMemoryNodeIdentityWriter();
  const { installed, waiting } = writer;
  const dataDirectory = '/var/lib/jaco';
  return {
    writer,
    dataDirectory,
    ourselves,
    daemon: somebodyElse,
    authorities: [inMemoryAuthority('first'), inMemoryAuthority('second')],
    found: async () =>
      new Map(
        [...installed].map(([path, { text, mode, owner }]) => [
          path.slice(dataDirectory.length + 1),
          { text, mode, owner: owner ?? ourselves },
        ]),
      ),
    hasLeftovers: async () => waiting.size > 0,
    async pairOf(name) {
      const certificate = installed.get(`${dataDirectory}/node/${name}.crt`)?.text ?? '';
      const [, hosts = '', signedBy] = /^\S+ for (.*) by (.*)$/.exec(certificate) ?? [];
      const keyFits = installed.get(`${dataDirectory}/node/${name}.key`)?.text === `key of ${certificate}`;
      return { hosts: hosts.split(' '), signedBy, keyFits };
    },
    async plant(path, text) {
      const directory = `${dataDirectory}/node`;
      if (!installed.has(directory)) installed.set(directory, { text: undefined, mode: 0o700, owner: undefined });
      if (text !== undefined) installed.set(`${dataDirectory}/${path}`, { text, mode: 0o600, owner: undefined });
    },
    close: async () => undefined,
  };
}

for (const contract of [nodeIdentityWriterContract, nodeIdentityPreviewContract]) {
  contract('files on disk', onDisk);
  contract('in memory', inMemory);
}

async function look(path: string): Promise<FoundEntry> {
  const { mode, uid, gid } = await lstat(path);
  const text = (await lstat(path)).isDirectory() ? undefined : await readFile(path, 'utf8');
  return { mode: mode & 0o7777, owner: { uid, gid }, text };
}

async function readPair(directory: string, name: string): Promise<FoundPair> {
  const [certificate, key] = await Promise.all(
    ['crt', 'key'].map((suffix) => readFile(join(directory, `${name}.${suffix}`), 'utf8')),
  );
  const parsed = new X509Certificate(certificate as string);
  const names = parsed.subjectAltName?.split(', ') ?? [];
  return {
    hosts: names.map((text) => text.replace(/^(?:DNS|IP Address):/, '')),
    signedBy: authorities.find((candidate) => parsed.verify(new X509Certificate(candidate.certificate).publicKey))
      ?.certificate,
    keyFits: parsed.checkPrivateKey(createPrivateKey(key as string)),
  };
}
