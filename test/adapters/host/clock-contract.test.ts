import { systemClock } from '../../../src/adapters/host/system-clock.js';
import { clockContract } from '../../contracts/clock.contract.js';
import { createManualClock } from '../../fakes/manual-clock.js';

// The clock of the machine may be set while the tests run: the bounds are those of the project's lifetime.
clockContract('this machine', systemClock, Date.UTC(2024, 0, 1), () => Date.UTC(2200, 0, 1));

const startMs = Date.UTC(2026, 4, 25, 3);
const moved = createManualClock(startMs);
moved.advance(1_500);
clockContract('by hand', moved, startMs + 1_500, () => startMs + 1_500);
