// The operators of mutate-domain.mjs: every small change of a compiled file that its tests should notice.
import ts from 'typescript';

/** @typedef {{ start: number, end: number, text: string, name: string }} Mutation */

/** What a binary operator is exchanged for. */
const exchanges = new Map([
  ['<', '<='],
  ['<=', '<'],
  ['>', '>='],
  ['>=', '>'],
  ['===', '!=='],
  ['!==', '==='],
  ['&&', '||'],
  ['||', '&&'],
  ['??', '&&'],
  ['+', '-'],
  ['-', '+'],
  ['*', '/'],
  ['/', '*'],
  ['%', '*'],
]);

/**
 * Every mutation of one file, in the order of its text.
 * @param {string} text
 * @returns {Mutation[]}
 */
export function mutationsOf(text) {
  const source = ts.createSourceFile('mutant.js', text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.JS);
  /** @type {Mutation[]} */
  const found = [];
  /** @param {ts.Node} node @param {string} replacement @param {string} name */
  const replace = (node, replacement, name) =>
    found.push({ start: node.getStart(source), end: node.getEnd(), text: replacement, name });

  /** @param {ts.Node} node */
  function visit(node) {
    if (ts.isBinaryExpression(node)) {
      const exchanged = exchanges.get(node.operatorToken.getText(source));
      if (exchanged !== undefined) replace(node.operatorToken, exchanged, 'operator');
    } else if (ts.isIfStatement(node)) {
      replace(node.expression, 'true', 'condition');
      replace(node.expression, 'false', 'condition');
    } else if (ts.isConditionalExpression(node)) {
      replace(node.condition, 'true', 'condition');
      replace(node.condition, 'false', 'condition');
    } else if (ts.isNumericLiteral(node) || ts.isBigIntLiteral(node)) {
      const suffix = ts.isBigIntLiteral(node) ? 'n' : '';
      replace(node, `(${node.getText(source)} + 1${suffix})`, 'number');
    } else if (node.kind === ts.SyntaxKind.TrueKeyword) replace(node, 'false', 'boolean');
    else if (node.kind === ts.SyntaxKind.FalseKeyword) replace(node, 'true', 'boolean');
    else if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
      replace(node, node.operand.getText(source), 'negation');
    } else if (ts.isThrowStatement(node) || ts.isExpressionStatement(node)) replace(node, ';', 'statement');
    else if (ts.isReturnStatement(node) && node.expression && node.expression.getText(source) !== 'undefined')
      replace(node.expression, 'undefined', 'result');
    ts.forEachChild(node, visit);
  }

  visit(source);
  return found.sort((a, b) => a.start - b.start);
}
