import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './installed-package.js';

/** A page of documentation. */
export interface MarkdownPage {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
}

/** Every Markdown page of the repository: at its root, and in the folders with pages. */
export function markdownPages(): readonly MarkdownPage[] {
  const folders = ['docs', 'test', 'packaging', 'proto', 'bench', 'scripts', 'examples'];
  const below = folders.flatMap((folder) =>
    readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  );
  return [...readdirSync(projectRoot), ...below]
    .filter((path) => path.endsWith('.md') && !path.includes('/node_modules/'))
    .map((path) => ({ path, text: readFileSync(join(projectRoot, path), 'utf8') }));
}
