import { Clock, Effect } from "effect";
// src/metrics/Ticker.ts
/** Periodic work on the clock of the environment. */
/**
* Runs `action` every `seconds`, first after one period, for ever. Due times are fixed on the monotonic clock: a sleep that
* ends early or late shifts nothing and makes no extra run, and runs missed while the thread or the action was busy are not
* made up for.
*/
const everyRun = (seconds, action) => Effect.gen(function* () {
	const clock = yield* Clock.Clock;
	const now = () => Number(clock.monotonicTimeNanosUnsafe()) / 1e9;
	const period = Math.max(seconds, .001);
	let due = now() + period;
	while (true) {
		yield* Effect.sleep(Math.max(1, (due - now()) * 1e3));
		yield* action;
		due += Math.max(1, Math.ceil((now() - due) / period)) * period;
	}
});
/** The same for an action that is done when it returns. */
const every = (seconds, action) => everyRun(seconds, Effect.sync(action));
export { everyRun as n, every as t };

//# sourceMappingURL=lib-Ticker-CiuIi9VM.mjs.map