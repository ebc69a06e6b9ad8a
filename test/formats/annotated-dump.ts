/** Some bytes that belong together, and what they are. */
export interface Region {
  readonly sizeBytes: number;
  /** The explanation next to the bytes. */
  readonly says: string;
  /** Whether the bytes are text, which is then shown next to them. */
  readonly text?: true;
  /** Whether the bytes are only counted, as they are shown elsewhere. */
  readonly left?: true;
}

const lineBytes = 16;

/** Longer regions of zeros are shown on one line. */
const shownZeros = 16;

/** What a byte of text looks like in the right-hand column. */
const shownText = /^[\x20-\x7e]$/;

/**
 * A hexdump of which each line says what its bytes mean: the offset, up to 16 bytes, and the words of their region.
 * @throws RangeError the regions do not cover `bytes` to the byte, so that nothing can be left unexplained
 */
export function annotatedDump(bytes: Uint8Array, regions: readonly Region[], firstOffset = 0): string {
  const described = regions.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (described !== bytes.length) throw new RangeError(`${described} of ${bytes.length} bytes are described`);
  const lines: string[] = [];
  let at = 0;
  for (const region of regions) {
    lines.push(...regionLines(bytes.subarray(at, at + region.sizeBytes), region, firstOffset + at));
    at += region.sizeBytes;
  }
  return lines.join('\n');
}

function regionLines(bytes: Uint8Array, { says, text, left }: Region, offset: number): string[] {
  if (left) return [line(offset, `… ${bytes.length} bytes`, says)];
  if (bytes.length > shownZeros && bytes.every((byte) => byte === 0)) {
    return [line(offset, `00 × ${bytes.length}`, says)];
  }
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += lineBytes) {
    const shown = [...bytes.subarray(at, at + lineBytes)];
    const hex = shown.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const words = at === 0 ? says : '';
    lines.push(line(offset + at, hex, text ? `|${shown.map(character).join('')}|  ${words}` : words));
  }
  return lines;
}

function line(offset: number, hex: string, words: string): string {
  return `${offset.toString(16).padStart(8, '0')}  ${hex.padEnd(3 * lineBytes - 1)}  ${words}`.trimEnd();
}

function character(byte: number): string {
  const shown = String.fromCharCode(byte);
  return shownText.test(shown) ? shown : '.';
}
