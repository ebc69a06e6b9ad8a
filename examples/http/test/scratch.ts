import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

/** A directory that is removed after the tests of the file; returns paths in it. */
export function scratchDirectory(): (name: string) => string {
  const directory = mkdtempSync(join(tmpdir(), 'jaco-http-'));
  after(() => rmSync(directory, { recursive: true, force: true }));
  return (name) => join(directory, name);
}
