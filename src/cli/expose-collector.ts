/**
 * Puts V8's garbage collector into `gc`, as `node --expose-gc` does: code that streams large pieces calls it to free
 * them (docs/performance.md). It is created at the first call, since small archives do not need it and node:v8 is slow
 * to load.
 */
export function exposeCollector(): void {
  globalThis.gc ??= ((options: NodeJS.GCOptions) => {
    const collect = makeCollector();
    globalThis.gc = collect;
    // At exit Node waits for V8's compiler threads. One that finds the heap full waits for a collection, which never
    // comes (nodejs/node#54918). A full collection lets it continue.
    process.once('exit', () => collect());
    collect(options);
  }) as NodeJS.GCFunction;
}

/**
 * A context that is created under the flag has the function, which works for all contexts. Other threads no longer help
 * with a minor collection: waking them takes longer than the little that survives one.
 */
function makeCollector(): NodeJS.GCFunction {
  const v8 = process.getBuiltinModule('node:v8');
  v8.setFlagsFromString('--expose-gc');
  v8.setFlagsFromString('--no-parallel-scavenge');
  return process.getBuiltinModule('node:vm').runInNewContext('gc');
}
