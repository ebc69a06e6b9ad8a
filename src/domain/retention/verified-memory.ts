import type { BackupStore, FoundBackup } from '../../ports/backup-store.js';
import { isJacoError } from '../errors.js';
import type { KindSizes } from '../state/kind-sizes.js';
import { type ArchiveLocation, besideLocation } from '../values/archive-location.js';
import type { CataloguedBackup } from './judge-backup.js';

/** Where what was verified is remembered, beside the backups. Its name begins with a dot, so that it counts as no backup. */
export const memoryName = '.jaco-verified.json';

/** What was verified, by the names of the files. It counts for a file of the same size and version alone. */
export type VerifiedMemory = Map<string, RememberedBackup>;

/** A backup without the file that it was found as. */
interface RememberedBackup extends Omit<CataloguedBackup, 'file'> {
  readonly sizeBytes: number;
  readonly version: string;
}

/** A larger one is not ours, in bytes: it would be that of 100,000 backups. */
const largestMemoryBytes = 32 * 1024 * 1024;

/**
 * Neither reading nor writing follows a link: the directory may be that of another user, who could otherwise have root
 * overwrite any file.
 */
const asItself = { followsLinks: false };

/**
 * What is remembered beside `place`; nothing where there is no memory, or none that can be read.
 * @throws interrupted
 */
export async function recall(
  store: Pick<BackupStore, 'open'>,
  place: ArchiveLocation,
  signal: AbortSignal,
): Promise<VerifiedMemory> {
  try {
    const opened = await store.open(besideLocation(place, memoryName), signal, asItself);
    try {
      const decoder = new TextDecoder('utf-8');
      let text = '';
      for await (const piece of opened.read()) {
        text += decoder.decode(piece, { stream: true });
        if (text.length > largestMemoryBytes) return new Map();
      }
      return parseMemory(text);
    } finally {
      await opened.close();
    }
  } catch (error) {
    if (isJacoError(error) && error.code !== 'interrupted') return new Map();
    throw error;
  }
}

/**
 * Remembers what was verified. That it cannot be written down costs a second reading next time, and is no failure: whoever
 * may only read can list all the same.
 * @throws interrupted
 */
export async function remember(
  store: Pick<BackupStore, 'write'>,
  place: ArchiveLocation,
  memory: VerifiedMemory,
  signal: AbortSignal,
): Promise<void> {
  async function* bytes() {
    yield new TextEncoder().encode(memoryText(memory));
  }
  try {
    await store.write(besideLocation(place, memoryName), bytes(), signal, asItself);
  } catch (error) {
    if (!isJacoError(error) || error.code === 'interrupted') throw error;
  }
}

/** What is remembered of `file`; undefined where it is another by now. */
export function rememberedAs(memory: VerifiedMemory, file: FoundBackup): CataloguedBackup | undefined {
  const remembered = memory.get(file.name);
  if (remembered?.sizeBytes !== file.sizeBytes || remembered.version !== file.version) return undefined;
  const { sizeBytes: _size, version: _version, ...facts } = remembered;
  return { file, ...facts };
}

/** What is to be remembered of a backup. */
export function memoryOf({ file, ...facts }: CataloguedBackup): RememberedBackup {
  return { ...facts, sizeBytes: file.sizeBytes, version: file.version };
}

function memoryText(memory: VerifiedMemory): string {
  const backups = [...memory].map(([name, { snapshotIndex, snapshotTerm, ...facts }]) => ({
    name,
    ...facts,
    // Beyond what a number of JSON holds.
    snapshotIndex: snapshotIndex?.toString(),
    snapshotTerm: snapshotTerm?.toString(),
  }));
  return `${JSON.stringify({ format: 1, backups }, undefined, 1)}\n`;
}

function parseMemory(text: string): VerifiedMemory {
  const memory: VerifiedMemory = new Map();
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return memory;
  }
  const { format, backups } = Object(document);
  if (format !== 1 || !Array.isArray(backups)) return memory;
  for (const entry of backups) {
    const { name, snapshotIndex, snapshotTerm, ...facts } = Object(entry);
    const { sizeBytes, version, clusterId, schemaVersion, takenAtMs, verifiedAtMs } = facts;
    const texts = [name, version, clusterId];
    const numbers = [sizeBytes, schemaVersion, takenAtMs, verifiedAtMs];
    if (!texts.every((value) => typeof value === 'string') || !numbers.every(Number.isFinite)) continue;
    memory.set(name, {
      sizeBytes,
      version,
      clusterId,
      schemaVersion,
      encrypted: typeof facts.encrypted === 'boolean' ? facts.encrypted : undefined,
      takenAtMs,
      verifiedAtMs,
      snapshotIndex: countFrom(snapshotIndex),
      snapshotTerm: countFrom(snapshotTerm),
      kinds: sizesFrom(facts.kinds),
    });
  }
  return memory;
}

/** Earlier versions did not write them. */
function sizesFrom(value: unknown): KindSizes | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.values(value).every(Number.isSafeInteger) ? (value as KindSizes) : undefined;
}

function countFrom(value: unknown): bigint | undefined {
  return typeof value === 'string' && /^[0-9]{1,20}$/.test(value) ? BigInt(value) : undefined;
}
