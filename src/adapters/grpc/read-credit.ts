import { InterceptingCall, type Interceptor } from '@grpc/grpc-js';

/** Bounds how far a call reads ahead of its consumer. */
export interface ReadCredit {
  /** Goes with the call. */
  readonly interceptor: Interceptor;
  /** Lets one more message be read. */
  grant(): void;
}

/**
 * Credit for one message. gRPC by itself keeps sixteen messages ready, whatever their size: a daemon that cuts its
 * stream into chunks of 8 MiB would fill 128 MiB here. With a grant for each message that is handed out, it is one.
 */
export function createReadCredit(): ReadCredit {
  let credit = 1;
  let waiting: (() => void) | undefined;

  function startRead(read: () => void): void {
    if (credit === 0) {
      waiting = read;
      return;
    }
    credit -= 1;
    read();
  }

  return {
    interceptor(options, nextCall) {
      const call = new InterceptingCall(nextCall(options));
      const read = call.startRead.bind(call);
      call.startRead = () => startRead(read);
      return call;
    },
    grant() {
      credit += 1;
      const read = waiting;
      waiting = undefined;
      if (read !== undefined) startRead(read);
    },
  };
}
