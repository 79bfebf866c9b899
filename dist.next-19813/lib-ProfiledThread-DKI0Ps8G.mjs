import { Context, Effect } from "effect";
// src/profiling/ProfiledThread.ts
/**
* What profiles ask of a thread and what it answers: plain values, fit for `postMessage`. Loaded always, and therefore
* little but types; what measures is in `ThreadProfiler.ts`.
*/
/** Mean bytes between two heap samples. */
const HEAP_INTERVAL_BYTES = 524288;
/** The subject of the fibers that hold it. Only set where profiles were asked for. */
const FiberSubject = Context.Reference("ghostunnel/profiling/FiberSubject", { defaultValue: () => void 0 });
/** Names a fiber that lives long. */
const asFiber = (name) => (self) => Effect.provideService(self, FiberSubject, () => ({
	name,
	words: []
}));
export { HEAP_INTERVAL_BYTES as n, asFiber as r, FiberSubject as t };

//# sourceMappingURL=lib-ProfiledThread-DKI0Ps8G.mjs.map