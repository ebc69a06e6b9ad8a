/** The few forms of the protobuf wire format in a state, encoded in the plain way. */

/** A number in groups of seven bits; `width` pads it with groups of zeros, as an encoder may. */
export function varint(value: bigint | number, width = 1): Uint8Array {
  const bytes: number[] = [];
  for (let rest = BigInt(value); rest > 0n || bytes.length < width; rest >>= 7n) bytes.push(Number(rest & 0x7fn));
  return Uint8Array.from(bytes, (byte, position) => (position < bytes.length - 1 ? byte | 0x80 : byte));
}

/** The tag before a field's value. */
export function tag(field: number, wireType: number): Uint8Array {
  return varint((BigInt(field) << 3n) | BigInt(wireType));
}

/** A field of a string, of bytes or of a message. */
export function field(number: number, content: Uint8Array | string): Uint8Array {
  const bytes = Buffer.from(content);
  return Buffer.concat([tag(number, 2), varint(bytes.length), bytes]);
}

/** A field of a number. */
export function numberField(number: number, value: bigint | number): Uint8Array {
  return Buffer.concat([tag(number, 0), varint(value)]);
}

/** A field of eight bytes (wire type 1) or of four (wire type 5). */
export function fixedField(number: number, sizeBytes: 4 | 8): Uint8Array {
  return Buffer.concat([tag(number, sizeBytes === 8 ? 1 : 5), new Uint8Array(sizeBytes).fill(0xff)]);
}

/** The cluster's record, FSMSnapshot.cluster, holding `parts`. */
export function clusterRecord(...parts: readonly Uint8Array[]): Uint8Array {
  return field(1, Buffer.concat(parts));
}

/** A small state as a daemon writes it: the cluster, a node, a token. */
export function stateOf(clusterId: string): Uint8Array {
  const cluster = clusterRecord(field(1, clusterId), field(2, 'PEM'), field(3, 'PEM'), field(4, numberField(1, 1n)));
  return Buffer.concat([cluster, field(2, field(1, 'node-1')), field(9, field(1, 'operator'))]);
}
