// Rewrites THIRD_PARTY_LICENSES. With --check it writes nothing and fails if the file differs.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { thirdPartyLicenses } from './third-party-licenses.mjs';

const root = new URL('..', import.meta.url).pathname;
const path = join(root, 'THIRD_PARTY_LICENSES');
const text = await thirdPartyLicenses(root);

if (!process.argv.includes('--check')) {
  writeFileSync(path, text);
} else if (readFileSync(path, 'utf8') !== text) {
  console.error('THIRD_PARTY_LICENSES is not what is installed and bundled. Run npm run generate.');
  process.exitCode = 1;
}
