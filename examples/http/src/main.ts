import { readEnvironment } from './environment.js';
import { startServer } from './server.js';
import { createService } from './service.js';

/*
 * The process: its environment, and when it stops. The service does everything else.
 */

/** How long running requests may take after the signal to stop, in milliseconds. */
const graceMs = 30_000;

const { settings, place } = readEnvironment(process.env);
const service = createService({ ...settings, report: (error) => console.error(error) });
const server = await startServer(service, place);
console.log(`Listening on ${server.place.host}:${server.place.port}.`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => server.stop(graceMs));
