/**
 * Puts V8's collector of garbage into `gc`, as `node --expose-gc` does: whoever streams large pieces asks it to free
 * them (docs/performance.md). It is made when it is first called, as small archives do without it and node:v8 takes 2 ms to load.
 */
export function exposeCollector(): void {
  globalThis.gc ??= ((options: NodeJS.GCOptions) => {
    const collect = makeCollector();
    globalThis.gc = collect;
    // Node ends by waiting for V8's compilers, and one that finds the heap full waits for a collection: forever, were
    // there none (nodejs/node#54918). A collection of all lets them go on.
    process.once('exit', () => collect());
    collect(options);
  }) as NodeJS.GCFunction;
}

/** A context that is made under the flag has the function, and the function works for all. */
function makeCollector(): NodeJS.GCFunction {
  process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc');
  return process.getBuiltinModule('node:vm').runInNewContext('gc');
}
