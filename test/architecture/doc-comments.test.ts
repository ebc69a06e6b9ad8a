import ts from 'typescript';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type SourceFile, sourceFiles } from './source-files.js';

const test = suite('doc comments');

/** The exported functions, types and constants of a file without a doc comment, as "path:line name". */
function unexplained({ path, text }: SourceFile): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  return source.statements.filter(isExported).filter(isWithoutComment).map(placeOf);

  function isWithoutComment(statement: ts.Statement): boolean {
    const comments = ts.getLeadingCommentRanges(text, statement.getFullStart()) ?? [];
    return !comments.some(({ pos }) => text.startsWith('/**', pos));
  }

  function placeOf(statement: ts.Statement): string {
    const line = source.getLineAndCharacterOfPosition(statement.getStart(source)).line + 1;
    return `${path}:${line} ${namesOf(statement)}`;
  }
}

function isExported(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  return modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

function namesOf(statement: ts.Statement): string {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText()).join(', ');
  }
  return (statement as ts.DeclarationStatement).name?.getText() ?? 'default';
}

test('are at every export of src, and of the example that others copy', () => {
  assert.equal(['src', 'examples/http/src', 'examples/http/test'].flatMap(sourceFiles).flatMap(unexplained), []);
});

test('are required at an export that has none, or only a line comment', () => {
  const text =
    '/** Why. */\nexport const told = 1;\n// No.\nexport type Untold = 2;\nexport function untold() {}\nconst own = 3;\n';
  assert.equal(unexplained({ path: 'a.ts', text }), ['a.ts:4 Untold', 'a.ts:5 untold']);
});

test.run();
