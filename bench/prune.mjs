// Pruning many backups for the first time, when each is read to its end, and again, when none is: files, and objects whose
// listing has several pages. Says how much each run has read: what is not read takes no time, however large it is.
import { mkdirSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { serveObjects } from './object-server.mjs';
import { clear, mebibyte, numberFrom, program, run, workDirectory } from './runs.mjs';

// Compiled with the tests; not there before they are, which is why they are not imported by plain names.
const [{ cluster, writeArchive }, { findEndpoint }, { createS3Requests }, { mannersFor }] = await Promise.all(
  [
    'test/cli/archive-file.js',
    'src/adapters/storage/s3/s3-endpoint.js',
    'src/adapters/storage/s3/s3-requests.js',
    'src/adapters/storage/s3/s3-settings.js',
  ].map((path) => import(new URL(`../build/${path}`, import.meta.url).href)),
);

const files = numberFrom('files', 400);
const sizeMebibytes = numberFrom('mib', 1);
const objects = numberFrom('objects', 1100);
const directory = join(workDirectory, 'prune');

/** A backup a day, none of which the rule deletes. @param {number} day */
async function writeBackup(day) {
  const takenAt = new Date(Date.UTC(2020, 0, 1, 3) + day * 86_400_000).toISOString().replace('.000Z', 'Z');
  const path = join(directory, `c-${takenAt.slice(0, 10)}.tar.gz`);
  const changes = { clusterId: 'c-1', takenAt, snapshotIndex: BigInt(day + 1), snapshotTerm: 2n };
  await writeArchive(path, [cluster('c-1')], changes);
  return path;
}

/** @param {string} what @param {string} place @param {Readonly<Record<string, string>>} environment */
async function measure(what, place, environment = {}) {
  const command = [process.execPath, program, 'prune', place, '--keep', '100000'];
  for (const time of ['first', 'second', 'third', 'fourth']) {
    const { wallMs, cpuMs = Number.NaN, readMebibytes = Number.NaN } = await run({ command, environment });
    console.log(
      `${what}, ${time.padEnd(6)} time: ${(wallMs / 1000).toFixed(2)} s, cpu ${(cpuMs / 1000).toFixed(2)} s, ${readMebibytes.toFixed(1)} MiB read`,
    );
  }
}

/** Puts the files of the directory into the bucket, and more of their kind below another prefix. */
async function upload(/** @type {Readonly<Record<string, string>>} */ environment) {
  const nothing = { endpoint: undefined, region: undefined, addressing: undefined, caCertificatePath: undefined };
  const requests = createS3Requests(await findEndpoint({ ...nothing, environment }), mannersFor(0));
  const names = readdirSync(directory);
  const signal = new AbortController().signal;
  for (let start = 0; start < names.length; start += 4) {
    await Promise.all(
      names.slice(start, start + 4).map(async (name) => {
        const body = readFileSync(join(directory, name));
        await requests.ask({ method: 'PUT', bucket: 'bench', key: `jaco/${name}`, body }, signal);
      }),
    );
  }
  const deeper = { method: 'PUT', bucket: 'bench', key: 'jaco/deeper/c-1.tar.gz', body: Buffer.from('other') };
  await requests.ask(deeper, signal);
}

clear(directory);
mkdirSync(directory, { recursive: true });
try {
  // Zeros after the archive, as on a tape: they take no room on the disk, and all the time of reading.
  for (let day = 0; day < files; day++) truncateSync(await writeBackup(day), sizeMebibytes * mebibyte);
  await measure(`${files} files of ${sizeMebibytes} MiB`, directory);
  clear(directory);
  mkdirSync(directory);
  for (let day = 0; day < objects; day++) await writeBackup(day);
  const server = await serveObjects();
  try {
    await upload(server.environment);
    await measure(`${objects} small objects`, server.word('jaco/'), server.environment);
  } finally {
    server.stop();
  }
} finally {
  clear(directory);
}
