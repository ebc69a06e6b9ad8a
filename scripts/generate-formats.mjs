// Writes the annotated hexdumps of docs/formats.md anew, from the encoders as they were compiled into build/ last.
// test/formats fails when the page shows anything else.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;

const { formatDumps } = await import(`${root}build/test/formats/format-dumps.js`);
const { formatsPage, withDumps } = await import(`${root}build/test/formats/formats-page.js`);

const path = join(root, formatsPage);
writeFileSync(path, withDumps(readFileSync(path, 'utf8'), await formatDumps()));
