import { n as HEAP_INTERVAL_BYTES, t as FiberSubject } from "./lib-ProfiledThread-DKI0Ps8G.mjs";
import { n as fromHeap } from "./lib-V8Profiles-CWBPYmZm.mjs";
import { Context, Fiber, References, Scheduler, Tracer } from "effect";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { getHeapStatistics, startCpuProfile } from "node:v8";
import { Session } from "node:inspector/promises";
// src/profiling/FiberWatch.ts
/** Which fibers live: a scheduler that remembers every fiber it has seen run (contract: status, section 10.3). */
/** Schedules as Effect's own does, and keeps a list. Provide it outermost: fibers inherit it. */
var FiberWatch = class extends Scheduler.MixedScheduler {
	#live = /* @__PURE__ */ new Set();
	shouldYield(fiber) {
		if (!this.#live.has(fiber)) {
			this.#live.add(fiber);
			fiber.addObserver(() => this.#live.delete(fiber));
		}
		return super.shouldYield(fiber);
	}
	/** The fibers that have begun and not ended, oldest first. */
	dump() {
		const current = Fiber.getCurrent();
		return [...this.#live].filter((fiber) => fiber.pollUnsafe() === void 0).map((fiber) => {
			const subject = fiber.getRef(FiberSubject)?.();
			const stack = stackOf(fiber);
			return {
				id: fiber.id,
				state: [fiber === current ? "running" : "suspended", ...subject?.words ?? []],
				stack: subject === void 0 ? stack : [named(subject.name), ...stack]
			};
		});
	}
};
const named = (name) => ({
	name,
	given: true,
	url: "",
	line: 0,
	column: 0
});
/** `at f (file:///x.mjs:1:2)`, or the same without parentheses. */
const place = /((?:file:\/\/|node:|\/)[^\s()]*):(\d+):(\d+)\)?$/m;
/** The frame that a line of an error's stack stands for. */
const frameOf = (name, stack) => {
	const found = place.exec(stack ?? "");
	if (found === null) return named(name);
	const [, url = "", line, column] = found;
	return {
		name,
		given: true,
		url,
		line: Number(line),
		column: Number(column) - 1
	};
};
/** Named calls; where there are none, spans. */
const stackOf = (fiber) => {
	const frames = [];
	for (let at = fiber.getRef(References.CurrentStackFrame); at !== void 0; at = at.parent) frames.push(frameOf(at.name, at.stack()));
	if (frames.length > 0) return frames;
	let span = Context.getOrUndefined(fiber.context, Tracer.ParentSpan);
	while (span?._tag === "Span") {
		frames.push(named(span.name));
		span = span.parent._tag === "Some" ? span.parent.value : void 0;
	}
	return frames.length > 0 ? frames : [named("(unnamed)")];
};
// src/profiling/ThreadProfiler.ts
/** Measures the thread it runs on: CPU, heap, event loop and fibers. Loaded only where profiles were asked for. */
const nothing = {
	profile: {
		frames: [],
		samples: []
	},
	heap: void 0,
	fibers: [],
	delay: void 0
};
const plain = { samplingInterval: HEAP_INTERVAL_BYTES };
const withTheDead = {
	...plain,
	includeObjectsCollectedByMajorGC: true,
	includeObjectsCollectedByMinorGC: true
};
const heapSize = () => {
	const { used_heap_size, total_heap_size, heap_size_limit, external_memory } = getHeapStatistics();
	return {
		used: used_heap_size,
		total: total_heap_size,
		limit: heap_size_limit,
		external: external_memory
	};
};
/** Samples this thread's CPU until told to stop. */
const startCpu = (samples) => {
	const handle = startCpuProfile({
		sampleInterval: 10,
		maxBufferSize: samples
	});
	return Promise.resolve({ stop: () => Promise.resolve(handle.stop()) });
};
/** Begins to sample the heap and to watch the event loop. */
const start = async (label) => {
	const session = new Session();
	session.connect();
	await session.post("HeapProfiler.startSampling", plain);
	const loop = monitorEventLoopDelay({ resolution: 20 });
	loop.enable();
	const watch = new FiberWatch();
	const delay = () => ({
		samples: loop.count,
		mean: loop.count === 0 ? 0 : loop.mean,
		p50: loop.percentile(50),
		p90: loop.percentile(90),
		p99: loop.percentile(99),
		max: loop.max
	});
	const heap = async () => {
		const { profile } = await session.post("HeapProfiler.getSamplingProfile");
		return {
			...nothing,
			profile: fromHeap(profile),
			heap: heapSize()
		};
	};
	const restart = async (how) => {
		await session.post("HeapProfiler.stopSampling");
		await session.post("HeapProfiler.startSampling", how);
	};
	const ask = async (question) => {
		switch (question) {
			case "heap": return heap();
			case "collect":
				await session.post("HeapProfiler.collectGarbage");
				return heap();
			case "watch-allocations":
				await restart(withTheDead);
				return nothing;
			case "allocations": {
				const report = await heap();
				await restart(plain);
				return report;
			}
			case "fibers": return {
				...nothing,
				fibers: watch.dump()
			};
			case "delay": return {
				...nothing,
				delay: delay()
			};
		}
	};
	return {
		label,
		watch,
		startCpu,
		ask,
		close: () => {
			loop.disable();
			session.disconnect();
		}
	};
};
export { start };

//# sourceMappingURL=lib-ThreadProfiler-PqGamoF6.mjs.map