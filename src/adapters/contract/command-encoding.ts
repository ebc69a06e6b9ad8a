import protobuf from 'protobufjs/minimal.js';
import type { FirstCommand, FirstCommands } from '../../domain/restore/first-commands.js';
import { auditEventNumbers, nodeStatusNumbers } from './enum-numbers.js';
import { timestampOf } from './timestamps.js';

/*
 * Written field by field, with the numbers of proto/jaco/v1/commands.proto: loading the whole contract for one entry
 * would take longer than all other writing of a small restore. Fields with their default value are omitted, as Go does.
 */

/** Writes the fields of one message. */
type Fields = (writer: protobuf.Writer) => void;

/**
 * The bytes of one jaco.v1.Command, as the daemon writes them into its log: a Batch of all of them. Time and identity
 * are in each child too, because the daemon reads them there.
 */
export function encodeFirstCommands({ identity, atMs, commands }: FirstCommands): Uint8Array {
  const issued: Fields = (writer) => {
    message(3, timestamp(atMs))(writer);
    text(4, identity)(writer);
  };
  const batch: Fields = (writer) => {
    for (const command of commands) {
      message(1, (child) => {
        issued(child);
        payload(command, { identity, atMs })(child);
      })(writer);
    }
  };
  const writer = protobuf.Writer.create();
  issued(writer);
  message(90, batch)(writer);
  return writer.finish();
}

function payload(command: FirstCommand, { identity, atMs }: Pick<FirstCommands, 'identity' | 'atMs'>): Fields {
  switch (command.kind) {
    case 'node-joins':
      return message(11, (writer) => {
        text(1, command.hostname)(writer);
        text(2, command.address)(writer);
        bytes(3, command.serverCertFingerprint)(writer);
        bytes(4, command.wireguardPubkey)(writer);
        text(5, command.grpcAddress)(writer);
      });
    case 'node-is-ready':
      return message(13, (writer) => {
        text(1, command.hostname)(writer);
        number(2, nodeStatusNumbers.ready)(writer);
      });
    case 'node-is-removed':
      return message(12, text(1, command.hostname));
    case 'restore-is-recorded':
      // Unlike those of other commands, this event has a time and an identity of its own.
      return message(
        80,
        message(1, (writer) => {
          number(2, auditEventNumbers.restoreCompleted)(writer);
          text(3, identity)(writer);
          message(4, timestamp(atMs))(writer);
          for (const [key, value] of Object.entries(command.facts)) {
            message(5, (entry) => {
              text(1, key)(entry);
              text(2, value)(entry);
            })(writer);
          }
        }),
      );
  }
}

/** A google.protobuf.Timestamp. */
function timestamp(ms: number): Fields {
  const { seconds, nanos } = timestampOf(ms);
  return (writer) => {
    if (seconds !== '0') writer.uint32(tag(1, varint)).int64(Number(seconds));
    number(2, nanos)(writer);
  };
}

function message(field: number, fields: Fields): Fields {
  return (writer) => {
    writer.uint32(tag(field, lengthDelimited)).fork();
    fields(writer);
    writer.ldelim();
  };
}

function text(field: number, value: string): Fields {
  return (writer) => {
    if (value !== '') writer.uint32(tag(field, lengthDelimited)).string(value);
  };
}

function bytes(field: number, value: Uint8Array): Fields {
  return (writer) => {
    if (value.length > 0) writer.uint32(tag(field, lengthDelimited)).bytes(value);
  };
}

/** An int32 or an enum. */
function number(field: number, value: number): Fields {
  return (writer) => {
    if (value !== 0) writer.uint32(tag(field, varint)).int32(value);
  };
}

/** Wire types (protobuf.dev, Encoding). */
const varint = 0;
const lengthDelimited = 2;

function tag(field: number, wireType: number): number {
  return (field << 3) | wireType;
}
