/** The most pieces that wait. */
const piecesAtMost = 1024;

/**
 * Gathers small pieces into larger ones of at least `gatheredBytes`: a system call, or a thread switch, costs about the
 * same for a kilobyte as for a hundred. A large piece passes unchanged.
 */
export async function* gather(
  pieces: AsyncIterable<Uint8Array>,
  gatheredBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let gathered: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    gathered.push(piece);
    bytes += piece.length;
    // Each piece is an object, much larger than a byte: a sender of single bytes must not fill the memory.
    if (gathered.length === piecesAtMost) gathered = [Buffer.concat(gathered, bytes)];
    if (bytes < gatheredBytes) continue;
    const [first] = gathered;
    yield gathered.length === 1 && first !== undefined ? first : Buffer.concat(gathered, bytes);
    gathered = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(gathered, bytes);
}
