import type { StateKind } from '../domain/state/state-kinds.js';

/** A kind as programs read it: `audit_events`, `tcp_routes`. */
export function kindKey({ name }: StateKind): string {
  return name.toLowerCase().replaceAll(' ', '_');
}
