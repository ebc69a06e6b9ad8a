/** Where a daemon keeps its data unless jacod.yaml says otherwise. */
export const defaultDataDirectory = '/var/lib/jaco';

/** Where a daemon listens for local clients unless jacod.yaml says otherwise. */
export const defaultSocket = '/var/run/jaco/jaco.sock';
