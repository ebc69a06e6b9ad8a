import type { RefuseDamage } from './damaged-store.js';
import { decodeMsgpack, encodeArrayHeader, encodeRaw, encodeUnsigned, type MsgpackValue } from './msgpack.js';
import { type RaftServer, serverSuffrages } from './snapshot-meta.js';

/**
 * The members in the data of a log entry of type configuration: msgpack of Go's Configuration, a map with the list
 * Servers of maps {Suffrage, ID, Address} (hashicorp/raft v1.7 configuration.go EncodeConfiguration).
 * @throws store_damaged (through `refuse`)
 */
export function decodeRaftConfiguration(data: Uint8Array, refuse: RefuseDamage): readonly RaftServer[] {
  const servers = fieldOf(decodeMsgpack(data, refuse), 'Servers', refuse);
  if (servers === null) return [];
  if (!Array.isArray(servers)) throw refuse('a raft configuration has no list of servers');
  return (servers as readonly MsgpackValue[]).map((server): RaftServer => {
    const suffrage = serverSuffrages[Number(fieldOf(server, 'Suffrage', refuse))];
    if (suffrage === undefined) throw refuse('a raft configuration has a suffrage that the engine does not know');
    return { suffrage, id: textOf(server, 'ID', refuse), address: textOf(server, 'Address', refuse) };
  });
}

/** The data of such an entry as the engine writes it: go-msgpack sorts the fields of a structure by name. */
export function encodeRaftConfiguration(servers: readonly RaftServer[]): Uint8Array {
  const text = (value: string) => encodeRaw(Buffer.from(value));
  const members = servers.map(({ suffrage, id, address }) =>
    Buffer.concat([
      Uint8Array.of(0x83),
      ...[text('Address'), text(address), text('ID'), text(id)],
      ...[text('Suffrage'), encodeUnsigned(BigInt(serverSuffrages.indexOf(suffrage)))],
    ]),
  );
  return Buffer.concat([Uint8Array.of(0x81), text('Servers'), encodeArrayHeader(members.length), ...members]);
}

function fieldOf(value: MsgpackValue, name: string, refuse: RefuseDamage): MsgpackValue {
  const field = value instanceof Map ? (value as ReadonlyMap<string, MsgpackValue>).get(name) : undefined;
  if (field === undefined) throw refuse(`a raft configuration has no ${name}`);
  return field;
}

function textOf(value: MsgpackValue, name: string, refuse: RefuseDamage): string {
  const text = fieldOf(value, name, refuse);
  if (!(text instanceof Uint8Array)) throw refuse(`${name} of a raft configuration is not text`);
  return Buffer.from(text).toString();
}
