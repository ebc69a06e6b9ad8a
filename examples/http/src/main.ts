import { readEnvironment } from './environment.js';
import { startServer } from './server.js';
import { createService } from './service.js';

/*
 * The process: what it is told by its environment, and when it stops. Everything else is the service's.
 */

/** How long requests that are being answered when the process is told to stop may take, in milliseconds. */
const graceMs = 30_000;

const { settings, place } = readEnvironment(process.env);
const service = createService({ ...settings, report: (error) => console.error(error) });
const server = await startServer(service, place);
console.log(`Listening on ${server.place.host}:${server.place.port}.`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => server.stop(graceMs));
