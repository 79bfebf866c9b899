import { a as loopFacts, o as meterLoop, t as ConnectionStats } from "./lib-ConnectionStats-byneFtsB.mjs";
import { t as FiberCount } from "./lib-FiberCount-CzQSwXD5.mjs";
import { t as LiveView } from "./lib-LiveView-BsZPFfbJ.mjs";
import { r as openMetrics } from "./lib-OpenMetrics-CBhBDRuP.mjs";
import { t as processFamilies } from "./lib-ProcessMetrics-Bwv0s782.mjs";
import { Clock, Context, Effect, Layer, Metric } from "effect";
import { PerformanceObserver } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";
// src/telemetry/Names.ts
/** A prefix as the classic Prometheus grammar takes it. */
const sanitize = (prefix) => prefix.replace(/[^a-zA-Z0-9_:]/gu, "_").replace(/^[0-9]/, "_$&");
/** The tunnel's families. */
const tunnelNames = (prefix) => {
	const head = prefix === "" ? "" : `${sanitize(prefix)}_`;
	const describe = (name, help) => ({
		name: head + name,
		help
	});
	return {
		accepted: describe("connections_accepted", "Connections taken from the listener."),
		active: describe("connections_active", "Connections open now, those still in their handshake among them."),
		established: describe("connections_established", "Connections whose pipe was opened."),
		closed: describe("connections_closed", "Pipes that have ended, by what ended them."),
		carried: describe("carried_bytes", "Bytes carried, forwarded to the target or returned from it."),
		handshake: describe("handshake_duration_seconds", "From accept to the access decision, of servers, by its result."),
		dial: describe("dial_duration_seconds", "Reaching the target, of clients TLS and the access decision included."),
		connection: describe("connection_duration_seconds", "From accept to the end of a connection, of those that opened a pipe."),
		errors: describe("errors", "Connections that failed, by stage and reason."),
		handshakes: describe("handshakes", "TLS handshakes whose peer was admitted, by what they settled."),
		certificate: describe("certificate_not_after_timestamp_seconds", "Expiry of each certificate in play: our leaf, the chain we send, the authorities we trust."),
		reloads: describe("reloads", "Reloads of certificates and authorities, by their result."),
		lastReload: describe("last_successful_reload_timestamp_seconds", "When certificates were last loaded."),
		build: describe("build_info", "Always 1; the labels tell what is running."),
		slots: describe("connection_slots", "Connections that are allowed at a time."),
		slotsUsed: describe("connection_slots_used", "Connections that hold a slot now."),
		workers: describe("workers", "Threads that carry connections; 0 where the main one does."),
		workersReplaced: describe("workers_replaced", "Threads that died and were replaced."),
		lag: describe("event_loop_lag_seconds", "How late a timer of the thread was, of those due in the last half second."),
		utilization: describe("event_loop_utilization_ratio", "Share of the last half second in which the thread was busy."),
		identityConnections: describe("identity_connections", "Pipes opened, by the peer's identity."),
		identityBytes: describe("identity_carried_bytes", "Bytes carried by connections that have ended, by the peer's identity.")
	};
};
/** Families of the runtime. */
const runtimeNames = {
	heapTotal: {
		name: "nodejs_heap_size_total_bytes",
		help: "Heap that V8 holds on the main thread."
	},
	heapUsed: {
		name: "nodejs_heap_size_used_bytes",
		help: "Heap in use on the main thread."
	},
	external: {
		name: "nodejs_external_memory_bytes",
		help: "Memory outside the heap that belongs to its objects."
	},
	collections: {
		name: "nodejs_gc_duration_seconds",
		help: "Pauses for garbage collection on the main thread, by kind."
	},
	fibers: {
		name: "nodejs_fibers",
		help: "Effect fibers alive in this process."
	},
	version: {
		name: "nodejs_version_info",
		help: "Always 1; the label tells Node's version."
	}
};
/** Seconds: what a handshake or a dial takes, from a local peer to one about to time out. */
const briefly = [
	5e-4,
	.001,
	.0025,
	.005,
	.01,
	.025,
	.05,
	.1,
	.25,
	.5,
	1,
	2.5,
	5,
	10
];
/** Seconds: what a connection lasts, from one request to a day. */
const lasting = [
	.01,
	.1,
	1,
	10,
	60,
	300,
	1800,
	3600,
	21600,
	86400
];
/** Seconds: pauses of the garbage collector. */
const pauses = [
	1e-4,
	5e-4,
	.001,
	.005,
	.01,
	.05,
	.1,
	.5
];
// src/telemetry/ConnectionMetrics.ts
const seconds = (nanos) => nanos / 1e9;
const stages = {
	HandshakeFailed: "handshake",
	DialFailed: "dial",
	PrefixFailed: "proxy_header",
	CopyFailed: "copy"
};
/** What takes the records; they must carry their facts. */
const connectionMetrics = (registry, names) => {
	const closed = registry.counter(names.closed);
	const errors = registry.counter(names.errors);
	const handshakes = registry.counter(names.handshakes);
	const handshake = registry.histogram(names.handshake, briefly);
	const dial = registry.histogram(names.dial, briefly);
	const connection = registry.histogram(names.connection, lasting);
	return (record) => {
		const { _tag, facts } = record;
		if (_tag === "AcceptFailed") {
			const reason = record.message.endsWith("too many open files") ? "descriptors" : "other";
			return errors.record(1, {
				stage: "accept",
				reason
			});
		}
		if (_tag === "HandshakeFailed" || _tag === "DialFailed" || _tag === "PrefixFailed" || _tag === "CopyFailed") errors.record(1, {
			stage: stages[_tag],
			reason: record.reason
		});
		if (_tag === "CopyFailed" || facts === void 0) return;
		if (_tag === "Opened") {
			const { tls } = facts;
			if (tls !== void 0) handshakes.record(1, {
				version: tls.version,
				cipher: tls.cipher,
				group: tls.group ?? "",
				resumed: String(tls.resumed)
			});
			return;
		}
		if (facts.handshakeNanos !== void 0) handshake.record(seconds(facts.handshakeNanos), { result: _tag === "HandshakeFailed" ? "refused" : "admitted" });
		if (facts.dialNanos !== void 0) dial.record(seconds(facts.dialNanos), { result: _tag === "DialFailed" ? "failed" : "connected" });
		if (_tag === "Closed" || _tag === "Aborted" && record.nanos !== void 0) {
			closed.record(1, { reason: record.reason });
			connection.record((record.at - facts.acceptedAt) / 1e3);
		}
	};
};
// src/telemetry/IdentityMetrics.ts
const other = "other";
/** How many times as busy as the least busy named identity another one must be. */
const lead = 2;
/** Identities that are counted in silence, for each named one. */
const candidatesEach = 8;
const zero = () => ({
	connections: 0,
	forwarded: 0,
	returned: 0
});
const leastBusy = (all) => {
	let least;
	for (const each of all) if (least === void 0 || each[1].connections < least[1].connections) least = each;
	return least;
};
var IdentityMetrics = class {
	#limit;
	#named = /* @__PURE__ */ new Map();
	#candidates = /* @__PURE__ */ new Map();
	#connections;
	#bytes;
	/** With a limit of 0 nothing is counted. */
	constructor(registry, names, limit) {
		this.#limit = limit;
		this.#connections = registry.counter(names.identityConnections);
		this.#bytes = registry.counter(names.identityBytes);
	}
	opened(identity) {
		if (this.#limit === 0) return;
		const named = this.#named.get(identity);
		if (named !== void 0) named.connections++;
		else if (this.#named.size < this.#limit) this.#named.set(identity, {
			...zero(),
			connections: 1
		});
		else this.#consider(identity);
		this.#connections.record(1, { identity: this.#label(identity) });
	}
	ended(identity, forwarded, returned) {
		if (this.#limit === 0) return;
		const named = this.#named.get(identity);
		if (named !== void 0) {
			named.forwarded += forwarded;
			named.returned += returned;
		}
		this.#addBytes(this.#label(identity), forwarded, returned);
	}
	#label(identity) {
		return this.#named.has(identity) ? identity : other;
	}
	#addBytes(label, forwarded, returned) {
		this.#bytes.record(forwarded, {
			identity: label,
			direction: "forwarded"
		});
		this.#bytes.record(returned, {
			identity: label,
			direction: "returned"
		});
	}
	/** Counts somebody without a name, and gives a name to who has earned it. */
	#consider(identity) {
		const candidate = this.#candidates.get(identity) ?? zero();
		candidate.connections++;
		this.#candidates.set(identity, candidate);
		const least = leastBusy(this.#named);
		if (least !== void 0 && candidate.connections > least[1].connections * lead) this.#replace(least, identity);
		else if (this.#candidates.size > this.#limit * candidatesEach) {
			const [forgotten] = leastBusy(this.#candidates) ?? [identity];
			this.#candidates.delete(forgotten);
		}
	}
	#replace([gone, numbers], identity) {
		this.#named.delete(gone);
		this.#candidates.delete(identity);
		this.#candidates.set(gone, {
			...zero(),
			connections: numbers.connections
		});
		this.#connections.forget({ identity: gone });
		for (const direction of ["forwarded", "returned"]) this.#bytes.forget({
			identity: gone,
			direction
		});
		if (numbers.connections > 0) this.#connections.record(numbers.connections, { identity: other });
		this.#addBytes(other, numbers.forwarded, numbers.returned);
		this.#named.set(identity, {
			...zero(),
			connections: 1
		});
	}
};
// src/telemetry/Registry.ts
/**
* Families of metrics in Effect's metric registry, which every exporter reads. Names are those of the classic Prometheus
* grammar, without the `_total` that some formats put behind a counter's name; units are base units.
*/
const none = {};
const keyOf = (labels) => Object.values(labels).join("\0");
const familyOf = (make) => {
	const series = /* @__PURE__ */ new Map();
	return {
		record: (value, labels = none) => {
			const key = keyOf(labels);
			let found = series.get(key);
			if (found === void 0) {
				found = make(labels);
				series.set(key, found);
			}
			found.update(value);
		},
		forget: (labels) => {
			const key = keyOf(labels);
			series.get(key)?.remove();
			series.delete(key);
		}
	};
};
/** What is behind the context's metric registry. */
var Registry = class {
	#context;
	constructor(context) {
		this.#context = context;
	}
	/** A number that only grows. */
	counter({ help, name }) {
		return familyOf((attributes) => this.#series(Metric.counter(name, {
			description: help,
			attributes,
			incremental: true
		})));
	}
	/** Observations, counted by the upper bounds they stay below. */
	histogram({ help, name }, boundaries) {
		return familyOf((attributes) => this.#series(Metric.histogram(name, {
			description: help,
			attributes,
			boundaries
		})));
	}
	/** A number that is read when somebody asks. */
	gauge({ help, name }, read, attributes = none) {
		return Metric.registerUnsafe(Metric.gauge(name, {
			description: help,
			attributes
		}), this.#context, {
			get: () => ({ value: read() }),
			update: () => {},
			modify: () => {}
		});
	}
	/** A growing number that somebody else keeps. */
	counted({ help, name }, read, attributes = none) {
		const hooks = {
			get: () => ({
				count: read(),
				incremental: true
			}),
			update: () => {},
			modify: () => {}
		};
		const metric = Metric.counter(name, {
			description: help,
			attributes,
			incremental: true
		});
		return Metric.registerUnsafe(metric, this.#context, hooks);
	}
	/** Everything, as it stands. */
	snapshot() {
		return Metric.snapshotUnsafe(this.#context);
	}
	#series(metric) {
		return {
			update: (value) => metric.updateUnsafe(value, this.#context),
			remove: () => Metric.removeUnsafe(metric, this.#context)
		};
	}
};
// src/telemetry/SampledMetrics.ts
/** Numbers that others keep and that are read when somebody asks: totals of the data path, capacity, threads, the process. */
/** Values that are dear to read are read once for a whole snapshot, which takes milliseconds. */
const shortly = 50;
const remembered = (read) => {
	let at = Number.NEGATIVE_INFINITY;
	let last;
	return () => {
		const now = performance.now();
		if (last === void 0 || now - at > shortly) {
			last = read();
			at = now;
		}
		return last;
	};
};
/** Registers the tunnel's own numbers. */
const registerTunnel = (registry, names, stats, build) => {
	registry.counted(names.accepted, () => stats.read("accept.total"));
	registry.counted(names.established, () => stats.read("accept.success"));
	registry.gauge(names.active, () => stats.read("conn.open"));
	for (const direction of ["forwarded", "returned"]) registry.counted(names.carried, () => stats.carried(direction), { direction });
	registry.gauge(names.build, () => 1, build);
};
/** Registers capacity and threads. */
const registerPlane = (registry, names, stats, plane) => {
	if (plane.maxConcurrentConnections > 0) {
		registry.gauge(names.slots, () => plane.maxConcurrentConnections);
		registry.gauge(names.slotsUsed, plane.slotsTaken);
	}
	registry.gauge(names.workers, () => plane.workers);
	registry.counted(names.workersReplaced, () => plane.threads().replaced);
	for (let thread = 0; thread < plane.workers; thread++) {
		const labels = { thread: `worker-${thread + 1}` };
		registry.gauge(names.lag, () => stats.loop(thread).lag, labels);
		registry.gauge(names.utilization, () => stats.loop(thread).utilization, labels);
	}
};
const collectionKinds = /* @__PURE__ */ new Map([
	[1, "minor"],
	[2, "minor_mark_sweep"],
	[4, "major"],
	[8, "incremental"],
	[16, "weak_callbacks"]
]);
/**
* Registers what is true of the process and of its main thread. Watches its event loop and its garbage collections while
* the scope is open.
*/
const registerRuntime = Effect.fnUntraced(function* (registry, names, fibers) {
	const loop = /* @__PURE__ */ new Float64Array(2);
	yield* meterLoop(loop);
	registry.gauge(names.lag, () => loopFacts(loop).lag, { thread: "main" });
	registry.gauge(names.utilization, () => loopFacts(loop).utilization, { thread: "main" });
	const process_ = remembered(processFamilies);
	for (const { help, name, type } of process_()) {
		const read = () => process_().find((family) => family.name === name)?.samples[0]?.value ?? NaN;
		if (type === "counter") registry.counted({
			name: name.replace(/_total$/, ""),
			help
		}, read);
		else registry.gauge({
			name,
			help
		}, read);
	}
	const heap = remembered(getHeapStatistics);
	registry.gauge(runtimeNames.heapTotal, () => heap().total_heap_size);
	registry.gauge(runtimeNames.heapUsed, () => heap().used_heap_size);
	registry.gauge(runtimeNames.external, () => heap().external_memory);
	registry.gauge(runtimeNames.fibers, fibers);
	registry.gauge(runtimeNames.version, () => 1, { version: `v${process.versions.node}` });
	const collections = registry.histogram(runtimeNames.collections, pauses);
	const observer = new PerformanceObserver((list) => {
		for (const entry of list.getEntries()) {
			const detail = Reflect.get(entry, "detail");
			const kind = typeof detail === "object" && detail !== null ? Reflect.get(detail, "kind") : void 0;
			const label = typeof kind === "number" ? collectionKinds.get(kind) : void 0;
			collections.record(entry.duration / 1e3, { kind: label ?? "other" });
		}
	});
	observer.observe({ entryTypes: ["gc"] });
	yield* Effect.addFinalizer(() => Effect.sync(() => observer.disconnect()));
});
// src/telemetry/Telemetry.ts
/**
* What is told beside the contract's own metrics: families in Effect's metric registry, for `/_metrics/openmetrics`, OTLP and
* an embedder's OpenTelemetry SDK, and the live view of the status page. Fed by connection records.
*/
var Telemetry = class Telemetry extends Context.Service()("ghostunnel/Telemetry") {
	/** Registers everything in the metric registry of the context it is built in. */
	static layer = (options) => Layer.effect(Telemetry, Effect.gen(function* () {
		const stats = yield* ConnectionStats;
		const clock = yield* Clock.Clock;
		const registry = new Registry(yield* Effect.context());
		const names = tunnelNames(options.prefix);
		const fibers = yield* Metric.FiberRuntimeMetrics;
		const ownFibers = () => fibers instanceof FiberCount ? fibers.live : 0;
		registerTunnel(registry, names, stats, options.build);
		yield* registerRuntime(registry, names, () => ownFibers() + stats.fibers());
		const metrics = connectionMetrics(registry, names);
		const identities = new IdentityMetrics(registry, names, options.identities);
		const carried = () => ({
			forwarded: stats.carried("forwarded"),
			returned: stats.carried("returned")
		});
		const live = new LiveView(carried, () => clock.currentTimeMillisUnsafe());
		const reloads = registry.counter(names.reloads);
		for (const result of ["success", "failure"]) reloads.record(0, { result });
		let lastReload = clock.currentTimeMillisUnsafe();
		registry.gauge(names.lastReload, () => lastReload / 1e3);
		let certificates = [];
		return {
			record: (record) => {
				metrics(record);
				live.record(record);
				const { _tag, facts: known } = record;
				if (known?.tls === void 0) return;
				const identity = known.tls.subject ?? "none";
				if (_tag === "Opened") identities.opened(identity);
				else if (_tag === "Closed") identities.ended(identity, record.forwarded, record.returned);
				else if (_tag === "Aborted" && record.bytes !== void 0) identities.ended(identity, record.bytes.forwarded, record.bytes.returned);
			},
			follow: (plane) => registerPlane(registry, names, stats, plane),
			certificates: (expiries) => {
				for (const each of certificates) each.remove();
				certificates = expiries.map(({ notAfter, role, serial, subject }) => registry.gauge(names.certificate, () => notAfter / 1e3, {
					role,
					subject,
					serial
				}));
			},
			reloaded: (succeeded) => {
				reloads.record(1, { result: succeeded ? "success" : "failure" });
				if (succeeded) lastReload = clock.currentTimeMillisUnsafe();
			},
			page: (format) => openMetrics(registry.snapshot(), format),
			live
		};
	}));
};
export { Telemetry };

//# sourceMappingURL=lib-Telemetry-s9K7cA_s.mjs.map