import { spawnSync } from 'node:child_process';
import { lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cluster, deployment, node, record, writeArchive } from '../cli/archive-file.js';
import { jacoFails, jacoSucceeds } from '../cli/jaco-process.js';
import { scratchFor } from '../cli/scratch-directory.js';
import { skipTest } from '../skipping.js';
import { findBrowser } from './browser.js';

const test = suite('the page about backups');
const scratch = scratchFor(test);
const markup = '<script>document.title="taken"</script><img src=x onerror="document.title=1">&"\'';

/** Backups of 24 days with a gap, growing, and of three more that are sealed or encrypted, in a place and under a cluster with markup in their names; and another cluster. */
async function writePage(): Promise<string> {
  const clusterId = `c-${markup}`;
  const directory = scratch.directory(`place ${markup.replaceAll('/', '_')}`);
  for (let day = 1; day <= 24; day += 1) {
    if (day >= 10 && day <= 15) continue;
    const name = String(day).padStart(2, '0');
    const events = Array.from({ length: day * 20 }, (_, number) => record(15, `event ${number} ${'x'.repeat(day)}`));
    const state = [cluster(clusterId), node('node-1'), deployment('shop', 1, 'y'.repeat(2_000)), ...events];
    await writeArchive(`${directory}/c-${name}.tar.gz`, state, { clusterId, takenAt: `2026-05-${name}T03:00:00Z` });
  }
  const identity = await generateIdentity();
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identity));
  for (const [day, schemaVersion, encrypted] of [
    [25, 2, false],
    [26, 2, true],
    [27, 1, true],
  ] as const) {
    const path = encrypted ? scratch.path('later.tar.gz') : `${directory}/c-${day}.tar.gz`;
    const changes = { clusterId, takenAt: `2026-05-${day}T03:00:00Z`, schemaVersion };
    await writeArchive(path, [cluster(clusterId)], changes);
    if (encrypted) writeFileSync(`${directory}/c-${day}.age`, await encrypter.encrypt(readFileSync(path)));
  }
  writeFileSync(scratch.path('key.txt'), `${identity}\n`);
  await writeArchive(`${directory}/${markup.replaceAll('/', '_')}.tar.gz`, [cluster('c-2')], { clusterId: 'c-2' });
  writeFileSync(`${directory}/<b>notes<b>.txt`, 'x');
  const page = scratch.path('backups.html');
  await jacoSucceeds(['list', directory, '--identity', scratch.path('key.txt'), '--html', page, '-o', 'json']);
  return page;
}

interface ParsedPage {
  readonly elements: readonly (readonly [string, Readonly<Record<string, string>>])[];
  readonly faults: readonly string[];
  readonly text: string;
}

function parsed(page: string): ParsedPage | undefined {
  const reader = fileURLToPath(new URL('../../../test/browser/read_page.py', import.meta.url));
  const { status, stdout, stderr } = spawnSync('python3', [reader, page], { encoding: 'utf8' });
  if (status === null) return undefined;
  assert.is(status, 0, stderr);
  return JSON.parse(stdout);
}

test('is one file, readable by everyone, and replaces an earlier page alone', async () => {
  const page = await writePage();
  assert.is(lstatSync(page).mode & 0o7777, 0o644);
  const directory = scratch.path('.');
  const before = readFileSync(page, 'utf8');
  await jacoSucceeds(['list', directory, '--html', page]);
  assert.is.not(readFileSync(page, 'utf8'), before);
  const archive = await writeArchive(scratch.path('a.tar.gz'), [cluster()]);
  const bytes = readFileSync(archive);
  assert.match(await jacoFails(['list', directory, '--html', archive]), 'something else is there');
  assert.ok(readFileSync(archive).equals(bytes));
  assert.match(await jacoFails(['list', directory, '--html', scratch.path()]), 'something else is there');
  assert.match(await jacoFails(['list', directory, '--html', '-']), '--html names no file');
});

test('needs nothing from elsewhere, runs nothing and is well-formed, for an HTML parser', async () => {
  const page = parsed(await writePage());
  if (page === undefined) return skipTest('parsing the page about backups: python3 is not installed');
  assert.equal(page.faults, []);
  const names = new Set(page.elements.map(([name]) => name));
  for (const name of ['script', 'img', 'link', 'iframe', 'object', 'b', 'base', 'form', 'a'])
    assert.not.ok(names.has(name), name);
  for (const [name, attributes] of page.elements) {
    const risky = Object.keys(attributes).filter((key) =>
      /^(?:on.*|style|href|src|srcset|xlink:href|action)$/.test(key),
    );
    assert.equal(risky, [], name);
  }
  assert.not.match(readFileSync(scratch.path('backups.html'), 'utf8'), /url\(|@import|https?:/);
  const policy = page.elements.find(([, { 'http-equiv': equivalent }]) => equivalent === 'Content-Security-Policy');
  assert.match(policy?.[1]['content'] ?? '', /^default-src 'none'; style-src 'sha256-/);
  // What was escaped reads as it was.
  assert.ok(page.text.includes(`Cluster c-${markup}`), page.text);
  assert.match(page.text, 'No backup between 2026-05-09T03:00:00Z and 2026-05-16T03:00:00Z');
  assert.match(page.text, '<b>notes<b>.txt');
});

/** Measures the page from within: what a reader would see. */
const probe = `<script>addEventListener('load', () => {
  const seen = (selector) => [...document.querySelectorAll(selector)].map((each) => each.getBoundingClientRect());
  const plots = [...document.querySelectorAll('svg.plot')].map((plot) => {
    const frame = plot.getBoundingClientRect();
    const bars = [...plot.querySelectorAll('.bar')].map((bar) => bar.getBoundingClientRect());
    const texts = [...plot.querySelectorAll('text')].map((text) => text.getBoundingClientRect());
    const inside = (box) => box.left >= frame.left - 1 && box.right <= frame.right + 1 && box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1;
    const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    return {
      heights: bars.map((box) => Math.round(box.height)),
      inside: [...bars, ...texts].every(inside),
      overlapping: texts.some((text, index) => texts.slice(index + 1).some((other) => overlap(text, other))),
      colours: [...new Set([...plot.querySelectorAll('.bar rect')].map((part) => getComputedStyle(part).fill))],
      gaps: plot.querySelectorAll('.gap').length,
    };
  });
  document.body.dataset.measured = JSON.stringify({ title: document.title, legends: [...document.querySelectorAll('.legend')].map((legend) => [...legend.children].map((entry) => entry.textContent.trim())), wide: document.documentElement.scrollWidth > innerWidth, plots, rows: seen('tbody tr').length });
})</script>`;

test('shows size and kinds over time in a real browser, which finds nothing to complain about', async () => {
  const page = await writePage();
  const browser = findBrowser(scratch.path('profile'));
  if (browser === undefined)
    return skipTest('looking at the page about backups: chromium-headless-shell is not installed');
  const { html, complaints } = browser.render(page);
  assert.equal(complaints, []);
  assert.match(html, /<title>Backups in /);
  assert.not.match(html, /<script|<img/);
  const probed = scratch.path('probed.html');
  const text = readFileSync(page, 'utf8');
  // The page's own policy would not let a script run.
  writeFileSync(
    probed,
    text.replace(/<meta http-equiv[^>]*>/, '').replace('</body>', () => `${probe}</body>`),
  );
  const measured = /data-measured="([^"]*)"/.exec(browser.render(probed).html)?.[1] ?? '';
  const { title, wide, plots, legends, rows } = JSON.parse(measured.replaceAll('&quot;', '"').replaceAll('&amp;', '&'));
  assert.match(title, /^Backups in .*place /);
  assert.is(wide, false);
  assert.is(rows, 22);
  assert.is(plots.length, 4);
  for (const plot of plots) assert.equal([plot.inside, plot.overlapping], [true, false], JSON.stringify(plot));
  // The newest cluster comes first; its series has the gap and grows.
  const [sizes, kinds] = plots;
  assert.is(kinds.gaps, 1);
  assert.ok(kinds.colours.length >= 3, 'a colour for each kind');
  assert.ok(kinds.heights[17] > 2 * kinds.heights[0], 'it grows');
  // The content of the sealed ones stays closed.
  assert.equal([sizes.heights.length, kinds.heights.length], [21, 19]);
  assert.is(sizes.colours.length, 4, 'a colour for each way to keep a state');
  assert.equal(legends[0], ['plain', 'sealed', 'encrypted', 'sealed, encrypted']);
  assert.match(html, 'The kinds of 2 of the backups are not known');
});

test('lets no script run that got into it, in a real browser', async () => {
  const page = await writePage();
  const browser = findBrowser(scratch.path('profile'));
  if (browser === undefined)
    return skipTest('trying a script in the page about backups: chromium-headless-shell is not installed');
  const forced = scratch.path('forced.html');
  const script = '<script>document.title = "taken"</script>';
  writeFileSync(
    forced,
    readFileSync(page, 'utf8').replace('</body>', () => `${script}</body>`),
  );
  const { html, complaints } = browser.render(forced);
  assert.match(html, /<title>Backups in /);
  assert.ok(
    complaints.some((line) => line.includes('Content Security Policy')),
    complaints.join('\n'),
  );
});

test.run();
