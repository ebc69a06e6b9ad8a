// Run by the set-up, so that fetching the Go modules and compiling are over before the first test begins. A machine
// without Go is no failure here: the suites say so themselves.
import { findEngineProgram } from './engine-program.js';
import { findNodeExporter } from './node-exporter.js';

try {
  await findEngineProgram();
  await findNodeExporter();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
