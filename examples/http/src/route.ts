import type { IncomingMessage, ServerResponse } from 'node:http';
import type { StatusCodes } from './answers.js';

/** What is done at one path. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** What its failures are in HTTP. */
  readonly statuses: StatusCodes;
  /** Answers one request, or fails; `signal` fires when the client has gone. Requests share nothing. */
  run(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void>;
}
