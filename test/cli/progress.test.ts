import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { skipCases } from '../skipping.js';
import { cluster, deployment, writeArchive } from './archive-file.js';
import { jacoSucceeds, runJaco } from './jaco-process.js';
import { hasPseudoTerminals, runOnTerminal } from './pseudo-terminal.js';
import { type RunningSandbox, startSandbox } from './running-sandbox.js';
import { scratchFor, sharedScratchFor } from './scratch-directory.js';

const test = suite('progress on a terminal');
const shared = sharedScratchFor(test);
const scratch = scratchFor(test);
const esc = '\u001b';
let sandbox: RunningSandbox;
let archive: string;

test.before(async () => {
  sandbox = await startSandbox(shared.path('node'), ['--name', 'node-1']);
  archive = await writeArchive(shared.path('a.tar.gz'), [cluster(), deployment('web')]);
});
test.after(async () => {
  await sandbox.stop();
});

const backup = (...flags: string[]) => ['backup', '--socket', sandbox.socket, '--output', scratch.path('b'), ...flags];
const restore = (...flags: string[]) => [
  ...['restore', '--input', archive, '--name', 'node-1', '--data-dir', scratch.path('data')],
  ...['--advertise-addr', '10.0.0.1:7001', '--socket', scratch.path('none'), ...flags],
];

if (hasPseudoTerminals === true) {
  test('shows how much a backup has received, and takes the line away before the result', () => {
    const { code, shown } = runOnTerminal(backup());
    assert.is(code, 0, shown);
    assert.match(shown, /Received [0-9.]+ (B|KiB), /);
    // The last that is shown of the progress is that its line is erased.
    assert.ok(shown.lastIndexOf(`${esc}[2K`) > shown.lastIndexOf('Received '));
    assert.ok(shown.lastIndexOf('Wrote ') > shown.lastIndexOf(`${esc}[2K`));
  });

  test('shows how much of an archive a restore has read', () => {
    const { code, shown } = runOnTerminal(restore());
    assert.is(code, 0, shown);
    assert.match(shown, /Read [0-9]+ B of [0-9]+ B \(100 %\), /);
    assert.ok(shown.lastIndexOf('Restored cluster ') > shown.lastIndexOf(`${esc}[2K`));
  });

  for (const [command, result] of [
    [() => ['inspect', archive], 'Restore: '],
    [() => ['drill', '--input', archive, '--work-dir', scratch.directory('work')], ' restores.'],
    [() => ['diff', archive, archive], 'The states are the same'],
  ] as const) {
    test(`shows how much jaco ${command()[0]} has read, and takes the line away before the result`, () => {
      const { code, shown } = runOnTerminal([...command()]);
      assert.is(code, 0, shown);
      assert.match(shown, /Read [0-9]+ B[^\n]*, /);
      assert.ok(shown.lastIndexOf(result) > shown.lastIndexOf(`${esc}[2K`), shown);
    });
  }

  test('shows it on one line, and takes that away, where the terminal does not know its size', () => {
    for (const command of [backup, restore]) {
      const { code, shown } = runOnTerminal(command(), { NO_COLOR: '1' }, '', 'cols 0 rows 0');
      assert.is(code, 0, shown);
      // With a width of 0 each letter would get its own line.
      assert.match(shown, /(Received|Read) [0-9.]+ (B|KiB)[^\n]*, 0s\r\n/);
      assert.match(shown.slice(shown.lastIndexOf(`${esc}[2K`)), /(Wrote|Restored) /);
    }
  });

  test('takes the line away before an error', () => {
    const { code, shown } = runOnTerminal(['backup', '--socket', scratch.path('none'), '--output', scratch.path('b')]);
    assert.is(code, 1);
    assert.ok(shown.lastIndexOf('Error: ') > shown.lastIndexOf(`${esc}[2K`));
  });

  test('colours only where NO_COLOR does not forbid it', () => {
    assert.ok(runOnTerminal(backup()).shown.includes(`${esc}[2m`));
    const plain = runOnTerminal(backup(), { NO_COLOR: '1' }).shown;
    assert.match(plain, /Received /);
    assert.not.match(plain, new RegExp(`${esc}\\[[0-9;]*m`));
  });

  for (const [what, flags, environment] of [
    ['--quiet', ['--quiet'], {}],
    ['a terminal that cannot rewrite a line', [], { TERM: 'dumb' }],
  ] as const) {
    test(`shows none with ${what}`, () => {
      for (const command of [backup, restore]) {
        const { code, shown } = runOnTerminal(command(...flags), environment);
        assert.is(code, 0, shown);
        assert.not.match(shown, /Received |Read |\[2K/);
      }
    });
  }

  test('keeps it out of redirected output', () => {
    const { shown } = runOnTerminal(backup(), {}, `2> '${scratch.path('stderr')}'`);
    assert.match(shown, /^Wrote [^\n]*\n$/);
    assert.is(readFileSync(scratch.path('stderr'), 'utf8'), '');
  });
} else {
  skipCases('progress on a terminal (script of util-linux is not installed)');
}

test('shows none in pipes', async () => {
  assert.is((await runJaco(backup())).stderr, '');
  assert.not.match((await runJaco(restore())).stderr, /Read /);
});

test('leaves out the text of a restore with --quiet, and not its JSON', async () => {
  assert.is(await jacoSucceeds(restore('--quiet')), '');
  const again = restore('--quiet', '-o', 'json', '--data-dir', scratch.path('other'));
  assert.is(JSON.parse(await jacoSucceeds(again)).restored, true);
});

test.run();
