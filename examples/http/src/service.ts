import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { isJacoError } from 'jaco/domain/errors';
import { answerError, refuse } from './answers.js';
import { bearerToken } from './authentication.js';
import { backupRoute } from './backup-route.js';
import { inspectRoute } from './inspect-route.js';
import type { Route } from './route.js';
import type { ServiceSettings } from './settings.js';
import { statusRoute } from './status-route.js';

/** How long a client may continue to send a body that was already answered, in milliseconds. */
const lingerMs = 10_000;

/**
 * The service, for a server of node:http. Requests share nothing but the settings: each has its own ports and its own
 * signal, which fires when the client disconnects.
 * @throws Error  the token is too short to be a secret
 */
export function createService(settings: ServiceSettings): RequestListener {
  const isAuthorized = bearerToken(settings.token);
  const routes = new Map<string, Route>([
    ['/backup', backupRoute(settings)],
    ['/inspect', inspectRoute(settings)],
    ['/status', statusRoute(settings)],
  ]);

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = ''] = (request.url ?? '').split('?');
    const route = routes.get(path);
    if (!isAuthorized(request)) {
      response.setHeader('www-authenticate', 'Bearer');
      refuse(response, 401, 'unauthorized', 'This server asks for a bearer token.');
    } else if (route === undefined) {
      refuse(response, 404, 'not_found', `There is ${[...routes.keys()].join(', ')}, and nothing else.`);
    } else if (request.method !== route.method) {
      response.setHeader('allow', route.method);
      refuse(response, 405, 'method_not_allowed', `Ask with ${route.method}.`);
    } else {
      await runRoute(route, request, response, settings.report);
    }
    passOverTheRest(request);
  }
  return (request, response) => {
    respond(request, response).catch(settings.report);
  };
}

async function runRoute(
  route: Route,
  request: IncomingMessage,
  response: ServerResponse,
  report: ServiceSettings['report'],
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    await route.run(request, response, gone.signal);
  } catch (error) {
    if (gone.signal.aborted) return;
    if (response.headersSent) {
      // So that no client mistakes a part for the whole. There is no way left to say why.
      response.destroy();
      report(error);
      return;
    }
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    if (isJacoError(error)) {
      answerError(response, error, route.statuses);
    } else {
      refuse(response, 500, 'unexpected', 'This server met a failure that it does not know.');
      report(error);
    }
  }
}

/**
 * Discards what a client still sends after its answer: if the server closed the connection at once, the client might
 * not see the answer. This has a time limit too.
 */
function passOverTheRest(request: IncomingMessage): void {
  if (request.complete) return;
  const { socket } = request;
  const timer = setTimeout(() => socket.destroy(), lingerMs).unref();
  request
    .once('end', () => clearTimeout(timer))
    .once('close', () => clearTimeout(timer))
    .resume();
}
