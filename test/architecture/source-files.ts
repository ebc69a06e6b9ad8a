import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Compiled tests lie in build/test/architecture. */
const projectRoot = new URL('../../..', import.meta.url).pathname;

/** A source file as it is in the repository. */
export interface SourceFile {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
}

/** The source files in a folder and below, except generated ones. */
export function sourceFiles(folder: string): readonly SourceFile[] {
  return readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|mjs|go)$/.test(name))
    .sort()
    .map((name) => ({ path: `${folder}/${name}`, text: readFileSync(join(projectRoot, folder, name), 'utf8') }))
    .filter(({ text }) => !text.startsWith('// Made by `npm run generate`'));
}
