// The text of THIRD_PARTY_LICENSES, and where Node's own licence is found, which goes with the executable.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
 * What goes with the executable: the licences of jaco, of its packages and of the Node that carries it.
 * @param {string} root
 * @param {string | undefined} nodeLicense the path of Node's LICENSE, where it lies elsewhere than usual
 * @throws Error Node's licence is not found
 */
export function licensesOfExecutable(root, nodeLicense) {
  const parts = ['LICENSE', 'THIRD_PARTY_LICENSES'].map((name) => readFileSync(join(root, name), 'utf8').trim());
  const node = `The executable contains Node.js ${process.versions.node}, whose licence and those of what it contains follow.`;
  return [...parts, rule, node, rule, '', readFileSync(nodeLicensePath(nodeLicense), 'utf8')].join('\n');
}

/** @param {string | undefined} given */
function nodeLicensePath(given) {
  const prefix = dirname(dirname(process.execPath));
  // As nodejs.org, its container images and version managers lay it out; then as Linux distributions do.
  const usual = ['LICENSE', 'share/doc/nodejs/LICENSE', 'share/doc/node/LICENSE', 'share/licenses/nodejs/LICENSE'];
  const places = given === undefined ? usual.map((place) => join(prefix, place)) : [given];
  const found = places.find((path) => existsSync(path) && readFileSync(path, 'utf8').startsWith('Node.js is licensed'));
  if (found !== undefined) return found;
  throw new Error(
    `the licence of Node.js ${process.versions.node} must go with what contains it, and is not at ${places.join(' or ')}. Name its file LICENSE with --node-license.`,
  );
}
