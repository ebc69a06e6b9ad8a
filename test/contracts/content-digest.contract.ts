import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ContentDigest } from '../../src/ports/content-digest.js';

/** What {@link ContentDigest} promises, for any implementation. */
export function contentDigestContract(name: string, digest: ContentDigest): void {
  const test = suite(`ContentDigest contract: ${name}`);
  const of = (...pieces: readonly string[]) => {
    const running = digest.start();
    for (const piece of pieces) running.update(Buffer.from(piece));
    return running.hex();
  };

  test('is the same for the same content, however it is cut', () => {
    assert.is(of('state'), of('st', '', 'ate'));
    assert.is(of(), of(''));
  });

  test('is the same for content that is all there', () => {
    for (const content of ['', 'state', 'x'.repeat(70_000)]) assert.is(digest.of(Buffer.from(content)), of(content));
  });

  test('is another for another content', () => {
    assert.is(new Set([of(), of('state'), of('State'), of('state '), of('etats')]).size, 5);
  });

  test('is hexadecimal', () => {
    assert.match(of('state'), /^[0-9a-f]+$/);
  });

  test('keeps calculations that run at the same time apart', () => {
    const [first, second] = [digest.start(), digest.start()];
    first.update(Buffer.from('one'));
    second.update(Buffer.from('two'));
    assert.equal([first.hex(), second.hex()], [of('one'), of('two')]);
  });

  test('does not depend on memory that is reused', () => {
    const memory = Buffer.from('one');
    const running = digest.start();
    running.update(memory);
    memory.fill(0);
    assert.is(running.hex(), of('one'));
  });

  test.run();
}
