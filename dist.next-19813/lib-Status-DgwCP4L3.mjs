import { Context, Effect, Layer, SubscriptionRef } from "effect";
// src/status/Status.ts
/** What the tunnel is doing, as `/_status` and the service manager report it (contract: status, section 3). */
var Status = class Status extends Context.Service()("ghostunnel/Status") {
	static layer = Layer.effect(Status, Effect.gen(function* () {
		const state = yield* SubscriptionRef.make({
			listening: false,
			reloading: false,
			stopping: false,
			lastReload: void 0
		});
		const change = (next) => Effect.clockWith((clock) => SubscriptionRef.update(state, (current) => current.stopping ? current : next(current, clock.currentTimeMillisUnsafe())));
		return {
			state,
			listening: change((s) => ({
				...s,
				listening: true
			})),
			reloading: change((s, now) => ({
				...s,
				reloading: true,
				lastReload: now
			})),
			reloaded: change((s) => ({
				...s,
				reloading: false
			})),
			stopping: change((s) => ({
				...s,
				stopping: true
			}))
		};
	}));
};
/** The `message` of `/_status`: the first that holds of stopping, reloading, listening, initializing. */
const message = (state) => state.stopping ? "stopping" : state.reloading ? "reloading" : state.listening ? "listening" : "initializing";
/** Whether connections are taken: also while reloading, not while draining. */
const isUp = (state) => state.listening && !state.stopping;
export { isUp as n, message as r, Status as t };

//# sourceMappingURL=lib-Status-DgwCP4L3.mjs.map