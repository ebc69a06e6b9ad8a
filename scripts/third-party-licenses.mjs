// The text of THIRD_PARTY_LICENSES, and that of the licences shipped with the executable, which also contains Node.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shippedPackages } from './shipped-packages.mjs';

const rule = '='.repeat(100);

/** The whole file. @param {string} root where the sources and node_modules lie */
export async function thirdPartyLicenses(root) {
  const packages = await shippedPackages(root);
  const width = Math.max(...packages.map(titleOf).map(({ length }) => length));
  /** @type {Map<string, import('./shipped-packages.mjs').ShippedPackage[]>} */
  const byText = new Map();
  for (const shipped of packages) byText.set(shipped.text, [...(byText.get(shipped.text) ?? []), shipped]);
  return [
    'Third-party licences of jaco',
    '',
    'jaco itself is licensed under the Apache License 2.0 (the file LICENSE). It contains or uses the packages below.',
    'Those marked with * are inside the program (dist/ and the executable); the others are installed beside the library.',
    'Made by `npm run generate` from package-lock.json and the bundles: not to be edited.',
    '',
    ...packages.map((each) => `${each.bundled ? '*' : ' '} ${titleOf(each).padEnd(width)}  ${each.licence}`),
    '',
    ...[...byText].flatMap(([text, sharing]) => [rule, ...sharing.map(titleOf), rule, '', text, '']),
  ].join('\n');
}

/** @param {import('./shipped-packages.mjs').ShippedPackage} shipped */
function titleOf({ name, version }) {
  return `${name} ${version}`;
}

/**
 * The licences shipped with the executable: those of jaco, of its packages and of the Node that it carries.
 * @param {string} root
 * @param {import('./carried-node.mjs').CarriedNode} node
 */
export function licensesOfExecutable(root, node) {
  const parts = ['LICENSE', 'THIRD_PARTY_LICENSES'].map((name) => readFileSync(join(root, name), 'utf8').trim());
  const heading = `The executable contains Node.js ${node.version}, whose licence and those of what it contains follow.`;
  return [...parts, rule, heading, rule, '', node.license].join('\n');
}
