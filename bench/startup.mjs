// What starting costs, against Node with nothing to do, and with --against <jaco.js> against another build.
import { median, numberFrom, race, ratio, wordFrom } from './runs.mjs';
import { idleNode, smallCommands } from './small-commands.mjs';

const other = wordFrom('against');
const ours = await smallCommands();
const others = other === undefined ? undefined : await smallCommands(other, ' (other)');
try {
  const contenders = ours.contenders.flatMap((each, index) => [each, others?.contenders[index] ?? []].flat());
  const runs = await race([idleNode, ...contenders], numberFrom('rounds', 11));
  const base = runs.get(idleNode.name) ?? [];
  for (const [name, results] of runs) {
    const theirs = runs.get(`${name} (other)`);
    console.log(
      [
        name.padEnd(36),
        `${median(results.map(({ wallMs }) => wallMs)).toFixed(0)} ms`.padStart(7),
        `${ratio(results, base).toFixed(2)} of ${idleNode.name}`,
        theirs === undefined ? '' : `${ratio(results, theirs).toFixed(2)} of the other build`,
      ].join('  '),
    );
  }
} finally {
  ours.stop();
  others?.stop();
}
