// Loaded into the program before it starts, while docs/demo.svg is recorded: a fixed clock, hostname and interface, so
// that every recording prints the same text and sizes.

import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';

const now = Number(process.env['JACO_STAGE_TIME_MS']);
const RealDate = Date;

class StandingDate extends RealDate {
  /** @param {[]} given */
  constructor(...given) {
    if (given.length === 0) super(now);
    else super(...given);
  }

  /** @override */
  static now() {
    return now;
  }
}

Reflect.set(globalThis, 'Date', StandingDate);
os.hostname = () => 'node-1';
os.networkInterfaces = () => ({
  eth0: [
    {
      address: '10.20.0.10',
      cidr: '10.20.0.10/24',
      family: 'IPv4',
      internal: false,
      mac: '02:00:0a:14:00:0a',
      netmask: '255.255.255.0',
    },
  ],
});
syncBuiltinESMExports();
