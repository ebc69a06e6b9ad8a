import { spawnSync } from 'node:child_process';
import type { ScenarioInterface } from './interface-scenarios.js';

/** Runs a shell script in its own network namespace, which has only a loopback interface that is down. */
export function inNamespace(script: string, environment: Readonly<Record<string, string | undefined>> = {}) {
  const env = { PATH: process.env['PATH'], ...environment };
  return spawnSync('unshare', ['--net', 'sh', '-ec', script], { encoding: 'utf8', env, timeout: 60_000 });
}

const can = (script: string) => inNamespace(script).status === 0;

/** Some kernels have no dummy interfaces. A bridge without ports can still be up. */
const kind = ['dummy', 'bridge'].find((type) => can(`ip link add name t type ${type}`));
const hasVeth = kind !== undefined && can('ip link add name t type veth peer name u');

/** Why hosts with such interfaces cannot be made here; undefined where they can. */
export function obstacleTo(interfaces: readonly ScenarioInterface[]): string | undefined {
  if (spawnSync('ip', ['-V']).error !== undefined) return 'hosts with interfaces: ip is not installed';
  if (kind === undefined) return 'hosts with interfaces: no network namespace can be made here';
  return interfaces.some(({ noCarrier }) => noCarrier) && !hasVeth
    ? 'hosts with interfaces: no veth can be made here'
    : undefined;
}

/** The commands that make a host's interfaces. */
export function setUp(interfaces: readonly ScenarioInterface[]): string {
  return ['ip link set lo up', ...interfaces.flatMap(commandsFor)].join('\n');
}

function commandsFor({ name, addresses, down, noCarrier }: ScenarioInterface): readonly string[] {
  const type = noCarrier === true ? `veth peer name p${name}` : String(kind);
  const add = (text: string) => {
    const [address = '', label] = text.split('@');
    const options = [...(label === undefined ? [] : ['label', label]), ...(address.includes(':') ? ['nodad'] : [])];
    return ['ip address add', address, 'dev', name, ...options].join(' ');
  };
  return [
    ...(name === 'lo' ? [] : [`ip link add name ${name} type ${type}`]),
    ...addresses.map(add),
    ...(down === true ? [] : [`ip link set ${name} up`]),
  ];
}
