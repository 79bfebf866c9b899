import { a as difference, c as profileOf, d as resolve, n as during, r as makeLock, s as merge, t as ProfilingError, u as summed } from "./lib-Window-QWytXooz.mjs";
import "./lib-ProfiledThread-DKI0Ps8G.mjs";
import { t as fromCpu } from "./lib-V8Profiles-CWBPYmZm.mjs";
import { Clock, Effect } from "effect";
import { Session } from "node:inspector/promises";
// src/profiling/AskThreads.ts
/** Asks threads and does not wait for ever: one that hangs is left out of the answer, and the answer says so. */
/** How long a thread may take to answer, milliseconds. */
const PATIENCE = 2e3;
/** The value, or `undefined` when the promise fails or takes too long; what comes too late is handed to `late`. */
const patiently = (run, late = () => {}) => new Promise((done) => {
	let over = false;
	const settle = (value) => {
		over = true;
		clearTimeout(timer);
		done(value);
	};
	const timer = setTimeout(() => settle(void 0), PATIENCE);
	new Promise((resolve) => resolve(run())).then((value) => over ? late(value) : settle(value), () => settle(void 0));
});
/** What to say of a thread that is missing. */
const missing = (thread) => `thread ${thread} ended or did not answer within ${PATIENCE / 1e3} s: it is missing here`;
/** Asks all at once. */
const askAll = (threads, question) => Effect.promise(async () => {
	const answers = await Promise.all(threads.map(async (thread) => [thread.label, await patiently(() => thread.ask(question))]));
	return {
		reports: answers.flatMap(([label, report]) => report === void 0 ? [] : [[label, report]]),
		comments: answers.flatMap(([label, report]) => report === void 0 ? [missing(label)] : [])
	};
});
// src/profiling/ExecutionTrace.ts
/** An execution trace of the main thread in Chrome's JSON, as Perfetto reads it: `go tool trace` has another format. */
const categories = [
	"v8",
	"node",
	"node.perf",
	"node.http",
	"node.net.native",
	"node.dns.native",
	"node.environment"
];
/** Starts the trace; rejects where another one runs. */
const start = async () => {
	const session = new Session();
	session.connect();
	const events = [];
	const complete = Promise.withResolvers();
	session.on("NodeTracing.dataCollected", ({ params }) => void events.push(...params.value));
	session.on("NodeTracing.tracingComplete", () => complete.resolve());
	try {
		await session.post("NodeTracing.start", { traceConfig: { includedCategories: categories } });
	} catch (cause) {
		session.disconnect();
		throw cause;
	}
	return { stop: async () => {
		try {
			await session.post("NodeTracing.stop");
			await complete.promise;
			return JSON.stringify({ traceEvents: events });
		} finally {
			session.disconnect();
		}
	} };
};
// src/profiling/ProfileText.ts
const places = (stack) => stack.map(({ name, file, line }) => {
	return `#\t${name}${file === "" ? "" : line > 0 ? `\t${file}:${line}` : `\t${file}`}`;
});
/** No blank in it: readers split at blanks. */
const addresses = (stack) => stack.map(({ name }) => ` ${name.replaceAll(/\s/g, "_")}`).join("");
const group = (head, { stack, thread }) => [
	`${head} @${addresses(stack)}`,
	`# labels: ${JSON.stringify({ thread })}`,
	...places(stack),
	""
];
const remarks = (comments) => comments.map((comment) => `# ${comment}`);
const text = (lines) => `${lines.join("\n")}\n`;
/** Of a profile that counts one thing; the last word of the first line is the total. */
const countText = (name, profile) => {
	const countOf = ({ values }) => values[0] ?? 0;
	const groups = profile.samples.toSorted((a, b) => countOf(b) - countOf(a));
	const total = groups.reduce((sum, sample) => sum + countOf(sample), 0);
	return text([
		`${name} profile: total ${total}`,
		...groups.flatMap((sample) => group(String(countOf(sample)), sample)),
		...remarks(profile.comments)
	]);
};
/** One by one, with state and, for connections, stage and peer. */
const fibersText = (fibers, comments) => text([...fibers.flatMap(({ id, state, stack, thread }) => [
	`goroutine ${id} [${[...state, `thread=${thread}`].join(", ")}]:`,
	...stack.map(({ name, file, line }) => `${name}(...)${file === "" ? "" : `\n\t${file}:${line}`}`),
	""
]), ...remarks(comments)]);
/** Of the sampled objects that live: numbers in brackets are of all allocations in Go, here of the same objects. */
const heapText = (profile, memory) => {
	const figures = (objects, bytes) => `${objects}: ${bytes} [${objects}: ${bytes}]`;
	const bytesOf = ({ values }) => values[1] ?? 0;
	const groups = profile.samples.toSorted((a, b) => bytesOf(b) - bytesOf(a));
	const objects = groups.reduce((sum, { values }) => sum + (values[0] ?? 0), 0);
	const bytes = groups.reduce((sum, sample) => sum + bytesOf(sample), 0);
	return text([
		`heap profile: ${figures(objects, bytes)} @ heap/1048576`,
		...groups.flatMap((sample) => group(figures(sample.values[0] ?? 0, bytesOf(sample)), sample)),
		"# memory, bytes",
		`# Sys = ${memory.rss}`,
		...memory.threads.map(([thread, { external, limit, total, used }]) => `# ${thread}: HeapInuse = ${used}, HeapSys = ${total}, HeapLimit = ${limit}, External = ${external}`),
		...remarks(profile.comments)
	]);
};
/** Nothing waits for locks here; what blocks is an event loop that is busy, and by how much it was late is told. */
const contentionText = (name, delays, comments) => {
	const millis = (nanos) => `${(nanos / 1e6).toFixed(3)}ms`;
	return text([
		...name === "block" ? ["--- contention:"] : ["--- mutex:"],
		"cycles/second=1000000000",
		...name === "mutex" ? ["sampling period=0"] : [],
		...delays.map(([thread, { max, mean, p50, p90, p99, samples }]) => {
			return `# event loop delay, ${thread}: samples=${samples} ${Object.entries({
				mean,
				p50,
				p90,
				p99,
				max
			}).map(([figure, nanos]) => `${figure}=${millis(nanos)}`).join(" ")}`;
		}),
		...remarks(comments)
	]);
};
// src/profiling/Profiler.ts
/** What the whole program does, as the pages under `/debug/pprof/` show it: every thread's answers, merged. */
/** Bounds what V8 keeps of a long CPU profile: nearly three hours. */
const MOST_SAMPLES = 1e6;
const startCpu = (threads, seconds) => Effect.promise(() => {
	const samples = Math.min(MOST_SAMPLES, 1e3 + 2e3 * seconds / 10);
	const abandon = (handle) => void handle.stop().catch(() => {});
	return Promise.all(threads.map(async (thread) => {
		return {
			label: thread.label,
			handle: await patiently(() => thread.startCpu(samples), abandon)
		};
	}));
});
const stopCpu = (started) => Effect.promise(() => Promise.all(started.map(async ({ label, handle }) => {
	return {
		label,
		json: handle === void 0 ? void 0 : await patiently(() => handle.stop())
	};
})));
const heapProfile = (name, { reports, comments }) => Effect.gen(function* () {
	const at = yield* Clock.currentTimeMillis;
	const samples = yield* Effect.promise(() => merge(reports.map(([thread, { profile }]) => [thread, profile])));
	return profileOf(name, samples, {
		at,
		comments
	});
});
/** Asks the threads that there are when it is asked. */
const make = (threads) => {
	const cpuLock = makeLock("Could not enable CPU profiling: cpu profiling already in use");
	const traceLock = makeLock("Could not enable tracing: execution tracer already enabled");
	const allocationLock = makeLock("Could not enable allocation profiling: allocation profiling already in use");
	let heapDifferences = 0;
	const ask = (question) => Effect.suspend(() => askAll(threads(), question));
	const cpu = (seconds) => Effect.gen(function* () {
		const at = yield* Clock.currentTimeMillis;
		const stopped = yield* during(seconds, startCpu(threads(), seconds), stopCpu);
		const durationMillis = (yield* Clock.currentTimeMillis) - at;
		const profiles = stopped.flatMap(({ label, json }) => json === void 0 ? [] : [[label, fromCpu(JSON.parse(json))]]);
		const comments = stopped.flatMap(({ label, json }) => json === void 0 ? [missing(label)] : []);
		return profileOf("profile", yield* Effect.promise(() => merge(profiles)), {
			at,
			comments,
			durationMillis
		});
	});
	const trace = (seconds) => during(seconds, Effect.tryPromise({
		try: () => start(),
		catch: (cause) => {
			const why = cause instanceof Error ? cause.message : String(cause);
			return new ProfilingError({ message: `Could not enable tracing: ${why}` });
		}
	}), (running) => Effect.promise(() => running.stop()));
	const heap = (collect) => Effect.suspend(() => allocationLock.taken() ? Effect.fail(new ProfilingError({ message: "Could not read the heap: an allocation profile is being taken" })) : ask(collect ? "collect" : "heap"));
	const fibers = Effect.gen(function* () {
		const { reports, comments } = yield* ask("fibers");
		const live = reports.flatMap(([thread, report]) => report.fibers.map((fiber) => ({
			thread,
			fiber
		})));
		const frames = yield* Effect.promise(() => resolve(live.flatMap(({ fiber }) => fiber.stack)));
		let base = 0;
		return {
			facts: live.map(({ thread, fiber: { id, stack, state } }) => {
				base += stack.length;
				return {
					id,
					thread,
					state,
					stack: frames.slice(base - stack.length, base)
				};
			}),
			comments
		};
	});
	const snapshot = (name, collect) => Effect.gen(function* () {
		const at = yield* Clock.currentTimeMillis;
		switch (name) {
			case "heap":
			case "allocs": return yield* heapProfile("heap", yield* heap(collect));
			case "goroutine": {
				const { facts, comments } = yield* fibers;
				return profileOf(name, summed(facts.map((fiber) => ({
					...fiber,
					values: [1]
				}))), {
					at,
					comments
				});
			}
			case "threadcreate": {
				const each = threads().map(({ label }) => ({
					thread: label,
					stack: [],
					values: [1]
				}));
				return profileOf(name, each, {
					at,
					comments: []
				});
			}
			case "block":
			case "mutex": return profileOf(name, [], {
				at,
				comments: []
			});
		}
	});
	const allocations = (seconds) => Effect.gen(function* () {
		const watched = threads();
		const answers = yield* during(seconds, askAll(watched, "watch-allocations"), () => askAll(watched, "allocations"));
		return {
			...yield* heapProfile("allocs", answers),
			durationMillis: seconds * 1e3
		};
	});
	const changes = (name, seconds) => during(seconds, snapshot(name, false), Effect.succeed).pipe(Effect.flatMap((earlier) => Effect.map(snapshot(name, false), (later) => difference(earlier, later))));
	const heapChanges = (seconds) => Effect.acquireUseRelease(Effect.sync(() => heapDifferences += 1), () => changes("heap", seconds), () => Effect.sync(() => heapDifferences -= 1));
	const text = (name, debug, collect) => Effect.gen(function* () {
		switch (name) {
			case "heap":
			case "allocs": {
				const answers = yield* heap(collect);
				const sizes = answers.reports.flatMap(([thread, { heap: size }]) => size === void 0 ? [] : [[thread, size]]);
				const rss = process.memoryUsage.rss();
				return heapText(yield* heapProfile("heap", answers), {
					rss,
					threads: sizes
				});
			}
			case "goroutine": {
				if (debug === 1) return countText(name, yield* snapshot(name, false));
				const { facts, comments } = yield* fibers;
				return fibersText(facts, comments);
			}
			case "threadcreate": return countText(name, yield* snapshot(name, false));
			case "block":
			case "mutex": {
				const { reports, comments } = yield* ask("delay");
				const delays = reports.flatMap(([thread, { delay }]) => delay === void 0 ? [] : [[thread, delay]]);
				return contentionText(name, delays, comments);
			}
		}
	});
	return {
		cpu: (seconds) => cpuLock.hold(cpu(seconds)),
		trace: (seconds) => traceLock.hold(trace(seconds)),
		snapshot,
		delta: (name, seconds) => {
			if (name === "heap") return heapChanges(seconds);
			if (name !== "allocs") return changes(name, seconds);
			const message = "Could not enable allocation profiling: a heap profile is being taken";
			return Effect.suspend(() => heapDifferences > 0 ? Effect.fail(new ProfilingError({ message })) : allocationLock.hold(allocations(seconds)));
		},
		text,
		counts: Effect.gen(function* () {
			const { facts } = yield* fibers;
			const stacks = (allocationLock.taken() ? [] : (yield* ask("heap")).reports).reduce((sum, [, { profile }]) => sum + profile.samples.length, 0);
			return /* @__PURE__ */ new Map([
				["allocs", stacks],
				["goroutine", facts.length],
				["heap", stacks],
				["threadcreate", threads().length]
			]);
		})
	};
};
export { make };

//# sourceMappingURL=lib-Profiler-DePkJJCR.mjs.map