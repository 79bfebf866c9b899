/** Timers by hand that also hold for longer than Node's 24.8 days. */
/** Runs `action` once `performance.now()` has reached `deadline`. Gives back what cancels it. */
export declare const at: (deadline: number, action: () => void) => (() => void);
/** Runs `action` once after so many milliseconds. */
export declare const after: (millis: number, action: () => void) => (() => void);
