import { readSmallFile } from '../filesystem/file-operations.js';
import type { FileSystem } from '../filesystem/file-system.js';

/** What a restore is about to put into `node`: enough to distinguish its files from the operator's, but no secrets. */
export interface InstallationRecord {
  /** Whether `node` itself is created. */
  readonly makesDirectory: boolean;
  readonly files: readonly {
    readonly name: string;
    /** SHA-256 of the content, in hexadecimal. */
    readonly digest: string;
  }[];
}

/** The record's line for `node` itself. */
const directoryLine = 'directory';

/** Larger than any record of three files, in bytes. */
const recordLimitBytes = 4096;

/** The record as text: a line for each thing that is created, files in the format of sha256sum. */
export function renderRecord({ makesDirectory, files }: InstallationRecord): string {
  const lines = files.map(({ name, digest }) => `${digest}  ${name}`);
  return [...(makesDirectory ? [directoryLine] : []), ...lines, ''].join('\n');
}

/**
 * Reads a record back. If a crash cut it short, only the complete lines count: nothing is installed before all of it is
 * durable.
 */
export async function readRecord(files: FileSystem, path: string): Promise<InstallationRecord> {
  const isFile = (await files.linkStatus(path))?.kind === 'file';
  const bytes = isFile ? await readSmallFile(files, path, recordLimitBytes) : undefined;
  const text = new TextDecoder().decode(bytes ?? new Uint8Array(0));
  const entries = [...text.matchAll(/^([0-9a-f]{64}) {2}([^/\n]+)\n/gm)];
  return {
    makesDirectory: text.startsWith(`${directoryLine}\n`),
    files: entries.map(([, digest = '', name = '']) => ({ name, digest })),
  };
}
