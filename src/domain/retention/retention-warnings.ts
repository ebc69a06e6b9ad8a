import { giveParameter } from '../remedy.js';
import { locationName } from '../values/archive-location.js';
import { type Warning, warningOf } from '../warning.js';
import type { CataloguedBackup, LeftFile } from './judge-backup.js';
import type { JudgedBackup } from './retention.js';

/** One warning for each file that was left alone; encrypted files share one. */
export function warnOfLeftFiles(left: readonly LeftFile[]): readonly Warning[] {
  const encrypted = left.filter(({ reason }) => reason === 'encrypted').length;
  const others = left.filter(({ reason }) => reason !== 'encrypted');
  return [
    ...(encrypted === 0
      ? []
      : [
          warningOf(
            encrypted === 1
              ? 'one encrypted file was left alone: without its identity it cannot be recognised as a backup of this cluster'
              : `${encrypted} encrypted files were left alone: without their identities they cannot be recognised as backups of this cluster`,
            giveParameter('identityFile'),
          ),
        ]),
    ...others.map(({ location, finding }) => warningOf(`${locationName(location, 'read')} was left alone: ${finding}`)),
  ];
}

/** What is told of backups that stay because a clock or the cluster's history is not what it seems. */
export function warnOfOddTimes(judged: readonly JudgedBackup<CataloguedBackup>[]): readonly Warning[] {
  const named = (wanted: JudgedBackup<CataloguedBackup>['reason']) =>
    judged
      .filter(({ reason }) => reason === wanted)
      .map(({ backup }) => locationName(backup.file.location, 'read'))
      .join(', ');
  const [future, contradiction] = [named('future'), named('contradiction')];
  return [
    ...(future === '' ? [] : [warningOf(`dated in the future by this host's clock, kept and not counted: ${future}`)]),
    ...(contradiction === ''
      ? []
      : [
          warningOf(
            `time and raft index contradict each other, kept and not counted: ${contradiction}; a clock was wrong, or the cluster was restored from an older backup in between`,
          ),
        ]),
  ];
}
