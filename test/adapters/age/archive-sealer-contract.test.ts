import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { createAgeArchiveOpener } from '../../../src/adapters/age/age-archive-opener.js';
import { createAgeArchiveSealer } from '../../../src/adapters/age/age-archive-sealer.js';
import { archiveSealerContract } from '../../contracts/archive-sealer.contract.js';
import { maskingSealer } from '../../fakes/masking-sealer.js';

const identity = await generateIdentity();
const directory = await mkdtemp(join(tmpdir(), 'jaco-test-'));
const identityFile = join(directory, 'identity.txt');
await writeFile(identityFile, `${identity}\n`, { mode: 0o600 });
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));

archiveSealerContract('age', async () => ({
  sealer: await createAgeArchiveSealer([await identityToRecipient(identity)]),
  open: createAgeArchiveOpener(identityFile),
}));

archiveSealerContract('in memory', async () => ({ sealer: maskingSealer, open: maskingSealer.seal }));
