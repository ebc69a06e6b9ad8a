const binaryUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

const factors: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 1024,
  MIB: 1024 ** 2,
  GIB: 1024 ** 3,
  TIB: 1024 ** 4,
};

/** Reads a size such as "512MiB", "20GB" or "1048576" as bytes; undefined if it is not a size. */
export function parseByteSize(text: string): number | undefined {
  const match = /^([0-9]+(?:\.[0-9]+)?) ?([A-Za-z]*)$/.exec(text);
  const factor = factors[match?.[2]?.toUpperCase() ?? 'none'];
  if (match === null || factor === undefined) return undefined;
  // Rounded, since 1.001 * 1e6 is slightly too small.
  const bytes = Math.round(Number(match[1]) * factor);
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Writes a size for people: "41 B", "40.3 KiB", "1.0 GiB". */
export function formatByteSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // By the rounded figure: 1048575 bytes are "1.0 MiB", not "1024.0 KiB".
  while (Number(value.toFixed(1)) >= 1024 && unit < binaryUnits.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return unit === 0 ? `${bytes} B` : `${value.toFixed(1)} ${binaryUnits[unit]}`;
}
