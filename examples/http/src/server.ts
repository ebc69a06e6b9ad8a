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
   * Accepts no more requests, and resolves when the running ones are answered. Breaks off those that are not answered
   * after `graceMs` milliseconds.
   */
  stop(graceMs: number): Promise<void>;
}

/** Starts a server. @throws what listening throws, for example because the port is in use */
export async function startServer(service: RequestListener, { host, port }: Place): Promise<RunningServer> {
  const server = createServer(service);
  server.on('request', (_, response) => {
    // An idle keep-alive connection would delay the end.
    response.once('close', () => setImmediate(() => server.listening || server.closeIdleConnections()));
  });
  // A client that expects 100 Continue is answered before it sends its body: without a token, no body.
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
