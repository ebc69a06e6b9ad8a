import { InterceptingCall, type Interceptor } from '@grpc/grpc-js';

/** Limits how far a call reads ahead of its consumer. */
export interface ReadCredit {
  /** To pass to the call. */
  readonly interceptor: Interceptor;
  /** Allows one more message to be read. */
  grant(): void;
}

/**
 * Credit for one message. gRPC by default keeps sixteen messages of any size ready: a daemon that splits its stream
 * into chunks of 8 MiB would fill 128 MiB here. With one grant per message that is handed out, it keeps one.
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
