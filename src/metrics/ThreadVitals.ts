/**
 * What a worker thread tells about itself, whatever tunnels it carries: its event loop figures and its live fibers, in shared
 * memory that only this thread writes.
 */

// Layout in bytes: two doubles of `LoopMeter`, then the number of fibers.
const fibersOffset = 16
const bytes = 24

/** Shared memory for one thread, all zero. */
export const allocateVitals = (): SharedArrayBuffer => new SharedArrayBuffer(bytes)

/** Memory of a thread whose figures are not read. */
export const noVitals = (): SharedArrayBuffer => new SharedArrayBuffer(0)

/** The cell in which the thread publishes its event loop figures; a private one if they are not read. */
export const loopCell = (memory: SharedArrayBuffer): Float64Array =>
  memory.byteLength === 0 ? new Float64Array(2) : new Float64Array(memory, 0, 2)

/** The cell with the number of the thread's live fibers; a private one if it is not read. */
export const fiberCell = (memory: SharedArrayBuffer): Int32Array =>
  memory.byteLength === 0 ? new Int32Array(1) : new Int32Array(memory, fibersOffset, 1)
