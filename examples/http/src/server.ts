import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where a server listens. Port 0 lets the system choose. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/** A server that accepts requests. */
export interface RunningServer {
  /** Where it listens, with the port that the system chose. */
  readonly place: Place;
  /**
   * Accepts no more requests, and resolves when those that are being answered are. What is not answered after `graceMs`
   * milliseconds is broken off.
   */
  stop(graceMs: number): Promise<void>;
}

/** Starts a server. @throws what listening throws: the port is in use, say */
export async function startServer(service: RequestListener, { host, port }: Place): Promise<RunningServer> {
  const server = createServer(service);
  server.on('request', (_, response) => {
    // A connection that is kept for another request would hold up the end.
    response.once('close', () => setImmediate(() => server.listening || server.closeIdleConnections()));
  });
  // A client that asks first is answered before it sends its body: no token, no body.
  server.on('checkContinue', service);
  await once(server.listen(port, host), 'listening');
  return {
    place: { host, port: (server.address() as AddressInfo).port },
    async stop(graceMs) {
      const closed = once(server, 'close');
      server.close();
      const breakOff = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(breakOff);
    },
  };
}
