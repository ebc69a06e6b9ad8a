import { isIP } from 'node:net';
import { type Client, connectivityState } from '@grpc/grpc-js';
import { hasConnectionTo } from '../host/own-connections.js';
import { type DaemonConnection, serverAddress } from './connection.js';

/** Watches one call's connection while the call waits. */
export interface ConnectionWatch {
  /** Whether the connection was lost unnoticed. */
  isLost(): boolean;
  /** A message has come, and its consumer works on it. */
  rest(): void;
  /** The call waits again. */
  resume(): void;
  end(): void;
}

/** How often to ask the kernel, in milliseconds. Two checks in a row without a connection mean that it is lost. */
const lookEveryMs = 2_000;

const unwatched: ConnectionWatch = {
  isLost: () => false,
  rest: () => undefined,
  resume: () => undefined,
  end: () => undefined,
};

/**
 * Calls `onLoss` once the connection of the client's call is gone while gRPC still relies on it. Node up to 24 does not
 * notice the reset of a TLS connection if a write of HTTP/2 sees it first: libuv stops reading, and the error of the
 * write is dropped (findings/reset-that-a-write-sees-first.sh). The call would wait until its deadline. Over the local
 * socket Node notices. If the kernel does not list connections, only the deadline helps.
 */
export function watchConnection(client: Client, connection: DaemonConnection, onLoss: () => void): ConnectionWatch {
  if (connection.kind === 'socket') return unwatched;
  const { host, port } = serverAddress(connection.address);
  const isWithoutLookup = isIP(host) !== 0;
  let waits = 1;
  let isWaiting = true;
  let missing = 0;
  let isLost = false;

  /** While a name is looked up there is no connection yet. */
  function mustStand(): boolean {
    const state = client.getChannel().getConnectivityState(false);
    return state === connectivityState.READY || (state === connectivityState.CONNECTING && isWithoutLookup);
  }

  async function look(): Promise<void> {
    const wait = waits;
    const isMissing = isWaiting && mustStand() && (await hasConnectionTo(port)) === false;
    missing = isMissing && wait === waits && mustStand() ? missing + 1 : 0;
    if (missing < 2 || isLost) return;
    isLost = true;
    onLoss();
  }

  const timer = setInterval(look, lookEveryMs).unref();
  return {
    isLost: () => isLost,
    rest: () => {
      isWaiting = false;
    },
    resume: () => {
      isWaiting = true;
      waits += 1;
    },
    end: () => clearInterval(timer),
  };
}
