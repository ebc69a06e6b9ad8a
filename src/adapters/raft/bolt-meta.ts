import type { OpenFile } from '../filesystem/file-system.js';
import { readAt } from './block-reader.js';
import { fnv1a64, metaBytes, metaMagic, metaSummedBytes, metaVersion, pageHeaderBytes } from './bolt-format.js';
import type { RefuseDamage } from './damaged-store.js';

/** Where a bbolt file's newest state begins. */
export interface BoltMeta {
  readonly pageBytes: number;
  /** The page of the root bucket, which holds the buckets. */
  readonly rootPage: bigint;
  /** All pages in use have ids below it. */
  readonly highWaterMark: bigint;
  readonly transaction: bigint;
}

/** Page sizes that bbolt tries if it does not know the size (db.go getPageSizeFromSecondMeta): 1 KiB to 16 MiB. */
const pageSizes = Array.from({ length: 15 }, (_, power) => 1024 << power);

/**
 * The valid meta page of the higher transaction id. bbolt writes them in turns, so that one of them is whole after
 * any crash: where the other one's checksum does not hold, it counts for nothing.
 * `salvaging`: a file that ends before the pages that it names is read as far as it goes.
 * @throws store_damaged neither is valid, or the file ends before the pages that it names
 */
export async function readBoltMeta(
  file: OpenFile,
  sizeBytes: number,
  refuse: RefuseDamage,
  salvaging = false,
): Promise<BoltMeta> {
  const first = await readMetaAt(file, 0);
  const second = await findSecondMeta(file, typeof first === 'string' ? pageSizes : [first.pageBytes]);
  const valid = [first, second].filter((meta) => typeof meta === 'object');
  const meta = valid.sort((a, b) => (a.transaction < b.transaction ? 1 : -1))[0];
  if (meta === undefined) throw refuse(`neither of its meta pages is valid, the first ${String(first)}`);
  if (!salvaging && meta.highWaterMark * BigInt(meta.pageBytes) > BigInt(sizeBytes)) {
    throw refuse(`it is cut short: ${sizeBytes} bytes instead of ${meta.highWaterMark * BigInt(meta.pageBytes)}`);
  }
  return meta;
}

/** Its position depends on the page size, which only it contains if the first one is lost. */
async function findSecondMeta(file: OpenFile, sizes: readonly number[]): Promise<BoltMeta | undefined> {
  for (const pageBytes of sizes) {
    const meta = await readMetaAt(file, pageBytes);
    if (typeof meta === 'object' && meta.pageBytes === pageBytes) return meta;
  }
  return undefined;
}

/** The meta of the page at `position`, or what is wrong with it. */
async function readMetaAt(file: OpenFile, position: number): Promise<BoltMeta | string> {
  const bytes = await readAt(file, position + pageHeaderBytes, metaBytes);
  if (bytes.length < metaBytes) return 'is cut short';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== metaMagic) return 'does not begin as those of bbolt do';
  if (view.getUint32(4, true) !== metaVersion)
    return `is of version ${view.getUint32(4, true)} instead of ${metaVersion}`;
  if (view.getBigUint64(metaSummedBytes, true) !== fnv1a64(bytes.subarray(0, metaSummedBytes))) {
    return 'does not have the checksum that it names';
  }
  const pageBytes = view.getUint32(8, true);
  if (!pageSizes.includes(pageBytes)) return `names pages of ${pageBytes} bytes`;
  return {
    pageBytes,
    rootPage: view.getBigUint64(16, true),
    highWaterMark: view.getBigUint64(40, true),
    transaction: view.getBigUint64(48, true),
  };
}
