// Commands that only read archives, against what inflating alone takes: asynchronously, as Node documents it.
import { archiveOf, numberFrom, printRace, program, race, workDirectory } from './runs.mjs';

const archive = archiveOf(numberFrom('mib', 1024), 'named');
const rounds = numberFrom('rounds', 5);

const inflating = `
  const [{ createReadStream }, { Writable }, { pipeline }, { createGunzip }] = await Promise.all(
    ['node:fs', 'node:stream', 'node:stream/promises', 'node:zlib'].map((name) => import(name)));
  const chunk = 512 * 1024;
  for (const path of process.argv.slice(1)) {
    const nowhere = new Writable({ write: (bytes, encoding, done) => done() });
    await pipeline(createReadStream(path, { highWaterMark: chunk }), createGunzip({ chunkSize: chunk }), nowhere);
  }`;

/** @param {readonly string[]} paths */
const inflate = (...paths) => [process.execPath, '--input-type=module', '-e', inflating, ...paths];

/** @param {readonly string[]} words */
const jaco = (...words) => [process.execPath, program, ...words];

const both = [archive, archive];
const inspect = { name: 'jaco inspect', command: jaco('inspect', archive) };
const drill = { name: 'jaco drill', command: jaco('drill', '--input', archive, '--work-dir', workDirectory) };
const diff = { name: 'jaco diff', command: jaco('diff', ...both) };
const one = { name: 'inflating alone', command: inflate(archive) };
printRace(await race([inspect, one], rounds));
printRace(await race([drill, one], rounds));
printRace(await race([diff, { name: 'inflating both, one after the other', command: inflate(...both) }], rounds));
