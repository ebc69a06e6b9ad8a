// Candidates for CRC-64/ECMA, which guards state.bin: it must not be what bounds a restore.
import { createCRC64 } from 'hash-wasm';
import { numberFrom } from './runs.mjs';

const chunk = Buffer.alloc(256 * 1024);
for (let at = 0; at < chunk.length; at++) chunk[at] = (at * 2654435761) >>> 24;
const chunks = numberFrom('mib', 256) * 4;

/** The reflected polynomial of Go's ECMA table, as two halves of 32 bits. */
const [polynomialHigh, polynomialLow] = [0xc96c5795, 0xd7870f42];

/** One table of 256 entries, halves in two arrays: what plain JavaScript does best without bigint. */
function tableOf() {
  const [high, low] = [new Uint32Array(256), new Uint32Array(256)];
  for (let byte = 0; byte < 256; byte++) {
    let [h, l] = [0, byte];
    for (let bit = 0; bit < 8; bit++) {
      const odd = l & 1;
      l = ((l >>> 1) | (h << 31)) >>> 0;
      h >>>= 1;
      if (odd === 1) [h, l] = [(h ^ polynomialHigh) >>> 0, (l ^ polynomialLow) >>> 0];
    }
    [high[byte], low[byte]] = [h, l];
  }
  return { high, low };
}

/** Eight tables, so that eight bytes are taken at a time ("slicing by eight"). */
function slicingTables() {
  const first = tableOf();
  const tables = [first];
  for (let slice = 1; slice < 8; slice++) {
    const before = /** @type {typeof first} */ (tables[slice - 1]);
    const next = { high: new Uint32Array(256), low: new Uint32Array(256) };
    for (let byte = 0; byte < 256; byte++) {
      const [h, l] = [before.high[byte] ?? 0, before.low[byte] ?? 0];
      const index = l & 0xff;
      next.low[byte] = (((l >>> 8) | (h << 24)) ^ (first.low[index] ?? 0)) >>> 0;
      next.high[byte] = ((h >>> 8) ^ (first.high[index] ?? 0)) >>> 0;
    }
    tables.push(next);
  }
  return tables;
}

/** @param {ReturnType<typeof slicingTables>} tables */
function sliced(tables) {
  const highs = tables.map(({ high }) => high);
  const lows = tables.map(({ low }) => low);
  let [high, low] = [0xffffffff, 0xffffffff];
  return {
    /** @param {Buffer} bytes */
    update(bytes) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      for (let at = 0; at < bytes.length; at += 8) {
        const l = low ^ view.getUint32(at, true);
        const h = high ^ view.getUint32(at + 4, true);
        let [nextHigh, nextLow] = [0, 0];
        for (let slice = 0; slice < 8; slice++) {
          const word = slice < 4 ? l : h;
          const index = (word >>> (8 * (slice % 4))) & 0xff;
          nextHigh ^= /** @type {Uint32Array} */ (highs[7 - slice])[index] ?? 0;
          nextLow ^= /** @type {Uint32Array} */ (lows[7 - slice])[index] ?? 0;
        }
        [high, low] = [nextHigh >>> 0, nextLow >>> 0];
      }
    },
    digest: () => [~high >>> 0, ~low >>> 0].map((half) => half.toString(16).padStart(8, '0')).join(''),
  };
}

/** @param {{ high: Uint32Array, low: Uint32Array }} table */
function bytewise({ high: highs, low: lows }) {
  let [high, low] = [0xffffffff, 0xffffffff];
  return {
    /** @param {Buffer} bytes */
    update(bytes) {
      for (const byte of bytes) {
        const index = (low ^ byte) & 0xff;
        low = (((low >>> 8) | (high << 24)) ^ (lows[index] ?? 0)) >>> 0;
        high = ((high >>> 8) ^ (highs[index] ?? 0)) >>> 0;
      }
    },
    digest: () => [~high >>> 0, ~low >>> 0].map((half) => half.toString(16).padStart(8, '0')).join(''),
  };
}

const candidates = {
  'hash-wasm (WebAssembly)': await createCRC64(),
  'slicing by eight in JavaScript': sliced(slicingTables()),
  'one table in JavaScript': bytewise(tableOf()),
};
let expected;
for (const [name, crc] of Object.entries(candidates)) {
  const started = performance.now();
  for (let count = 0; count < chunks; count++) crc.update(chunk);
  const seconds = (performance.now() - started) / 1000;
  const digest = crc.digest();
  expected ??= digest;
  if (digest !== expected) throw new Error(`${name} gives ${digest} instead of ${expected}`);
  console.log(`${name.padEnd(32)} ${((chunks * chunk.length) / seconds / 1e9).toFixed(2)} GB/s`);
}
