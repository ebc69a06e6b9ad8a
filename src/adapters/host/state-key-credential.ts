import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stateKeyCredential } from '../../domain/values/daemon-defaults.js';

/** Where systemd looks for the units of the system, the strongest first (systemd.unit(5)). */
export const systemUnitDirectories: readonly string[] = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
];

/** The daemon's unit, as its packages install it. */
const unitName = 'jaco.service';

/** The settings that give a service a credential by its name (systemd.exec(5)). */
const setting = /^\s*(?:(?:Load|Set)Credential(?:Encrypted)?|ImportCredential)\s*=\s*([^:\s]*)/;

/**
 * What shows that the daemon gets its keyring from systemd: the credential itself, where this process runs in the same
 * unit, or the file of the unit that names it. Only reads files, as systemd itself may not be asked in a container. A
 * file that cannot be read shows nothing.
 */
export async function findStateKeyCredential(
  environment: Readonly<Record<string, string | undefined>>,
  unitDirectories: readonly string[],
): Promise<string | undefined> {
  const directory = environment['CREDENTIALS_DIRECTORY'];
  if (directory !== undefined && directory !== '') {
    const path = join(directory, stateKeyCredential);
    if (await isThere(path)) return path;
  }
  return unitWithCredential(unitDirectories);
}

async function unitWithCredential(unitDirectories: readonly string[]): Promise<string | undefined> {
  let found: string | undefined;
  for (const path of await filesOfUnit(unitDirectories)) {
    for (const line of (await readFile(path, 'utf8').catch(() => '')).split('\n')) {
      const name = setting.exec(line)?.[1];
      if (name === stateKeyCredential) found = path;
      // An empty setting takes back what was set before.
      else if (name === '') found = undefined;
    }
  }
  return found;
}

/** The unit itself, and then what is dropped in, in the order of the names. */
async function filesOfUnit(unitDirectories: readonly string[]): Promise<readonly string[]> {
  const dropIns = new Map<string, string>();
  // What a stronger directory has under the same name comes in place of it.
  for (const directory of [...unitDirectories].reverse()) {
    const place = join(directory, `${unitName}.d`);
    for (const name of await readdir(place).catch(() => [])) {
      if (name.endsWith('.conf')) dropIns.set(name, join(place, name));
    }
  }
  const names = [...dropIns.keys()].sort((one, other) => (one < other ? -1 : 1));
  const unit = await firstThere(unitDirectories.map((directory) => join(directory, unitName)));
  return [...(unit === undefined ? [] : [unit]), ...names.map((name) => dropIns.get(name) as string)];
}

async function firstThere(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if (await isThere(path)) return path;
  return undefined;
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
