import { composeClusterView } from 'jaco/composition/container';
import { statusDocument } from 'jaco/documents/status-document';
import { answer, daemonStatusCodes } from './answers.js';
import type { Route } from './route.js';
import type { ServiceSettings } from './settings.js';

/** `GET /status`: the cluster as its daemon sees it. */
export function statusRoute({ connection, questionDeadlineMs }: ServiceSettings): Route {
  return {
    method: 'GET',
    statuses: daemonStatusCodes,
    async run(_, response, signal) {
      const cluster = await composeClusterView({ connection, deadlineMs: questionDeadlineMs });
      answer(response, 200, statusDocument(await cluster.status(signal)));
    },
  };
}
