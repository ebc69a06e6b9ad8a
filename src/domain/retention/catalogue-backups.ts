import type { ArchiveReader } from '../../ports/archive-reader.js';
import type { BackupStore, FoundBackup, FoundOther } from '../../ports/backup-store.js';
import { plainSchema } from '../archive/snapshot-metadata.js';
import type { ArchiveLocation } from '../values/archive-location.js';
import { type CataloguedBackup, judgeBackup, type LeftFile } from './judge-backup.js';
import { memoryOf, recall, remember, rememberedAs } from './verified-memory.js';

/** What a catalogue is made with. */
export interface CataloguePorts {
  readonly store: Pick<BackupStore, 'open' | 'stat' | 'list' | 'others' | 'write'>;
  readonly archives: ArchiveReader;
}

/** Of which files a catalogue is made. */
export interface CatalogueRequest {
  /** A location in the directory or prefix; what it names itself is left out. */
  readonly place: ArchiveLocation;
  /** Whether a file may be one of them, by its name. */
  readonly belongs: (fileName: string) => boolean;
  readonly nowMs: number;
  /** Whether to read a plain backup again of which no kinds are remembered. */
  readonly withKinds?: boolean;
}

/** All files of the right name. */
export interface Catalogue {
  /** By name. */
  readonly backups: readonly CataloguedBackup[];
  readonly left: readonly LeftFile[];
}

/**
 * Says what each file is. A file is read to its end once; what was found is remembered beside it, and holds until its size
 * or version changes. So a backup that is encrypted is recognised without its key where it was remembered when it was written.
 * @throws permission_denied, storage_failed, interrupted
 */
export async function catalogueBackups(
  { store, archives }: CataloguePorts,
  { place, belongs, nowMs, withKinds = false }: CatalogueRequest,
  signal: AbortSignal,
): Promise<Catalogue> {
  const files = await store.list(place, signal);
  const memory = await recall(store, place, signal);
  const backups: CataloguedBackup[] = [];
  const left: LeftFile[] = [];
  for (const { name, location, kind } of await store.others(place, signal)) {
    if (name.startsWith('.') || !belongs(name)) continue;
    left.push({ location, reason: 'not_a_backup', finding: otherFindings[kind] });
  }
  let learnt = false;
  try {
    for (const file of files) {
      if (file.name.startsWith('.') || !belongs(file.name)) continue;
      const remembered = rememberedAs(memory, file);
      if (remembered !== undefined && !(withKinds && lacksKinds(remembered))) {
        backups.push(remembered);
        continue;
      }
      const judged = await judgeBackup({ store, archives }, file, nowMs, signal);
      if ('reason' in judged) {
        // An encrypted backup whose key is not at hand is still what it was when it was written.
        if (remembered !== undefined && judged.reason === 'encrypted') backups.push({ ...remembered, encrypted: true });
        // Another may clear away the same place: what is gone meanwhile is nobody's concern.
        else if (judged.reason === 'encrypted' || !(await isGone(store, file, signal))) left.push(judged);
        continue;
      }
      backups.push(judged);
      learnt = true;
      memory.set(file.name, memoryOf(judged));
    }
  } finally {
    // Also where it was interrupted: what was read need not be read again.
    if (learnt) await remember(store, place, withoutGone(memory, files), new AbortController().signal);
  }
  return { backups, left };
}

const otherFindings: Readonly<Record<FoundOther['kind'], string>> = {
  link: 'it is a symbolic link, which is not followed',
  directory: 'it is a directory',
  special: 'it is not a regular file',
  undecodable: 'its name is not UTF-8',
};

/** Whether the place of `file` is empty by now. */
async function isGone(
  store: Pick<BackupStore, 'stat'>,
  { location }: FoundBackup,
  signal: AbortSignal,
): Promise<boolean> {
  return store.stat(location, signal).then(
    (status) => status === undefined,
    () => false,
  );
}

/** The state of a sealed backup stays closed here. */
function lacksKinds({ kinds, schemaVersion }: CataloguedBackup): boolean {
  return kinds === undefined && schemaVersion === plainSchema;
}

function withoutGone<Value>(memory: Map<string, Value>, files: readonly FoundBackup[]): Map<string, Value> {
  const names = new Set(files.map(({ name }) => name));
  return new Map([...memory].filter(([name]) => names.has(name)));
}
