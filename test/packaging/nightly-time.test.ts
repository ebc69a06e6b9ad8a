import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('the time of the nightly backup');

const packaged = (path: string) => readFileSync(new URL(`../../../packaging/${path}`, import.meta.url), 'utf8');
const times = {
  'the timer': /^OnCalendar=\*-\*-\* (\d\d):(\d\d):00$/m.exec(packaged('systemd/jaco-backup.timer')),
  'the cron line': /^(?<minute>\d+) (?<hour>\d+) \* \* \* root /m.exec(packaged('cron/jaco-backup')),
};

/** Minutes since 1970 that the clocks of a time zone show at a moment, given in minutes since 1970. */
function clockOf(zone: string): (minute: number) => number {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  return (minute) => {
    const name = format.formatToParts(minute * 60_000).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours, minutes] = /^GMT(?:([+-])(\d\d):(\d\d))?/.exec(name) as RegExpExecArray;
    return minute + (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
  };
}

/** The minutes of the day that a zone's clocks skip when they are put forward, within a year. */
function minutesLeftOut(zone: string): readonly (readonly [number, number])[] {
  const clock = clockOf(zone);
  const leftOut: (readonly [number, number])[] = [];
  const day = 24 * 60;
  for (let at = Date.UTC(2027, 0) / 60_000, end = at + 366 * day; at < end; at += day) {
    if (clock(at + day) - clock(at) <= day) continue;
    // The clocks are put forward between these two moments.
    let [before, after] = [at, at + day];
    while (after - before > 1) {
      const middle = (before + after) >> 1;
      if (clock(middle) - middle > clock(at) - at) after = middle;
      else before = middle;
    }
    leftOut.push([(clock(before) + 1) % day, clock(after) % day]);
  }
  return leftOut;
}

const zones = Intl.supportedValuesOf('timeZone');
const gaps = zones.flatMap((zone) => minutesLeftOut(zone).map(([from, to]) => ({ zone, from, to })));
const zonesWithout = (minute: number) => gaps.filter(({ from, to }) => from <= minute && minute < to);

for (const [name, found] of Object.entries(times)) {
  test(`of ${name} is there on every day in every time zone`, () => {
    const [, first = '', second = ''] = found ?? [];
    const [hour, minute] = [found?.groups?.['hour'] ?? first, found?.groups?.['minute'] ?? second].map(Number);
    assert.equal(zonesWithout((hour as number) * 60 + (minute as number)), []);
  });
}

test('would be missed at three in Finland and at half past two in New York', () => {
  assert.ok(zonesWithout(3 * 60).some(({ zone }) => zone === 'Europe/Helsinki'));
  assert.ok(zonesWithout(2 * 60 + 30).some(({ zone }) => zone === 'America/New_York'));
});

test.run();
