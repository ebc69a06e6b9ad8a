import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { terminalPicture } from '../../scripts/terminal-picture.mjs';
import { projectRoot } from './installed-package.js';

const test = suite('docs/demo.svg');
const picture = readFileSync(join(projectRoot, 'docs/demo.svg'), 'utf8');

test('shows what the program prints today (npm run generate brings it up to date)', () => {
  const recorder = join(projectRoot, 'scripts/record-demo.mjs');
  const { status, stderr } = spawnSync(process.execPath, [recorder, '--check'], { encoding: 'utf8' });
  assert.is(status, 0, stderr);
});

test('needs nothing but itself: no script, no font and no address', () => {
  assert.not.match(picture, /<script|@import|@font-face|url\(|href|\son\w+=/);
});

test('is what README.md shows before its first section', () => {
  const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');
  assert.match(readme.slice(0, readme.indexOf('\n## ')), '](docs/demo.svg)');
});

test('holds the output letter by letter, with any characters', () => {
  const drawn = terminalPicture('a "title"', [['$ jaco <x> & y', 'a < b  c']]);
  assert.match(drawn, '<tspan class="typed"> jaco &lt;x> &amp; y</tspan>');
  assert.match(drawn, '>a &lt; b  c</text>');
  assert.match(drawn, 'aria-label="a &quot;title&quot;"');
});

test('wraps a line that is wider than the terminal, as a terminal does', () => {
  const texts = terminalPicture('', [['x'.repeat(250)]]).match(/x+(?=<\/text>)/g) ?? [];
  assert.equal(
    texts.map(({ length }) => length),
    [104, 104, 42],
  );
});

test.run();
