// Run by the set-up, so that fetching and compiling are over before the first test begins. A machine without Go or Python is no
// failure here: the suites say so themselves.
import { findMoto, findVersitygw } from './storage-programs.js';

await findVersitygw();
await findMoto();
