import ts from 'typescript';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type SourceFile, sourceFiles } from './source-files.js';

const test = suite('the words of frontends');

/** Words that make sense only on a command line: flags, shell programs, variables, commands. */
const words = [
  /(?:^|[^\w-])--[a-z][a-z-]*/,
  /\b(?:sudo|systemctl|chown)\b/,
  /\bJACO_[A-Z]/,
  /\bjaco (?:backup|restore|inspect|diff|drill|audit|sandbox|completion|cluster|node|status)\b/,
  /\$\(/,
] as const;

/** Exceptions: flags of a program that an adapter runs. */
const ofOtherPrograms = new Set([
  // Of jacod, to get its version.
  'src/adapters/host/node-host-facts.ts --version',
]);

/** The literals of a file with words of one frontend, as "path text". Comments are not literals. */
function spoken({ path, text }: SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const literal = textOf(node);
    if (literal !== undefined && words.some((word) => word.test(literal))) found.push(`${path} ${literal}`);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true));
  return found;
}

/** Strings, and each literal piece of a template. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  return ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node) ? node.text : undefined;
}

for (const folder of ['src/domain', 'src/ports', 'src/adapters', 'src/documents', 'src/composition']) {
  test(`are in no literal of ${folder}, which other frontends use too`, () => {
    assert.equal(
      sourceFiles(folder)
        .flatMap(spoken)
        .filter((place) => !ofOtherPrograms.has(place)),
      [],
    );
  });
}

test('are allowed only where the exception is still there', () => {
  const places = new Set(sourceFiles('src/adapters').flatMap(spoken));
  assert.equal(
    [...ofOtherPrograms].filter((place) => !places.has(place)),
    [],
  );
});

for (const literal of [
  "'Give the archive with --input.'",
  '`--name "$' + '{name}" cannot be a hostname`',
  '`start it with $' + '{what}, or with --name`',
  "'Run it with sudo.'",
  "'Stop it: systemctl stop jaco'",
  '"Point JACO_DATA_DIR at a fresh directory."',
  "'Run jaco restore again.'",
  "environment['JACO_CONFIG']",
  "{ example: '--name $(hostname)' }",
]) {
  test(`are found in ${literal}`, () => {
    assert.is(spoken({ path: 'a.ts', text: `const said = ${literal};` }).length, 1);
  });
}

for (const text of [
  '// Reads --output.\nconst a = 1;',
  "/** `--bare`: nothing. */\nconst a = 'a bare restore';",
  "const a = '-----BEGIN CERTIFICATE-----';",
  "const a = 'Restore it with the jaco of the release that took it.';",
  "const a = 'another jaco process uses it';",
  'count--;',
]) {
  test(`are not found in ${JSON.stringify(text)}`, () => {
    assert.equal(spoken({ path: 'a.ts', text }), []);
  });
}

test.run();
