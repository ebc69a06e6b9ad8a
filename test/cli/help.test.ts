import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { jacoFails, jacoSucceeds, runJaco } from './jaco-process.js';

const test = suite('help, version and words that are no commands');
const packageJson = fileURLToPath(new URL('../../../package.json', import.meta.url));

const commands = [
  ['backup'],
  ['restore'],
  ['inspect'],
  ['diff'],
  ['cluster'],
  ['cluster', 'status'],
  ['audit'],
  ['sandbox'],
  ['completion'],
];

test('lists every command and shows examples', async () => {
  const help = await jacoSucceeds(['--help']);
  for (const [name] of commands) assert.match(help, new RegExp(`^  ${name}\\b.{5,}`, 'm'));
  assert.match(help, /^Examples:\n( {2}\S.*\n){2,}/m);
});

for (const words of commands) {
  test(`shows usage, options and examples of ${words.join(' ')}`, async () => {
    const [byFlag, byCommand] = await Promise.all([
      jacoSucceeds([...words, '--help']),
      jacoSucceeds(['help', ...words]),
    ]);
    assert.is(byFlag, byCommand);
    assert.match(byFlag, new RegExp(`^Usage: jaco ${words.join(' ')} `));
    assert.match(byFlag, /^Examples:\n( {2}(sudo )?\S.*\n)+/m);
    assert.ok(
      byFlag
        .split('\n\nExamples:')[0]
        ?.split('\n')
        .every((line) => line.length <= 80),
      'a line is too wide',
    );
  });
}

for (const [words, flags] of [
  [['backup'], ['--server', '--token', '--ca-cert', '--socket', '--output', '--timeout']],
  [['restore'], ['--input', '--name', '--data-dir', '--advertise-addr', '--daemon-version', '--dry-run', '--socket']],
  [
    ['cluster', 'status'],
    ['--server', '--socket', '-o, --format'],
  ],
  [['audit'], ['--type', '--since', '-o, --format']],
  [['inspect'], ['--list', '--daemon-version', '--identity', '--max-snapshot-size', '-o, --format']],
  [['diff'], ['--identity', '--max-snapshot-size', '-o, --format']],
  [['sandbox'], ['--data-dir', '--socket', '--listen', '--name']],
] as const) {
  test(`explains the flags of ${words.join(' ')}`, async () => {
    const help = await jacoSucceeds([...words, '--help']);
    for (const flag of flags) assert.match(help, new RegExp(`^  ${flag}\\b.*  \\S`, 'm'));
  });
}

for (const [flag, defaults] of Object.entries({
  '--ca-cert': ['JACO_CA_CERT', '/var/lib/jaco/node/ca.crt'],
  '--socket': ['JACO_SOCKET', '/var/run/jaco/jaco.sock'],
  '--token': ['JACO_TOKEN'],
  '--timeout': ['5m'],
})) {
  test(`shows the default of ${flag}`, async () => {
    const help = (await jacoSucceeds(['backup', '--help'])).replace(/\s+/g, ' ');
    const explanation = help.slice(help.indexOf(` ${flag} <`)).slice(0, 160);
    for (const word of defaults) assert.ok(explanation.includes(word), explanation);
  });
}

test('prints the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(packageJson, 'utf8')) as { version: string };
  assert.is(await jacoSucceeds(['--version']), `${version}\n`);
  assert.is(await jacoSucceeds(['-V']), `${version}\n`);
});

for (const [words, meant] of Object.entries({
  bakcup: 'backup',
  restor: 'restore',
  'cluster stauts': 'status',
  'help backpu': 'backup',
  'help cluster stats': 'status',
  'backup --ouput x': '--output',
  'restore --dryrun': '--dry-run',
  'sandbox --datadir x': '--data-dir',
  'complesion bash': 'completion',
  '--verison': '--version',
})) {
  test(`says what "jaco ${words}" meant`, async () => {
    const sentence = await jacoFails(words.split(' '));
    assert.match(sentence, /^Error: unknown (command|option) '\S+' \(Did you mean \S+\?\)\. See jaco [a-z ]*--help\.$/);
    assert.ok(sentence.includes(`(Did you mean ${meant}?)`), sentence);
  });
}

for (const [words, expected] of Object.entries({
  frobnicate: "Error: unknown command 'frobnicate'. See jaco --help.",
  'backup --output': "Error: option '--output <file>' argument missing. See jaco backup --help.",
  'backup a.tar.gz': "Error: too many arguments for 'backup'. Expected 0 arguments but got 1. See jaco backup --help.",
  backup: 'Error: --output <file> is required. See jaco backup --help.',
  'backup --output=': 'Error: --output <file> is empty. See jaco backup --help.',
  'restore --name n': 'Error: --input <file> is required. See jaco restore --help.',
  drill: 'Error: --input <file>, --newest-of <place> or --from <dir> is required. See jaco drill --help.',
  'drill --input=': 'Error: --input <file> is empty. See jaco drill --help.',
  'list s3://':
    'Error: s3:// names no bucket. Write s3://, then the name of the bucket: 3 to 255 letters, digits, ".", "-" and "_".',
  'prune /b --keep-within 1x': 'Error: --keep-within "1x" is not a span of time. Write it like 30s, 1h30m or 7d.',
  'prune /b --keep-within 99999999999w':
    'Error: --keep-within "99999999999w" is longer than any span of time that can be counted. Give a shorter one.',
  'restore --input f': 'Error: --name <hostname> is required. See jaco restore --help.',
  'restore --input f --name n --data-dir=': 'Error: --data-dir <path> is empty. See jaco restore --help.',
  'restore --input f --name n --daemon-version=':
    'Error: --daemon-version <version> is empty. See jaco restore --help.',
  'cluster status --socket=': 'Error: --socket <path> is empty. See jaco cluster status --help.',
  'sandbox --data-dir=': 'Error: --data-dir <path> is empty. See jaco sandbox --help.',
  'restore --input f --name n -o xml': 'Error: there is no output format "xml". Choose one of text, json.',
  'cluster status -o xml': 'Error: there is no output format "xml". Choose one of table, json, yaml.',
  'audit -o yaml': 'Error: there is no output format "yaml". Choose one of table, json.',
  'audit --since yesterday': 'Error: --since "yesterday" is not a span of time. Write it like 30s, 1h30m or 7d.',
  'backup --output f --timeout 0s': 'Error: --timeout "0s" is not a span of time. Write it like 30s, 1h30m or 7d.',
  'backup --output f --timeout 5': 'Error: --timeout "5" is not a span of time. Write it like 30s, 1h30m or 7d.',
  'backup --output f --max-snapshot-size lots':
    'Error: --max-snapshot-size "lots" is not a size. Write it like 512MiB or 20GB.',
})) {
  test(`refuses "jaco ${words}"`, async () => assert.is(await jacoFails(words.split(' ')), expected));
}

test('names the audit event types where one is not known', async () => {
  const sentence = await jacoFails(['audit', '--type', 'backup_taken,backup']);
  assert.match(
    sentence,
    /^Error: there is no audit event type "backup"\. Choose from apply, .*backup_taken, restore_completed/,
  );
});

for (const words of [[], ['cluster']]) {
  test(`prints help on stderr for "jaco ${words.join(' ')}" alone`, async () => {
    const { code, stdout, stderr } = await runJaco(words);
    assert.is(code, 1);
    assert.is(stdout, '');
    assert.match(stderr, /^Usage: jaco /);
  });
}

test.run();
