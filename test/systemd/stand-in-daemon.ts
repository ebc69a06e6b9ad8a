import { makePackage } from './systemd-host.js';

/** Where the daemon's own programs lie on a JACO host, before anything of ours on PATH. */
const programs = 'usr/local/bin';

const service = `[Unit]
Description=Stands in for the JACO daemon
Requires=jaco.socket
After=jaco.socket

[Service]
Type=exec
ExecStart=/${programs}/jacod
User=jaco
Group=jaco
ProtectSystem=strict
ReadWritePaths=/var/lib/jaco
RuntimeDirectory=jaco
# systemd listens there, whether the daemon runs or not.
RuntimeDirectoryPreserve=yes

[Install]
WantedBy=multi-user.target
`;

const socket = `[Unit]
Description=The socket of what stands in for the JACO daemon
PartOf=jaco.service

[Socket]
ListenStream=/run/jaco/jaco.sock
SocketUser=jaco
SocketGroup=jaco
SocketMode=0660

[Install]
WantedBy=sockets.target
`;

/** The sandbox, which answers on the socket that systemd passes, and over TLS. */
const daemon = `#!/bin/sh
if [ "$1" = --version ]; then echo v0.3.9; exit; fi
exec /usr/bin/jaco-dr sandbox --data-dir /var/lib/jaco --listen 127.0.0.1:7000
`;

/** Says how it was called. */
const client = `#!/bin/sh
echo "the daemon's own jaco: $*"
`;

const configure = `#!/bin/sh
set -e
getent group jaco >/dev/null || groupadd --system jaco
getent passwd jaco >/dev/null || useradd --system --gid jaco --home-dir /var/lib/jaco --no-create-home jaco
install -d -m 0750 -o jaco -g jaco /var/lib/jaco
systemctl daemon-reload
`;

/**
 * A Debian package like the daemon's: called jaco, with jaco and jacod in /usr/local/bin, jaco.service and jaco.socket, and
 * the user and group jaco. Its daemon is our sandbox.
 * @returns where it lies
 */
export function standInDaemonPackage(directory: string): string {
  return makePackage(
    directory,
    { name: 'jaco', version: '0.3.9' },
    {
      [`${programs}/jacod`]: { text: daemon, mode: 0o755 },
      [`${programs}/jaco`]: { text: client, mode: 0o755 },
      'lib/systemd/system/jaco.service': { text: service },
      'lib/systemd/system/jaco.socket': { text: socket },
      'DEBIAN/postinst': { text: configure, mode: 0o755 },
    },
  );
}
