import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { isJacoError, JacoError, stopIfInterrupted } from '../../../domain/errors.js';
import { advice, giveParameter } from '../../../domain/remedy.js';
import { locationName, locationWord, type ObjectLocation } from '../../../domain/values/archive-location.js';
import type { OpenedBackup } from '../../../ports/backup-store.js';
import { measuredReading, type Pieces } from '../measured-reading.js';
import { askedOf, type ObjectStatus, objectStatus } from './kept-objects.js';
import { requireObject } from './object-names.js';
import { isPassing, S3Refusal, S3Unreachable, s3Error } from './s3-failure.js';
import type { S3Requests } from './s3-requests.js';

/**
 * Opens an object. If the connection breaks, reading resumes from where it broke. Every request asks for the same
 * object that was there when it was opened: if it was replaced since, reading fails.
 * @throws archive_unreadable  it is missing, or cannot be read
 */
export async function openObject(
  requests: S3Requests,
  location: ObjectLocation,
  signal: AbortSignal,
  fingerprint: boolean,
): Promise<OpenedBackup> {
  stopIfInterrupted(signal);
  requireObject(location, 'read');
  const status = await objectStatus(requests, location, signal).catch((error) => {
    throw unreadable(error, requests, location);
  });
  if (status === undefined) {
    throw new JacoError(
      'archive_unreadable',
      `cannot read the archive ${locationName(location, 'read')}: there is no such object.`,
      {
        remedies: [giveParameter('archive')],
      },
    );
  }
  return {
    ...measuredReading(() => readObject(requests, location, status, signal), fingerprint),
    rereadable: true,
    close: async () => undefined,
  };
}

/** The bytes of the object that has `status`, from the beginning. */
export async function* readObject(
  requests: S3Requests,
  location: ObjectLocation,
  { etag, sizeBytes }: ObjectStatus,
  signal: AbortSignal,
): Pieces {
  const { bucket, key } = location;
  let position = 0;
  for (let failures = 0; position < sizeBytes; ) {
    const range: Record<string, string> = position === 0 ? {} : { range: `bytes=${position}-` };
    const headers = { ...range, 'if-match': etag };
    try {
      const response = await requests.open({ method: 'GET', bucket, key, headers }, signal);
      if (position > 0 && response.statusCode !== 206) throw broken('the server gives no part of an object', response);
      for await (const piece of untilSilent(response, requests.manners.silenceMs, signal)) {
        position += piece.length;
        failures = 0;
        yield piece;
      }
      if (position < sizeBytes) throw new S3Unreachable(Object.assign(new Error('cut'), { code: 'ECONNRESET' }), 1);
    } catch (error) {
      failures += 1;
      const passing = isPassing(error) && failures < requests.manners.attempts;
      if (!passing) throw unreadable(error, requests, location);
      await pause(requests.manners.firstPauseMs * failures, undefined, { signal }).catch(() =>
        stopIfInterrupted(signal),
      );
    }
  }
}

/** The pieces of a body, with a time limit for each. Time in which the consumer does not ask does not count. */
async function* untilSilent(response: IncomingMessage, silenceMs: number, signal: AbortSignal): Pieces {
  const pieces = response[Symbol.asyncIterator]();
  try {
    for (;;) {
      stopIfInterrupted(signal);
      const silence = setTimeout(() => {
        response.destroy(Object.assign(new Error('the server fell silent'), { code: 'ETIMEDOUT' }));
      }, silenceMs);
      const step = await pieces.next().finally(() => clearTimeout(silence));
      if (step.done === true) return;
      yield step.value;
    }
  } catch (error) {
    stopIfInterrupted(signal);
    throw isJacoError(error) ? error : new S3Unreachable(error as NodeJS.ErrnoException, 1);
  } finally {
    response.destroy();
  }
}

function broken(sentence: string, response: IncomingMessage): S3Refusal {
  response.destroy();
  return new S3Refusal({ status: response.statusCode ?? 0, sentence });
}

function unreadable(error: unknown, requests: S3Requests, location: ObjectLocation): unknown {
  const action = `read the archive ${locationWord(location)}`;
  if (error instanceof S3Refusal && error.status === 412) {
    return new JacoError('archive_unreadable', `cannot ${action}: another object has taken its place meanwhile.`, {
      remedies: [advice('Start again, to read the one that is there now.')],
      cause: error,
    });
  }
  const told = s3Error(error, { ...askedOf(requests, location), action });
  // An error of the domain, such as missing credentials, passes unchanged.
  if (told === error || !(told instanceof JacoError)) return told;
  return new JacoError('archive_unreadable', told.message, {
    remedies: told.remedies,
    details: told.details,
    cause: error,
  });
}
