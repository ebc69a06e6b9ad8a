import type { StateKind } from '../domain/state/state-kinds.js';

/** A kind's key in JSON: `audit_events`, `tcp_routes`. */
export function kindKey({ name }: StateKind): string {
  return name.toLowerCase().replaceAll(' ', '_');
}
