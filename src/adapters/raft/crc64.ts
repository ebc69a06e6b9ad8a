import { createCRC64 } from 'hash-wasm';

/** A running CRC-64. */
export interface Crc64 {
  update(bytes: Uint8Array): void;
  /** The checksum of everything so far as 8 bytes, big-endian, as Go's hash.Hash64.Sum writes it. Ends the calculation. */
  digest(): Uint8Array;
}

/**
 * CRC-64/ECMA as Go's hash/crc64 computes it with its ECMA table (reflected polynomial 0xc96c5795d7870f42, start and
 * final xor all ones), with which hashicorp/raft v1.7 file_snapshot.go protects state.bin. The CRC-64 of "123456789" is
 * 0x995dc9bbdf1939fa. Computed in WebAssembly, to keep up with a disk.
 */
export async function createCrc64(): Promise<Crc64> {
  const hasher = await createCRC64();
  return {
    update(bytes) {
      hasher.update(bytes);
    },
    digest: () => hasher.digest('binary'),
  };
}
