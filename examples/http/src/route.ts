import type { IncomingMessage, ServerResponse } from 'node:http';
import type { StatusCodes } from './answers.js';

/** What the server does at one path. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** The HTTP status codes of its failures. */
  readonly statuses: StatusCodes;
  /** Answers one request, or fails; `signal` fires when the client disconnects. Requests share nothing. */
  run(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void>;
}
