import { Context, Deferred, Duration, Effect, Exit, Layer, Queue, Schedule, Scope } from "effect";
import { readFileSync, readdirSync, statSync } from "node:fs";
// src/runtime/Lifecycle.ts
/** Requests to stop and to reload, whoever makes them: signals, the reload timer, `POST /_shutdown`, an embedder. */
var Lifecycle = class Lifecycle extends Context.Service()("ghostunnel/Lifecycle") {
	/** Requests come only from code: nothing of the process is touched. For embedding and tests. */
	static layerManual = Layer.effect(Lifecycle, Effect.map(Effect.suspend(() => make), (requests) => ({
		...requests,
		begin: Effect.void
	})));
	/**
	* Requests come from the process's signals too (contract: command line, section 5.2). Once a shutdown was asked for, by
	* whomever, SIGTERM and SIGINT kill again and the reload signals do nothing. The listeners, once `begin` has put them
	* up, live as long as the layer: they outlast the drain.
	*/
	static layerSignals = Layer.effect(Lifecycle, Effect.gen(function* () {
		const requests = yield* make;
		const scope = yield* Effect.scope;
		return {
			...requests,
			begin: Effect.provideService(listenToSignals(requests), Scope.Scope, scope)
		};
	}));
	/** Asks for a reload every `interval`, first after one of them; zero or negative: never. */
	static layerTimer = (interval) => Layer.effectDiscard(Effect.gen(function* () {
		const { reloads } = yield* Lifecycle;
		if (!(Duration.toMillis(interval) > 0)) return;
		yield* Effect.sync(() => {
			if (Queue.sizeUnsafe(reloads) === 0) Queue.offerUnsafe(reloads, { _tag: "Timer" });
		}).pipe(Effect.repeat(Schedule.fixed(interval)), Effect.delay(interval), Effect.forkScoped);
	}));
};
const make = Effect.gen(function* () {
	return {
		shutdown: yield* Deferred.make(),
		reloads: yield* Queue.sliding(1)
	};
});
const stopSignals = [["SIGTERM", "terminated"], ["SIGINT", "interrupt"]];
const reloadSignals = [["SIGHUP", "hangup"], ["SIGUSR1", "user defined signal 1"]];
/**
* Deadly by default, without effect on Ghostunnel. SIGPIPE is not here: Node ignores it anyway, and taking a listener off
* it again would make it deadly. Nor is SIGPROF: V8's profiler owns it.
*/
const ignored = [
	"SIGUSR2",
	"SIGALRM",
	"SIGVTALRM",
	"SIGIO",
	"SIGXCPU",
	"SIGXFSZ",
	"SIGPWR"
];
const on = (signal, listener) => Effect.asVoid(Effect.acquireRelease(Effect.sync(() => {
	try {
		process.on(signal, listener);
	} catch {}
}), () => Effect.sync(() => process.off(signal, listener))));
const listenToSignals = Effect.fnUntraced(function* (lifecycle) {
	const { reloads, shutdown } = lifecycle;
	const stops = stopSignals.map(([signal, name]) => {
		const listener = () => {
			restore();
			Deferred.doneUnsafe(shutdown, Exit.succeed({
				_tag: "Signal",
				name
			}));
		};
		return [signal, listener];
	});
	const restore = () => {
		for (const [signal, listener] of stops) process.off(signal, listener);
	};
	for (const signal of ignored) yield* on(signal, () => {});
	for (const [signal, name] of reloadSignals) yield* on(signal, () => {
		if (!Deferred.isDoneUnsafe(shutdown)) Queue.offerUnsafe(reloads, {
			_tag: "Signal",
			name
		});
	});
	for (const [signal, listener] of stops) yield* on(signal, listener);
	yield* Deferred.await(shutdown).pipe(Effect.andThen(Effect.sync(restore)), Effect.forkScoped);
});
// src/runtime/Descriptors.ts
/**
* How many descriptors this process may still open (contract: command line, section 4.3). Linux; elsewhere nobody can say
* cheaply, and nothing is ever taken for scarce.
*/
/** Reading the limit again shows what an operator changed meanwhile; milliseconds. */
const LIMIT_LASTS = 1e3;
let limit;
/** The soft limit in a `/proc/PID/limits`; undefined when there is none. Pure. */
const parseLimit = (text) => {
	const found = /^Max open files\s+(\d+)/m.exec(text)?.[1];
	return found === void 0 ? void 0 : Number(found);
};
const readLimit = () => {
	const now = performance.now();
	if (limit === void 0 || now - limit.at > LIMIT_LASTS) try {
		limit = {
			value: parseLimit(readFileSync("/proc/self/limits", "utf8")) ?? Number.POSITIVE_INFINITY,
			at: now
		};
	} catch {}
	return limit?.value;
};
/** Open descriptors; kernels before 6.2 do not tell without listing them. */
const countOpen = () => {
	const { size } = statSync("/proc/self/fd");
	return size > 0 ? size : readdirSync("/proc/self/fd").length - 1;
};
/** As it is now, of all threads together; undefined where it cannot be told. */
const readUsage = () => {
	const known = readLimit();
	if (known === void 0 || known === Number.POSITIVE_INFINITY) return void 0;
	try {
		return {
			limit: known,
			free: Math.max(0, known - countOpen())
		};
	} catch {
		return {
			limit: known,
			free: 0
		};
	}
};
/** What connections leave alone, for the status port, reloads, name look-ups and log connections. Pure. */
const reserveOf = (limit) => Math.min(64, Math.max(8, limit >> 4));
/** Whether the status port has to turn clients away, so that reloads still find a descriptor. */
const statusIsOver = () => {
	const usage = readUsage();
	return usage !== void 0 && usage.free < reserveOf(usage.limit) / 2;
};
/** Too few to take one more connection: a thread that has none may always take one. Pure. */
const isScarce = (usage, demand, threads) => usage.free <= (demand.connections === 0 ? 1 : reserveOf(usage.limit) + threads * demand.undialled);
/**
* The question a listener asks for every connection, answered from what was read before while plenty are free: a
* connection takes two, and the other threads are as busy.
*/
const watch = (threads, read = readUsage) => {
	let unread = 0;
	let readAt = Number.NEGATIVE_INFINITY;
	return (demand) => {
		const now = performance.now();
		if (unread > 0 && now - readAt < LIMIT_LASTS) {
			unread--;
			return false;
		}
		const usage = read();
		if (usage === void 0) return false;
		readAt = now;
		const beyond = usage.free - reserveOf(usage.limit) - threads * demand.undialled;
		unread = Math.floor(Math.max(0, beyond) / (8 * threads));
		return isScarce(usage, demand, threads);
	};
};
export { watch as n, Lifecycle as r, statusIsOver as t };

//# sourceMappingURL=lib-Descriptors-FKh8Bk7j.mjs.map