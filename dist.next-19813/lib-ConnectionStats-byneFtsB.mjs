import { t as every } from "./lib-Ticker-CiuIi9VM.mjs";
import { Clock, Context, Effect, Layer } from "effect";
import { MessageChannel, receiveMessageOnPort } from "node:worker_threads";
// src/metrics/LoopMeter.ts
/** How busy and how late an event loop is, in two doubles that another thread may read. */
const periodMillis = 500;
const LAG = 0;
const UTILIZATION = 1;
/** Reads what `meterLoop` wrote. */
const loopFacts = (cell) => ({
	lag: cell[LAG] ?? 0,
	utilization: cell[UTILIZATION] ?? 0
});
/** Measures this thread's loop while the scope is open; does not keep the thread alive. */
const meterLoop = (cell) => Effect.asVoid(Effect.acquireRelease(Effect.sync(() => {
	let last = performance.eventLoopUtilization();
	let due = performance.now() + periodMillis;
	const timer = setInterval(() => {
		const now = performance.now();
		const next = performance.eventLoopUtilization();
		cell[LAG] = Math.max(0, now - due) / 1e3;
		cell[UTILIZATION] = performance.eventLoopUtilization(next, last).utilization;
		last = next;
		due = now + periodMillis;
	}, periodMillis);
	timer.unref();
	return timer;
}), (timer) => Effect.sync(() => clearInterval(timer))));
/** An exponentially weighted moving average over `minutes`. */
var MovingAverage = class {
	#weight;
	#rate;
	constructor(minutes) {
		this.#weight = 1 - Math.exp(-5 / 60 / minutes);
	}
	get rate() {
		return this.#rate ?? 0;
	}
	tick(instant) {
		this.#rate = this.#rate === void 0 ? instant : this.#rate + this.#weight * (instant - this.#rate);
	}
};
/** Counts events; `tick` must be called every {@link tickSeconds}. Times are seconds of one monotonic clock. */
var Meter = class {
	#created;
	#one = new MovingAverage(1);
	#five = new MovingAverage(5);
	#fifteen = new MovingAverage(15);
	#count = 0;
	#sinceTick = 0;
	#mean = 0;
	constructor(now) {
		this.#created = now;
	}
	/** One event happened. */
	mark(now) {
		this.#count += 1;
		this.#sinceTick += 1;
		this.#refreshMean(now);
	}
	/** The five-second window ends. */
	tick(now) {
		const instant = this.#sinceTick / 5;
		this.#sinceTick = 0;
		this.#one.tick(instant);
		this.#five.tick(instant);
		this.#fifteen.tick(instant);
		this.#refreshMean(now);
	}
	rates() {
		return {
			rate1: this.#one.rate,
			rate5: this.#five.rate,
			rate15: this.#fifteen.rate,
			rateMean: this.#mean
		};
	}
	#refreshMean(now) {
		const elapsed = now - this.#created;
		this.#mean = elapsed > 0 ? this.#count / elapsed : 0;
	}
};
const headIndex = 0;
const tailIndex = 16;
const countersOffset = 128;
const volumesOffset = 192;
const loopOffset = 208;
const fibersOffset = 248;
const entriesOffset = 256;
const entryWidth = 3;
const ringBytes = 98560;
const countIndex = 0;
const sealedIndex = 1;
const startIndex = 2;
const segmentEntriesOffset = 16;
/** Shared memory for one thread: zeroed counters and an empty ring. */
const allocate = () => new SharedArrayBuffer(ringBytes);
/** The counters in a thread's block; written with `Atomics` by that thread only. */
const countersOf = (memory, length) => new BigInt64Array(memory, countersOffset, length);
/** Sums of bytes in a thread's block; written by that thread only, without `Atomics`: each is one aligned double. */
const volumesOf = (memory, length) => new Float64Array(memory, volumesOffset, length);
/** How the thread's event loop does; see `LoopMeter`. */
const loopOf = (memory) => new Float64Array(memory, loopOffset, 2);
/** The one number behind the counters: how many fibers live on the thread. */
const fibersOf = (memory) => new Int32Array(memory, fibersOffset, 1);
const put = (entries, index, timer, at, nanos) => {
	const offset = index * entryWidth;
	entries[offset] = timer;
	entries[offset + 1] = at;
	entries[offset + 2] = nanos;
};
const take = (entries, index) => {
	const offset = index * entryWidth;
	return {
		timer: entries[offset] ?? 0,
		at: entries[offset + 1] ?? 0,
		nanos: entries[offset + 2] ?? 0
	};
};
var Segment = class {
	memory;
	header;
	entries;
	constructor(memory) {
		this.memory = memory;
		this.header = new Int32Array(memory, 0, 3);
		this.entries = new Float64Array(memory, segmentEntriesOffset);
	}
};
const openSegment = (start) => {
	const segment = new Segment(new SharedArrayBuffer(24592));
	segment.header[startIndex] = start;
	return segment;
};
/** The producing end of a thread's ring. One per block and attachment. */
var RingWriter = class {
	#header;
	#entries;
	#overflow;
	#segment;
	constructor(memory, overflow) {
		this.#header = new Int32Array(memory, 0, countersOffset / 4);
		this.#entries = new Float64Array(memory, entriesOffset);
		this.#overflow = overflow;
		this.#segment = void 0;
	}
	/** Stores one observation; readers on other threads see it when this returns. */
	write(timer, at, nanos) {
		const tail = Atomics.load(this.#header, tailIndex);
		const used = tail - Atomics.load(this.#header, headIndex) | 0;
		if (this.#segment !== void 0 && used === 0) {
			Atomics.store(this.#segment.header, sealedIndex, 1);
			this.#segment = void 0;
		}
		if (this.#segment !== void 0 || used === 4096) {
			this.#writeSegment(this.#segment ?? this.#next(tail), tail, timer, at, nanos);
			return;
		}
		put(this.#entries, tail & 4095, timer, at, nanos);
		Atomics.store(this.#header, tailIndex, tail + 1 | 0);
	}
	#writeSegment(current, tail, timer, at, nanos) {
		let segment = current;
		let count = Atomics.load(segment.header, countIndex);
		if (count === 1024) {
			Atomics.store(segment.header, sealedIndex, 1);
			segment = this.#next(tail);
			count = 0;
		}
		put(segment.entries, count, timer, at, nanos);
		Atomics.store(segment.header, countIndex, count + 1);
	}
	#next(tail) {
		const segment = openSegment(tail);
		this.#segment = segment;
		this.#overflow.postMessage(segment.memory);
		return segment;
	}
};
/** The consuming end of a thread's ring, on the main thread. */
var RingReader = class {
	#header;
	#entries;
	#overflow;
	#segments = [];
	#taken = 0;
	constructor(memory, overflow) {
		this.#header = new Int32Array(memory, 0, countersOffset / 4);
		this.#entries = new Float64Array(memory, entriesOffset);
		this.#overflow = overflow;
	}
	/** Appends everything observed before this call to `into`, in the order it was made. */
	drain(into) {
		const tail = Atomics.load(this.#header, tailIndex);
		for (let next = receiveMessageOnPort(this.#overflow); next; next = receiveMessageOnPort(this.#overflow)) {
			const memory = next.message;
			if (memory instanceof SharedArrayBuffer) this.#segments.push(new Segment(memory));
		}
		for (let segment = this.#segments[0]; segment !== void 0; segment = this.#segments[0]) {
			const start = segment.header[startIndex] ?? 0;
			this.#drainRing(start, into);
			const sealed = Atomics.load(segment.header, sealedIndex) === 1;
			const count = Atomics.load(segment.header, countIndex);
			while (this.#taken < count) into.push(take(segment.entries, this.#taken++));
			if (!sealed) return;
			this.#segments.shift();
			this.#taken = 0;
		}
		this.#drainRing(tail, into);
	}
	#drainRing(to, into) {
		let head = Atomics.load(this.#header, headIndex);
		while ((to - head | 0) > 0) {
			into.push(take(this.#entries, head & 4095));
			head = head + 1 | 0;
		}
		Atomics.store(this.#header, headIndex, head);
	}
};
// src/metrics/Distribution.ts
/** The value at quantile `p` of values sorted ascending; 0 without values. */
const percentile = (sorted, p) => {
	const n = sorted.length;
	const position = p * (n + 1);
	if (position < 1) return sorted[0] ?? 0;
	if (position >= n) return sorted[n - 1] ?? 0;
	const floor = Math.floor(position);
	const lower = sorted[floor - 1] ?? 0;
	const upper = sorted[floor] ?? 0;
	return lower + (position - floor) * (upper - lower);
};
/** The figures of a sample; `values` is not kept or changed. */
const distribution = (count, values) => {
	const sorted = values.toSorted();
	const n = sorted.length;
	let sum = 0;
	for (const value of sorted) sum += value;
	const mean = n === 0 ? 0 : sum / n;
	let squares = 0;
	for (const value of sorted) squares += (value - mean) ** 2;
	const variance = n === 0 ? 0 : squares / n;
	return {
		count,
		min: sorted[0] ?? 0,
		max: sorted[n - 1] ?? 0,
		sum,
		mean,
		variance,
		stdDev: Math.sqrt(variance),
		percentile: (p) => percentile(sorted, p)
	};
};
// src/metrics/Reservoir.ts
/**
* An exponentially decaying priority sample (contract: status, section 11). Pure: time and chance are handed in.
*
* The contract's key is `exp(α·(t − t0)) / u`, rescaled every hour lest it overflow. Only the order of keys matters, so
* this keeps their logarithm, `α·(t − t0) − ln u`: the same order, no rescaling, and no overflow after hours of silence.
*/
/** Most values a sample holds. */
const reservoirSize = 1028;
/** Weight of the present over the past, per second. */
const alpha = .015;
/** A sample of a stream of values. The newest value is always in it; nothing leaves by time alone. */
var Reservoir = class {
	#random;
	/** A binary heap by key, smallest first; `#values[i]` belongs to `#keys[i]`. */
	#keys = new Float64Array(reservoirSize);
	#values = new Float64Array(reservoirSize);
	#size = 0;
	#count = 0;
	#latest = 0;
	#start;
	/** `random` is uniform in [0, 1). */
	constructor(random) {
		this.#random = random;
	}
	/** Values ever added. */
	get count() {
		return this.#count;
	}
	/** The value added last; 0 before the first. */
	get latest() {
		return this.#latest;
	}
	/** Adds a value seen at `seconds` (any epoch, the same for all). A full sample first loses its smallest key. */
	add(value, seconds) {
		this.#count += 1;
		this.#latest = value;
		this.#start ??= seconds;
		if (this.#size === 1028) this.#removeSmallest();
		this.#insert(alpha * (seconds - this.#start) - Math.log(1 - this.#random()), value);
	}
	/** The values held now, in no order. */
	values() {
		return this.#values.slice(0, this.#size);
	}
	#key(index) {
		return this.#keys[index] ?? Number.POSITIVE_INFINITY;
	}
	#set(index, key, value) {
		this.#keys[index] = key;
		this.#values[index] = value;
	}
	#copy(to, from) {
		this.#set(to, this.#key(from), this.#values[from] ?? 0);
	}
	#insert(key, value) {
		let index = this.#size++;
		while (index > 0) {
			const parent = index - 1 >> 1;
			if (this.#key(parent) <= key) break;
			this.#copy(index, parent);
			index = parent;
		}
		this.#set(index, key, value);
	}
	#removeSmallest() {
		const size = --this.#size;
		const key = this.#key(size);
		const value = this.#values[size] ?? 0;
		let index = 0;
		for (let child = 1; child < size; child = 2 * index + 1) {
			if (child + 1 < size && this.#key(child + 1) < this.#key(child)) child += 1;
			if (key <= this.#key(child)) break;
			this.#copy(index, child);
			index = child;
		}
		this.#set(index, key, value);
	}
};
// src/metrics/Timer.ts
/** A timer: a sample of durations and the rate at which they come (contract: status, section 11). Pure. */
/** Records durations. Clock and chance are handed in. */
var Timer = class {
	#reservoir;
	#meter;
	/** `now`: seconds of the monotonic clock that `observe` and `tick` use too; `random` is uniform in [0, 1). */
	constructor(now, random) {
		this.#reservoir = new Reservoir(random);
		this.#meter = new Meter(now);
	}
	/** One observation of `nanos`, cut to an integer, made at `at` (Unix seconds) and taken in at `now` (monotonic seconds). */
	observe(nanos, at, now) {
		this.#reservoir.add(Math.trunc(nanos), at);
		this.#meter.mark(now);
	}
	/** Ends a window of the rates. */
	tick(now) {
		this.#meter.tick(now);
	}
	snapshot() {
		return {
			...distribution(this.#reservoir.count, this.#reservoir.values()),
			...this.#meter.rates()
		};
	}
};
// src/metrics/ConnectionStats.ts
/**
* The numbers the data path writes. Names, units, percentiles and formats live elsewhere in `metrics/`; here are counters in
* shared memory and a ring of timer observations per thread (design: numbers cross threads in order and in full).
*/
/** Place of each counter in a thread's block. */
const slot = {
	"conn.open": 0,
	"conn.timeout": 1,
	"accept.total": 2,
	"accept.success": 3,
	"accept.error": 4,
	"accept.timeout": 5
};
const slots = 6;
const volume = {
	forwarded: 0,
	returned: 1
};
const volumes = 2;
/** Seconds between two drains. */
const drainSeconds = .1;
const timerId = {
	"conn.handshake": 0,
	"conn.lifetime": 1
};
/** The writing end, in any thread. Make one per `SharedStats`, in the thread it is meant for. */
const writer = (shared) => {
	shared.overflow.unref();
	if (shared.memory.byteLength === 0) return {
		add: () => {},
		observe: () => {},
		carried: () => {}
	};
	const counters = countersOf(shared.memory, slots);
	const sums = volumesOf(shared.memory, volumes);
	const ring = new RingWriter(shared.memory, shared.overflow);
	const origin = performance.timeOrigin;
	return {
		add: (counter, by) => void Atomics.add(counters, slot[counter], by === 1 ? 1n : -1n),
		observe: (timer, nanos) => ring.write(timerId[timer], origin + performance.now(), nanos),
		carried: (way, bytes) => {
			const place = volume[way];
			sums[place] = (sums[place] ?? 0) + bytes;
		}
	};
};
/** Numbers of all threads of this process: counters at any moment, timers through one sample each. */
var ConnectionStats = class ConnectionStats extends Context.Service()("ghostunnel/ConnectionStats") {
	/** Records. Drains every 100 ms and ticks the rates every 5 s while its scope is open. */
	static layer = Layer.effect(ConnectionStats, Effect.gen(function* () {
		const clock = yield* Clock.Clock;
		const stats = make(() => Number(clock.monotonicTimeNanosUnsafe()) / 1e9);
		yield* Effect.addFinalizer(() => Effect.sync(stats.close));
		yield* Effect.forkScoped(every(drainSeconds, stats.drain));
		yield* Effect.forkScoped(every(5, stats.tick));
		return stats.service;
	}));
	/** Records nothing and runs nothing, for a process without a status port or push ("no sink, no metrics"). */
	static layerNone = Layer.effect(ConnectionStats, Effect.gen(function* () {
		const ports = [];
		yield* Effect.addFinalizer(() => Effect.sync(() => ports.forEach((port) => void port.close())));
		const nothing = new Timer(0, () => 0).snapshot();
		const memory = new SharedArrayBuffer(0);
		return {
			attachThread: () => {
				const channel = new MessageChannel();
				channel.port1.unref();
				ports.push(channel.port1);
				return {
					memory,
					overflow: channel.port2
				};
			},
			threadLost: () => {},
			read: () => 0,
			carried: () => 0,
			fibers: () => 0,
			loop: () => ({
				lag: 0,
				utilization: 0
			}),
			timer: () => nothing,
			drain: () => {}
		};
	}));
};
const make = (nowSeconds) => {
	const threads = /* @__PURE__ */ new Map();
	const created = nowSeconds();
	const timers = {
		"conn.handshake": new Timer(created, Math.random),
		"conn.lifetime": new Timer(created, Math.random)
	};
	const byId = [timers["conn.handshake"], timers["conn.lifetime"]];
	const record = (observations) => {
		if (observations.length === 0) return;
		observations.sort((a, b) => a.at - b.at);
		const now = nowSeconds();
		for (const { timer, at, nanos } of observations) byId[timer]?.observe(nanos, at / 1e3, now);
	};
	const drain = () => {
		const observations = [];
		for (const thread of threads.values()) thread.attached?.ring.drain(observations);
		record(observations);
	};
	const detach = (thread) => {
		if (thread.attached === void 0) return;
		drain();
		thread.attached.port.close();
		thread.attached = void 0;
	};
	const open = (thread) => Atomics.load(thread.counters, slot["conn.open"]);
	return {
		service: {
			attachThread: (number) => {
				const known = threads.get(number);
				const memory = known?.memory ?? allocate();
				const thread = known ?? {
					memory,
					counters: countersOf(memory, slots),
					volumes: volumesOf(memory, volumes),
					openBase: 0n,
					attached: void 0
				};
				detach(thread);
				const { port1, port2 } = new MessageChannel();
				port1.unref();
				port2.unref();
				thread.openBase = open(thread);
				fibersOf(memory)[0] = 0;
				thread.attached = {
					port: port1,
					ring: new RingReader(memory, port1)
				};
				threads.set(number, thread);
				return {
					memory,
					overflow: port2
				};
			},
			threadLost: (number) => {
				const thread = threads.get(number);
				if (thread !== void 0) detach(thread);
			},
			read: (counter) => {
				let total = 0n;
				for (const thread of threads.values()) if (counter !== "conn.open") total += Atomics.load(thread.counters, slot[counter]);
				else if (thread.attached !== void 0) total += open(thread) - thread.openBase;
				return Number(total);
			},
			carried: (way) => {
				let total = 0;
				for (const thread of threads.values()) total += thread.volumes[volume[way]] ?? 0;
				return total;
			},
			loop: (number) => {
				const thread = threads.get(number);
				return loopFacts(thread?.attached === void 0 ? /* @__PURE__ */ new Float64Array(2) : loopOf(thread.memory));
			},
			fibers: () => {
				let total = 0;
				for (const { attached, memory } of threads.values()) if (attached !== void 0) total += fibersOf(memory)[0] ?? 0;
				return total;
			},
			timer: (name) => {
				drain();
				return timers[name].snapshot();
			},
			drain
		},
		drain,
		tick: () => {
			drain();
			const now = nowSeconds();
			for (const timer of byId) timer.tick(now);
		},
		close: () => {
			for (const thread of threads.values()) detach(thread);
		}
	};
};
export { loopFacts as a, distribution as i, writer as n, meterLoop as o, Reservoir as r, ConnectionStats as t };

//# sourceMappingURL=lib-ConnectionStats-byneFtsB.mjs.map