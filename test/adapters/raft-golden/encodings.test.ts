import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type EncodeInput,
  type EncodeOutput,
  entryOf,
  isEncodedAlike,
  ourChecksum,
  ourLogEntry,
  ourMetaJson,
  ourMetaJsonReadBack,
  ourReadingOf,
} from '../../interop/engine-encodings.js';
import { fixture } from './fixture.js';

const { input, output } = JSON.parse(readFileSync(fixture('vectors.json'), 'utf8')) as {
  input: EncodeInput;
  output: EncodeOutput;
};

const test = suite("encodings held against the engine's own");

test('CRC-64 is what the engine calculates', async () => {
  assert.equal(await Promise.all(input.checksums.map(ourChecksum)), output.checksums);
});

test('meta.json, including Peers, is byte for byte what the engine writes', async () => {
  for (const [position, snapshot] of input.snapshots.entries()) {
    const { id, metaJson } = output.snapshots[position] as EncodeOutput['snapshots'][number];
    assert.is(await ourMetaJson(snapshot, id), metaJson);
  }
});

test('meta.json of the engine comes back to the byte after it was read', () => {
  for (const { metaJson } of output.snapshots) assert.is(ourMetaJsonReadBack(metaJson), metaJson);
});

test('log entries are read as the engine stored them, in any time zone', () => {
  assert.equal(output.logEntries.map(ourReadingOf), input.logEntries.map(entryOf));
});

test('log entries are written as the engine stores them, to the byte', () => {
  const alike = input.logEntries.map((entry, position) => ({ entry, stored: output.logEntries[position] }));
  for (const { entry, stored } of alike.filter(({ entry }) => isEncodedAlike(entry))) {
    assert.is(ourLogEntry(entry), stored, `index ${entry.index}`);
  }
});

test.run();
