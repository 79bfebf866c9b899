import { n as everyRun } from "./lib-Ticker-CiuIi9VM.mjs";
import { Cause, Duration, Effect } from "effect";
// src/metrics/Pusher.ts
/** What the pushers have in common: the beat, the time a push may take, and what the log hears of it. */
/**
* Pushes for ever, first after one interval; nothing is kept of a push that failed. The log gets one line when pushes begin
* to fail and one when they work again. An interval that is not positive means never.
*/
const pushing = (options) => {
	const seconds = Duration.toMillis(options.interval) / 1e3;
	if (seconds <= 0) return Effect.void;
	let failing = false;
	const failed = (why) => {
		if (!failing) options.log(`error reporting metrics: ${why}`);
		failing = true;
	};
	const once = options.push.pipe(Effect.timeoutOrElse({
		duration: options.timeout,
		orElse: () => Effect.fail(options.tooLate)
	}), Effect.matchCauseEffect({
		onSuccess: () => Effect.sync(() => {
			if (failing) options.log(`reporting metrics again to ${options.to}`);
			failing = false;
		}),
		onFailure: (cause) => {
			if (Cause.hasInterruptsOnly(cause)) return Effect.interrupt;
			const error = Cause.squash(cause);
			return Effect.sync(() => failed(typeof error === "string" ? error : `internal error: ${String(error)}`));
		}
	}));
	return everyRun(seconds, once);
};
export { pushing as t };

//# sourceMappingURL=lib-Pusher-zkqd96Qn.mjs.map