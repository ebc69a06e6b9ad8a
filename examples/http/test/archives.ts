import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { jsonLine } from 'jaco/documents/json-text';

/** The cluster of the archives in these tests. */
export const clusterId = 'c-7f3a';

/** Changes to the usual meta.json. */
export interface MetadataChanges {
  readonly schema_version?: number;
  readonly snapshot_index?: bigint;
  readonly jaco_version?: string;
}

/** An archive as a daemon writes it, whose state holds one deployment of `deploymentBytes` incompressible bytes. */
export function archiveOf(deploymentBytes: number, changes: MetadataChanges = {}): Buffer {
  const metadata = {
    schema_version: 1,
    cluster_id: clusterId,
    snapshot_index: 1000n,
    snapshot_term: 7,
    jaco_version: 'v0.3.9',
    taken_at: '2026-05-25T03:00:00Z',
    leader_at_snapshot: '10.0.0.7:7001',
    ...changes,
  };
  // Fields of jaco.v1.FSMSnapshot: the cluster's record, and a deployment.
  const cluster = field(1, Buffer.concat([field(1, clusterId), field(2, 'CERT'), field(3, 'KEY')]));
  const deployment = field(3, Buffer.concat([field(1, 'web'), field(7, randomBytes(deploymentBytes))]));
  const entries = [entry('meta.json', jsonLine(metadata)), entry('snapshot.bin', Buffer.concat([cluster, deployment]))];
  return gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)]), { level: 1 });
}

/** One length-delimited protobuf field. */
export function field(number: number, content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

/** One file of a tar (POSIX, pax, "ustar Interchange Format"). */
function entry(name: string, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000600\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\0', 257);
  header.write('00', 263);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}
