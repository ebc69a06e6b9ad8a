/** Where a daemon keeps its data unless jacod.yaml says otherwise. */
export const defaultDataDirectory = '/var/lib/jaco';

/** Where a daemon listens for local clients unless jacod.yaml says otherwise. */
export const defaultSocket = '/var/run/jaco/jaco.sock';

/** The credential by which systemd passes the keyring to daemons that seal their state. */
export const stateKeyCredential = 'jaco-state-keys';
