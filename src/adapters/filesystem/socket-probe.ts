import { connect } from 'node:net';

/** How long a socket may take to accept before nobody is believed to listen, in milliseconds. */
const connectDeadlineMs = 2_000;

/** Whether somebody listens on the unix socket at `path`. */
export function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect({ path });
    const settle = (answer: boolean) => {
      connection.destroy();
      resolve(answer);
    };
    connection.setTimeout(connectDeadlineMs, () => settle(false));
    connection.once('connect', () => settle(true));
    // EAGAIN: somebody listens, and is too busy to accept.
    connection.once('error', (error: NodeJS.ErrnoException) => settle(error.code === 'EAGAIN'));
  });
}
