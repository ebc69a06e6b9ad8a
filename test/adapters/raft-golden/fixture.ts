import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../interop/engine-program.js';
import { parseEngineJson } from '../../interop/engine-replies.js';

/** A path among the files that the engine made. */
export function fixture(...parts: readonly string[]): string {
  return join(projectRoot, 'test/fixtures/engine', ...parts);
}

/** The engine's own reading of them. */
export function expected<T>(directory: string): T {
  return parseEngineJson(readFileSync(fixture(directory, 'expected.json'), 'utf8')) as T;
}
