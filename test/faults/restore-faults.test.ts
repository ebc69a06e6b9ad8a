import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isJacoError, leftBehindBy } from '../../src/domain/errors.js';
import type { Call } from './broken-file-systems.js';
import { remembering } from './crash-check.js';
import { type DiskImage, describeDisk } from './disk-image.js';
import { type Errno, eachFault, faults, nameOf, requireSentence } from './faults.js';
import { type RestoreScenario, restoreOf, restoreScenarios } from './restore-scenarios.js';
import { archivePath, dataDirectory } from './restore-under-test.js';
import { judgeRestore } from './restored-state.js';

const test = suite('restores and failing calls');

/** Beside the path of the call itself, what a sentence may name. */
const named = [archivePath, dataDirectory];

/** What a failed restore left or removed; the promise is that both are empty. Old leftovers may be gone. */
function changes({ start, leftovers }: RestoreScenario, now: DiskImage): readonly string[] {
  const [before, after] = [describeDisk(start), describeDisk(now)];
  const gone = before.filter((line) => !after.includes(line) && !leftovers.includes(line.split(' ')[0] as string));
  return [...after.filter((line) => !before.includes(line)), ...gone];
}

/** What was not there before. */
function newPaths({ start }: RestoreScenario, now: DiskImage): readonly string[] {
  const pathsOn = (image: DiskImage) => describeDisk(image).map((line) => line.split(' ')[0] as string);
  const before = new Set(pathsOn(start));
  return pathsOn(now).filter((path) => !before.has(path));
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}

/** The store was moved into its place before the disk failed. */
function requireDoubt(error: unknown, call: Call): void {
  assert.ok(isJacoError(error, 'restore_in_doubt'), `${nameOf(call)} is told as ${error}`);
  assert.ok(error.message.startsWith(`cannot sync the directory ${dataDirectory} to disk: ${faults.EIO}.`));
  assert.is(error.details['errno'], 'EIO');
  assert.ok(error.remedies.length > 0);
}

/**
 * The calls that may fail without failing the restore: the archive was only read, the record is no longer needed,
 * and a file system that does not tell how much is free is warned of.
 */
function tolerable({ archive }: RestoreScenario): readonly string[] {
  const record = ['linkStatus', 'removeFile'].map((method) => `${method} ${dataDirectory}/node.restoring`);
  return [...(archive.authority === undefined ? [] : record), `close ${archivePath}`];
}

for (const scenario of restoreScenarios) {
  const judge = remembering(judgeRestore(scenario));
  for (const errno of Object.keys(faults) as Errno[]) {
    test(`${scenario.name}: ${errno} of any call is reported, leaves nothing, and a retry succeeds`, async () => {
      let calls = 0;
      const tolerated: string[] = [];
      for await (const { call, disk, error } of eachFault(scenario.start, errno, restoreOf(scenario))) {
        calls += 1;
        const verdict = await judge(disk.image());
        if (error === undefined) {
          tolerated.push(nameOf(call));
          assert.equal(verdict, { kind: 'after' }, nameOf(call));
          continue;
        }
        requireSentence(error, errno, call, named);
        assert.equal(changes(scenario, disk.image()), [], nameOf(call));
        assert.equal(verdict, { kind: 'before' }, nameOf(call));
      }
      const [asked, ...others] = tolerated;
      assert.match(asked ?? '', /^freeBytes \//);
      assert.equal(others, tolerable(scenario));
      console.log(`\nNOTE: ${scenario.name}: ${errno} at each of ${calls} calls`);
    });
  }

  test(`${scenario.name}: a disk that fails for good is reported with its first error, and nothing is half restored`, async () => {
    for await (const { call, disk, error } of eachFault(scenario.start, 'EIO', restoreOf(scenario), 'for good')) {
      const { kind } = await judge(disk.image());
      assert.is.not(kind, 'bad', nameOf(call));
      if (error === undefined) continue;
      if (kind === 'after') {
        requireDoubt(error, call);
        continue;
      }
      requireSentence(error, 'EIO', call, named);
      const left = leftBehindBy(error).map(({ path }) => path);
      // A directory stays with what is in it.
      const isNamed = (path: string) => left.some((stays) => isWithin(path, stays) || isWithin(stays, path));
      const unnamed = newPaths(scenario, disk.image()).filter((path) => !isNamed(path));
      assert.equal(unnamed, [], nameOf(call));
    }
  });
}

test.run();
