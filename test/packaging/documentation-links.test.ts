import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sourceFiles } from '../architecture/source-files.js';
import { projectRoot } from './installed-package.js';
import { markdownPages } from './markdown-pages.js';

const test = suite('the links of the documentation');

const pages = markdownPages();

/** The relative links of a page, outside code blocks. */
function linksOf(text: string): readonly string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link).filter((link) => !link.includes('://'));
}

/** The anchors that a page's headings have where it is shown. */
function anchorsOf(text: string): readonly string[] {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Why a link leads nowhere; undefined where it leads somewhere. */
function brokenLink(page: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(projectRoot, target))) return `${page}: ${link}`;
  if (anchor === undefined || statSync(join(projectRoot, target)).isDirectory()) return undefined;
  const known = anchorsOf(readFileSync(join(projectRoot, target), 'utf8'));
  return known.includes(anchor) ? undefined : `${page}: ${link}`;
}

test('lead to files and headings that are there', () => {
  const links = pages.flatMap(({ path, text }) => linksOf(text).map((link) => brokenLink(path, link)));
  assert.ok(links.length > 30, String(links.length));
  assert.equal(
    links.filter((link) => link !== undefined),
    [],
  );
});

test('would be missed with a wrong file or a wrong heading', () => {
  assert.is(brokenLink('README.md', 'docs/nowhere.md'), 'README.md: docs/nowhere.md');
  assert.is(brokenLink('README.md', '#nowhere'), 'README.md: #nowhere');
  assert.is(brokenLink('README.md', '#use-it'), undefined);
});

test('and the pages that are named in passing, in prose and in comments, are there', () => {
  const texts = [...pages, ...['src', 'test', 'scripts'].flatMap(sourceFiles)];
  const named = texts.flatMap(({ path, text }) =>
    [...text.matchAll(/\bdocs\/[a-z0-9/-]+\.(?:md|svg)\b/g)].map(([name]) => ({ path, name })),
  );
  const missing = named.filter(({ name }) => !existsSync(join(projectRoot, name)) && name !== 'docs/nowhere.md');
  assert.equal(missing, []);
});

test.run();
