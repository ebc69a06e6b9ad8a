// Makes backup archives of any size with content like a cluster's: protobuf records of a kilobyte or two, each with a name
// of its own (`named`) or with a few thousand names, or of some 150 bytes, most of it text that repeats, some of it random;
// gzip gets it to about a quarter. The same size gives the same archive. A process of its own: the peak of memory of what a
// benchmark starts begins with what the benchmark itself holds.
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';

const words = (
  'image: registry.example/app replicas: 3 ports: environment: PATH=/usr/bin:/bin LOG_LEVEL=info healthcheck: ' +
  'interval timeout retries volumes: network: proxy labels: traefik.enable true restart: unless-stopped depends_on:'
).split(' ');

/** A small generator of pseudo-random numbers below 1 (mulberry32). @param {number} seed */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @param {number} value */
function varint(value) {
  const bytes = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

/** @param {number} number @param {Uint8Array} content */
function field(number, content) {
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);
}

/** The least and the most text of a record, in characters, by what is said of the records on the command line. */
const textLengths = { large: [400, 3000], small: [60, 180], named: [400, 3000] };

/**
 * A pool of deployments, from which the state is dealt: making each anew would take longer than anything measured.
 * @param {keyof typeof textLengths} records
 */
function recordPool(records) {
  const random = randomNumbers(1);
  const [least = 0, most = 0] = textLengths[records];
  return Array.from({ length: 4096 }, (_, number) => {
    let text = '';
    const length = least + random() * (most - least);
    while (text.length < length) {
      text +=
        random() < 0.28
          ? `${Math.floor(random() * 2 ** 32).toString(16)}\n`
          : `${words[Math.floor(random() * words.length)]} `;
    }
    const content = field(6, Buffer.from(text));
    return { content, record: deployment(number, content) };
  });
}

/** @param {number} number @param {Buffer} content */
function deployment(number, content) {
  return field(3, Buffer.concat([field(1, Buffer.from(`deployment-${number}`)), content]));
}

/** The pieces of a state of exactly `sizeBytes`. @param {number} sizeBytes @param {keyof typeof textLengths} records */
function* statePieces(sizeBytes, records) {
  const pool = recordPool(records);
  const random = randomNumbers(2);
  const cluster = field(1, field(1, Buffer.from('bench')));
  let left = sizeBytes - cluster.length;
  let gathered = [cluster];
  let gatheredBytes = cluster.length;
  for (let number = 0; left > 0; number++) {
    const dealt = /** @type {typeof pool[number]} */ (pool[Math.floor(random() * pool.length)]);
    let record = records === 'named' ? deployment(number, dealt.content) : dealt.record;
    // The last record fills what is left: two bytes of tag (field 16) and a length of five bytes at the most.
    if (left - record.length < 4096) record = filler(left);
    gathered.push(record);
    gatheredBytes += record.length;
    left -= record.length;
    if (gatheredBytes > 256 * 1024 || left === 0) {
      yield Buffer.concat(gathered);
      gathered = [];
      gatheredBytes = 0;
    }
  }
}

/** One record of exactly `sizeBytes`. @param {number} sizeBytes */
function filler(sizeBytes) {
  for (let content = sizeBytes - 3; content >= 0; content--) {
    const record = field(16, Buffer.alloc(content, 'x'));
    if (record.length === sizeBytes) return record;
  }
  throw new Error(`no record has ${sizeBytes} bytes`);
}

/** @param {string} path @param {number} sizeBytes of snapshot.bin @param {keyof typeof textLengths} records */
async function makeArchive(path, sizeBytes, records) {
  const tar = pack();
  const metadata = {
    schema_version: 1,
    cluster_id: 'bench',
    snapshot_index: 1000,
    snapshot_term: 7,
    jaco_version: 'v0.3.9',
    taken_at: '2026-05-25T10:00:00Z',
    leader_at_snapshot: '10.0.0.5:7001',
  };
  tar.entry({ name: 'meta.json' }, JSON.stringify(metadata));
  const entry = tar.entry({ name: 'snapshot.bin', size: sizeBytes });
  await Promise.all([
    pipeline(statePieces(sizeBytes, records), entry).then(() => tar.finalize()),
    pipeline(Readable.from(tar, { objectMode: false }), createGzip({ level: 6 }), createWriteStream(`${path}.part`)),
  ]);
  await rename(`${path}.part`, path);
}

const [, , path = '', sizeBytes, records] = process.argv;
await makeArchive(path, Number(sizeBytes), records === 'small' || records === 'named' ? records : 'large');
