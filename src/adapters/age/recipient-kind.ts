/** What a word is that was given as an age recipient. */
export type RecipientKind =
  /** One that we encrypt to, and whether it is post-quantum. */
  | { readonly kind: 'native'; readonly withstandsQuantumComputers: boolean }
  /** One for which the age program starts a plugin, `age-plugin-<name>`. */
  | { readonly kind: 'plugin'; readonly name: string }
  | { readonly kind: 'ssh' }
  | { readonly kind: 'none' };

/**
 * Recognises the kind by the start of the word. A recipient is Bech32 (BIP 173): a readable part, a `1`, and characters
 * without another 1. The readable part is `age`, `age1pq`, `age1tag` or `age1tagpq` for native ones, and `age1<name>`
 * for those of plugins (C2SP, age.md and age-plugin.md).
 */
export function kindOfRecipient(word: string): RecipientKind {
  if (/^(?:ssh-|ecdsa-sha2-|sk-ssh-|sk-ecdsa-)/.test(word)) return { kind: 'ssh' };
  if (!word.startsWith('age1')) return { kind: 'none' };
  const [, name] = /^age1([a-z0-9+._-]+)1[^1]*$/.exec(word) ?? [];
  if (name === undefined || name === 'tag') return { kind: 'native', withstandsQuantumComputers: false };
  if (name === 'pq' || name === 'tagpq') return { kind: 'native', withstandsQuantumComputers: true };
  return { kind: 'plugin', name };
}
