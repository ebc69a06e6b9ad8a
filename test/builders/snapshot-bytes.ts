/** Field 1 of the state is the cluster's record, whose field 1 is its id; field 3 holds a deployment (jaco.v1.FSMSnapshot). */
const clusterField = 1;
const deploymentField = 3;

/** A state that a daemon could load: the cluster's record, and one deployment of `deploymentBytes` bytes. */
export function snapshotOf(clusterId: string, deploymentBytes = 0): Uint8Array {
  const cluster = field(clusterField, field(1, Buffer.from(clusterId)));
  if (deploymentBytes === 0) return cluster;
  return Buffer.concat([cluster, field(deploymentField, noise(deploymentBytes))]);
}

/** Bytes that compression does not shrink, the same every time. */
export function noise(sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  let state = 0x2545f491;
  for (let position = 0; position < sizeBytes; position++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[position] = state;
  }
  return bytes;
}

/** One length-delimited protobuf field. */
function field(number: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([varint((number << 3) | 2), varint(content.length), content]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}
