import type { ContentDigest, RunningDigest } from '../ports/content-digest.js';
import { readMessage } from './protobuf-reader.js';

/** Of jaco.v1.Node: cpu_pressure, memory_pressure and last_pressure_at, which a node reports anew all the time. */
const fleetingFields: readonly number[] = [9, 10, 11];

/**
 * A digest of a node's record but for its load: what is not different between two backups of an idle cluster. The record
 * is not decoded; its fields are only told apart.
 */
export function digestSteadyFields(digests: ContentDigest): RunningDigest {
  const digest = digests.start();
  const text = new TextEncoder();
  let steady = false;
  const record = readMessage('the node', {
    field(number, type, sizeBytes) {
      steady = !fleetingFields.includes(number);
      if (steady) digest.update(text.encode(`${number} ${type} ${sizeBytes} `));
      return undefined;
    },
    number(value) {
      if (steady) digest.update(text.encode(`${value} `));
    },
    bytes(piece) {
      if (steady) digest.update(piece);
    },
  });
  const whole = digests.start();
  return {
    update(bytes) {
      record.feed(bytes);
      whole.update(bytes);
    },
    // Of a record that is none, which no daemon writes, the fields cannot be told apart.
    hex: () => (record.problem(true) === undefined ? digest.hex() : `malformed ${whole.hex()}`),
  };
}
