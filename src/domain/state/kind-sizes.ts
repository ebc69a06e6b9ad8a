import type { SnapshotVisitor } from './snapshot-content.js';
import { kindPosition, type StateKind, stateKinds } from './state-kinds.js';

/** How many bytes of a state are of each kind, by the names of the kinds; those without records are left out. */
export type KindSizes = Readonly<Record<string, number>>;

/** Adds up the sizes of the records that pass. */
export function measureKinds(): { readonly visitor: SnapshotVisitor; sizes(): KindSizes } {
  const bytes = new Map<string, number>();
  return {
    visitor: {
      wants: () => false,
      visit(field, encodedBytes) {
        const { name } = stateKinds[kindPosition(field)] as StateKind;
        bytes.set(name, (bytes.get(name) ?? 0) + encodedBytes);
      },
    },
    sizes: () => Object.fromEntries(bytes),
  };
}
