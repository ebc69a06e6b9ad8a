import type { ArchiveWriter } from '../../../../src/ports/archive-writer.js';
import { archiveWriterContract, type Harness as WriterHarness } from '../../../contracts/archive-writer.contract.js';
import { backupStoreContract, type Harness as StoreHarness } from '../../../contracts/backup-store.contract.js';
import { skipCases } from '../../../skipping.js';
import { makeBucket } from './bucket.js';
import { type StorageServer, storageServers } from './storage-servers.js';

// All of them first: suites run as soon as they are waited for nowhere.
const found = await Promise.all(
  storageServers.map(async (kind) => {
    const program = await kind.find();
    return { name: kind.name, program, server: program.kind === 'there' ? await kind.start(program.path) : undefined };
  }),
);
for (const { name, program, server } of found) {
  if (program.kind === 'missing') skipCases(`the contracts of storage on ${name}: ${program.reason}`);
  if (server === undefined) continue;
  backupStoreContract(`objects on ${name}`, 'keeps-newest', () => storeHarness(server));
  archiveWriterContract(`objects on ${name}`, () => writerHarness(server), { gathers: true });
}

const never = new AbortController().signal;

async function storeHarness(server: StorageServer): Promise<StoreHarness> {
  // By the server's clock, which has whole seconds.
  const bucket = await makeBucket(server, { abandonedAfterMs: -2_000 });
  return {
    store: bucket.store,
    async abandon(name) {
      const key = `cluster/${name}`;
      await bucket.requests.ask({ method: 'POST', bucket: bucket.name, key, query: { uploads: '' } }, never);
    },
    abandoned: async () => (await bucket.uploads()).length,
    plantDirectory: async () => false,
    at: (name) => bucket.at(`cluster/${name}`),
    put: (name, bytes) => bucket.put(`cluster/${name}`, bytes),
    names: async () => (await bucket.keys()).map((key) => key.replace('cluster/', '')),
    breakDisk() {
      server.proxy.judge = ({ method }) => (method === 'DELETE' ? { kind: 'answer', status: 503 } : undefined);
    },
    async close() {
      server.proxy.judge = () => undefined;
    },
  };
}

async function writerHarness(server: StorageServer): Promise<WriterHarness> {
  const bucket = await makeBucket(server);
  let destination = bucket.at('cluster.tar.gz');
  let planted: string | undefined;
  return {
    writer: bucket.store as ArchiveWriter,
    get destination() {
      return destination;
    },
    async found() {
      const text = await bucket.get(destination.key);
      // An object has no mode: what the contract wants to see is which of the two it is.
      return text === undefined ? undefined : { text, mode: text === planted ? 0o644 : 0o600 };
    },
    async hasLeftovers() {
      const others = (await bucket.keys()).filter((key) => key !== 'cluster.tar.gz');
      return others.length > 0 || (await bucket.uploads()).length > 0;
    },
    async plantFile(text) {
      planted = text;
      await bucket.put(destination.key, Buffer.from(text));
    },
    async plantDirectory() {
      destination = bucket.at('directory/');
    },
    limitSpace(bytes) {
      server.proxy.judge = ({ method, sizeBytes }) => {
        if (method !== 'PUT' || sizeBytes <= bytes) return undefined;
        return { kind: 'answer', status: 403, body: '<Error><Code>QuotaExceeded</Code></Error>' };
      };
    },
    async close() {
      server.proxy.judge = () => undefined;
    },
  };
}
