/** The length of the CRC-32 and the size that follow the compressed data of a gzip member (RFC 1952, section 2.3.1). */
export const trailerBytes = 8;

/** What follows the compressed data. */
export interface MemberEnd {
  /** Shorter than {@link trailerBytes} if the bytes are cut short. */
  readonly trailer: Buffer;
  /** How many zeros follow the trailer, up to the first other byte. */
  readonly zeroBytes: number;
  /** How many bytes follow after that; not all of them if reading stopped there. */
  readonly otherBytes: number;
}

/** The end of a gzip member. Only zlib knows where it begins. */
export interface MemberTail {
  /** Takes the next bytes after the header; the first `taken` of all bytes are known to be data. */
  add(chunk: Uint8Array, taken: number): void;
  /** The result, once the data is known to have `dataBytes` bytes. */
  end(dataBytes: number): MemberEnd;
}

/** Remembers the chunks that zlib has not taken; zeros that follow the trailer are counted and forgotten. */
export function createMemberTail(): MemberTail {
  let waiting: { readonly start: number; readonly bytes: Uint8Array }[] = [];
  let received = 0;
  let trailer: Buffer = Buffer.alloc(0);
  let zeroBytes = 0;
  let otherBytes = 0;

  function look(bytes: Uint8Array): void {
    const missing = trailerBytes - trailer.length;
    trailer = Buffer.concat([trailer, bytes.subarray(0, missing)]);
    const behind = bytes.subarray(missing);
    const zeros = otherBytes > 0 ? 0 : leadingZeros(behind);
    zeroBytes += zeros;
    otherBytes += behind.length - zeros;
  }

  return {
    add(chunk, taken) {
      waiting = waiting.filter(({ start, bytes }) => start + bytes.length > taken);
      waiting.push({ start: received, bytes: chunk });
      received += chunk.length;
    },
    end(dataBytes) {
      for (const { start, bytes } of waiting) look(bytes.subarray(Math.max(0, dataBytes - start)));
      waiting = [];
      return { trailer, zeroBytes, otherBytes };
    },
  };
}

/** A loop: findIndex calls a function for each byte, and an archive from a tape may end in many megabytes of zeros. */
function leadingZeros(bytes: Uint8Array): number {
  let count = 0;
  while (count < bytes.length && bytes[count] === 0) count += 1;
  return count;
}
