/**
 * Numbers of the bbolt file format, version 2 (bbolt v1.4 internal/common: page.go, meta.go, bucket.go, inode.go). All
 * integers are little-endian, as on every machine that daemons run on.
 *
 * A page is a header {id u64, flags u16, count u16, overflow u32} and its content; `overflow` more pages belong to it.
 * - leaf: `count` elements {flags u32, pos u32, key size u32, value size u32}, then keys and values in their order
 * - branch: `count` elements {pos u32, key size u32, page id u64}, then the keys
 * - meta (pages 0 and 1): {magic u32, version u32, page size u32, flags u32, root bucket {page id u64, sequence u64},
 *   freelist page u64, high-water mark u64, transaction id u64, FNV-1a-64 of the bytes before u64}
 * - freelist: `count` page ids
 * `pos` counts from the start of its own element. A bucket is a leaf element with flag 1, whose value is the bucket's
 * header {root page u64, sequence u64}; with root page 0 the bucket's only leaf page follows inline.
 */
export const pageFlags = { branch: 0x01, leaf: 0x02, meta: 0x04, freelist: 0x10 } as const;

/** Length of a page's header. */
export const pageHeaderBytes = 16;
/** Branch and leaf elements are of one size. */
export const elementBytes = 16;
/** Length of the header before a bucket's inline page. */
export const bucketHeaderBytes = 16;
/** The leaf element's flag that marks a bucket. */
export const bucketElementFlag = 1;

/** The magic number of a meta page. */
export const metaMagic = 0xed0cdaed;
/** The one version that bbolt has ever written. */
export const metaVersion = 2;
/** Length of the meta before its checksum. */
export const metaSummedBytes = 56;
/** Length of the meta with its checksum. */
export const metaBytes = 64;

/** The order of two keys, as `Array.sort` wants it: that of their bytes. For short keys faster than Buffer.compare. */
export function compareKeys(one: Uint8Array, other: Uint8Array): number {
  const shared = Math.min(one.length, other.length);
  for (let at = 0; at < shared; at += 1) {
    const difference = (one[at] as number) - (other[at] as number);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

/** FNV-1a, 64 bits (Go's hash/fnv New64a), with which bbolt guards its meta pages. */
export function fnv1a64(bytes: Uint8Array): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash;
}
