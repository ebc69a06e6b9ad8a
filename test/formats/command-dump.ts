import { annotatedDump, type Region } from './annotated-dump.js';

/** The names of a message's fields; for fields that are messages, with their own fields. */
interface Names {
  readonly [field: number]: string | readonly [string, Names];
}

const timestamp: Names = { 1: 'seconds', 2: 'nanos' };
const mapEntry: Names = { 1: 'key', 2: 'value' };
const event: Names = { 2: 'type', 3: 'identity', 4: ['ts', timestamp], 5: ['payload', mapEntry] };

/** The part of proto/jaco/v1/commands.proto that a restore writes. */
const command: Names = {
  3: ['ts', timestamp],
  4: 'identity',
  11: ['node_join', { 1: 'hostname', 2: 'address', 5: 'grpc_address' }],
  12: ['node_remove', { 1: 'hostname' }],
  13: ['node_status_update', { 1: 'hostname', 2: 'status' }],
  80: ['audit_append', { 1: ['event', event] }],
  90: ['batch', { 1: ['children', {}] }],
};

/** A jaco.v1.Command field by field; what is inside a field is indented. */
export function dumpCommand(bytes: Uint8Array): string {
  return annotatedDump(bytes, regionsOf(bytes, command, ''));
}

function regionsOf(bytes: Uint8Array, names: Names, indent: string): readonly Region[] {
  const regions: Region[] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] as number;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const start = at;
    const tag = varint();
    const [name, inner] = [names[tag >> 3] ?? []].flat() as [string?, Names?];
    if (name === undefined) throw new RangeError(`field ${tag >> 3} has no name`);
    const says = `${indent}${name}`;
    if (tag % 8 === 0) {
      const value = varint();
      regions.push({ sizeBytes: at - start, says: `${says} = ${value}` });
      continue;
    }
    const sizeBytes = varint();
    regions.push({ sizeBytes: at - start, says });
    const content = bytes.subarray(at, at + sizeBytes);
    // The children of a batch are commands again.
    const nested = name === 'children' ? command : inner;
    if (nested !== undefined) regions.push(...regionsOf(content, nested, `${indent}  `));
    else if (sizeBytes > 0) regions.push({ sizeBytes, says: '', text: true });
    at += sizeBytes;
  }
  return regions;
}
