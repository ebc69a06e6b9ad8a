import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { refuseWithoutRoom, roomFor, warnOfUnknownRoom } from '../../../src/domain/restore/free-room.js';
import { previewRestore } from '../../../src/domain/restore/preview-restore.js';
import { restoreArchive } from '../../../src/domain/restore/restore-archive.js';
import { targetPreconditions } from '../../../src/domain/restore/target-preview.js';
import { restoring } from '../../../src/domain/restore/undertaking.js';
import { inspection } from '../builders.js';
import { refusalOf, rejectionOf } from '../refusal.js';
import { restoreStage, wish } from './restore-stage.js';

const test = suite('the room for a restore');
const never = new AbortController().signal;
const gigabyte = 1024 ** 3;

test('is the size of the store and a little more', () => {
  const { neededBytes, freeBytes } = roomFor(gigabyte, inspection({ freeBytes: 7 }));
  assert.ok(neededBytes > gigabyte && neededBytes < gigabyte + 1024 ** 2);
  assert.is(freeBytes, 7);
});

test('is refused where it does not suffice, with how much is needed and how much is there', () => {
  const target = inspection({ path: '/data\u001b', freeBytes: 500 });
  const { message, details } = refusalOf('space_insufficient', () =>
    refuseWithoutRoom(target, { neededBytes: 501, freeBytes: 500 }, restoring),
  );
  assert.is(
    message,
    'cannot restore into /data\\u{1b}: that takes 501 bytes (501 B), and 500 bytes (500 B) are free on its file system.',
  );
  assert.equal(details, { path: '/data\u001b', neededBytes: '501', freeBytes: '500' });
});

test('suffices to the byte', () => {
  assert.not.throws(() => refuseWithoutRoom(inspection(), { neededBytes: 500, freeBytes: 500 }, restoring));
  assert.ok(targetPreconditions(inspection(), false, { neededBytes: 500, freeBytes: 500 }).every(({ holds }) => holds));
});

test('stops nothing where the file system does not tell, which is a warning', async () => {
  const unknown = { neededBytes: gigabyte, freeBytes: undefined };
  assert.not.throws(() => refuseWithoutRoom(inspection(), unknown, restoring));
  assert.not.ok(targetPreconditions(inspection(), false, unknown).some(({ sentence }) => sentence.includes('room')));
  assert.equal(
    warnOfUnknownRoom(inspection(), unknown).map(({ sentence }) => sentence),
    ['how much room is free for /data cannot be told; 1.0 GiB are needed'],
  );
  const { ports } = restoreStage({ inspection: { freeBytes: undefined } });
  for (const { warnings } of [await previewRestore(ports, wish(), never), await restoreArchive(ports, wish(), never)]) {
    assert.ok(warnings.some((warning) => warning.sentence.startsWith('how much room is free for /var/lib/jaco')));
  }
});

test('is looked for before anything is written, and before the state is read', async () => {
  const { ports, steps } = restoreStage({ inspection: { freeBytes: 200_000 } });
  await rejectionOf('space_insufficient', restoreArchive(ports, wish(), never));
  assert.not.ok(steps.includes('stage store'));
});

test.run();
