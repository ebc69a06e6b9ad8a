#!/usr/bin/env bash
# A systemd timer whose time of day does not exist on one day of the year.
#
# Guess:   on that day the timer elapses an hour later, after the clock has jumped; in autumn, when the time occurs twice, it elapses
#          once.
# Seen:    the timer silently skips the day: it does not elapse between Saturday 03:00 and Monday 03:00. Eighteen zones, all of Eastern
#          Europe among them, skip the hour from 03:00. In autumn it elapses once, as guessed.
# Changed: packaging/systemd/jaco-backup.timer and packaging/cron/jaco-backup run at a time that every zone has on every day, as
#          test/packaging/nightly-time.test.ts checks. They ran at 03:00 and 03:17.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

apt-get download -qq systemd=252.39-1~deb12u2 libsystemd-shared=252.39-1~deb12u2 2>apt.log || { cat apt.log >&2; exit 2; }
python3 -m pip install --quiet --target "$work/zones" tzdata==2025.2 2>pip.log || { cat pip.log >&2; exit 2; }
for package in ./*.deb; do dpkg-deb -x "$package" root; done
analyze() {
  TZDIR=$work/zones/tzdata/zoneinfo LD_LIBRARY_PATH=$(dirname "$(find "$work/root" -name 'libsystemd-shared-*.so')") "$work/root/usr/bin/systemd-analyze" "$@"
}
elapses() {
  echo "$1 from $2"
  TZ=UTC analyze calendar --base-time="$2" --iterations=3 "$1" | sed -n 's/^ *\(Next elapse\|Iter. #[0-9]*\): /  /p'
}
{
  analyze --version | head -1
  elapses '*-*-* 03:00:00 Europe/Helsinki' '2026-03-27 12:00:00 UTC'
  elapses '*-*-* 03:00:00 Europe/Helsinki' '2026-10-23 12:00:00 UTC'
  elapses '*-*-* 02:30:00 America/New_York' '2026-03-06 12:00:00 UTC'
  elapses '*-*-* 04:10:00 Europe/Helsinki' '2026-03-27 12:00:00 UTC'
} | tee seen

diff - seen <<'END' || { echo 'systemd does something else now' >&2; exit 1; }
systemd 252 (252.39-1~deb12u2)
*-*-* 03:00:00 Europe/Helsinki from 2026-03-27 12:00:00 UTC
  Sat 2026-03-28 01:00:00 UTC
  Mon 2026-03-30 00:00:00 UTC
  Tue 2026-03-31 00:00:00 UTC
*-*-* 03:00:00 Europe/Helsinki from 2026-10-23 12:00:00 UTC
  Sat 2026-10-24 00:00:00 UTC
  Sun 2026-10-25 00:00:00 UTC
  Mon 2026-10-26 01:00:00 UTC
*-*-* 02:30:00 America/New_York from 2026-03-06 12:00:00 UTC
  Sat 2026-03-07 07:30:00 UTC
  Mon 2026-03-09 06:30:00 UTC
  Tue 2026-03-10 06:30:00 UTC
*-*-* 04:10:00 Europe/Helsinki from 2026-03-27 12:00:00 UTC
  Sat 2026-03-28 02:10:00 UTC
  Sun 2026-03-29 01:10:00 UTC
  Mon 2026-03-30 01:10:00 UTC
END
