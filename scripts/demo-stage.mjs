// Loaded into the program before it starts, while docs/demo.svg is recorded: a clock that stands still and a host's name,
// so that what is printed and how large it is are the same in every recording.

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
syncBuiltinESMExports();
