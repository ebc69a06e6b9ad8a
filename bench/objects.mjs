// Backup to and restore from object storage, a real server on loopback, against the same to and from a file.
import { join } from 'node:path';
import { serveArchive } from './archive-daemon.mjs';
import { serveObjects } from './object-server.mjs';
import { archiveOf, clear, numberFrom, printRace, program, race, sizeOf, workDirectory } from './runs.mjs';

const sizeMebibytes = numberFrom('mib', 1024);
const archive = archiveOf(sizeMebibytes);
const [output, target, socket] = /** @type {[string, string, string]} */ (
  ['objects.tar.gz', 'objects-restored', 'objects.sock'].map((name) => join(workDirectory, name))
);
const daemon = await serveArchive(archive, `unix:${socket}`);
const objects = await serveObjects();
const { environment } = objects;
const backup = [process.execPath, program, 'backup', '--socket', socket, '--output'];
const restore = [process.execPath, program, 'restore', '--name', 'bench', '--advertise-addr', '10.0.0.1:7001'];
const into = ['--data-dir', target, '--socket', '/nonexistent', '--input'];
const prepare = () => clear(target);
console.log(`state of ${sizeMebibytes} MiB, ${(sizeOf(archive) / 1048576).toFixed(0)} MiB compressed`);
try {
  printRace(
    await race(
      [
        {
          name: 'jaco backup to object storage',
          prepare: () => objects.remove('c.tar.gz'),
          command: [...backup, objects.word('c.tar.gz')],
          environment,
        },
        { name: 'jaco backup to a file', prepare: () => clear(output), command: [...backup, output] },
      ],
      numberFrom('rounds', 7),
    ),
  );
  printRace(
    await race(
      [
        {
          name: 'jaco restore from object storage',
          prepare,
          command: [...restore, ...into, objects.word('c.tar.gz')],
          environment,
        },
        { name: 'jaco restore from a file', prepare, command: [...restore, ...into, output] },
      ],
      numberFrom('rounds', 7),
    ),
  );
} finally {
  daemon.stop();
  objects.stop();
  for (const path of [output, target]) clear(path);
}
