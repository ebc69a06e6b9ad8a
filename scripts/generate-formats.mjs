// Rewrites the annotated hexdumps of docs/formats.md with the encoders last compiled into build/. test/formats fails if
// the page differs.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;

const { formatDumps } = await import(`${root}build/test/formats/format-dumps.js`);
const { formatsPage, withDumps } = await import(`${root}build/test/formats/formats-page.js`);

const path = join(root, formatsPage);
writeFileSync(path, withDumps(readFileSync(path, 'utf8'), await formatDumps()));
