import { t as ConnectionStats } from "./lib-ConnectionStats-byneFtsB.mjs";
import "./lib-ProfiledThread-DKI0Ps8G.mjs";
import { n as wallMillis, t as Log } from "./lib-Logging-DMGFDEle.mjs";
import { n as TlsMaterialError, t as BindError } from "./lib-Transport-CSs_2P36.mjs";
import { i as threadLost, n as makeShared, o as DataPlane, r as slotsTaken } from "./lib-Admission-BSs7yqwG.mjs";
import { Deferred, Effect, Exit, Layer, Result, Scope, Semaphore } from "effect";
import { closeSync, rmSync } from "node:fs";
import { Worker } from "node:worker_threads";
// src/proxy/Backlog.ts
/**
* Records that a thread has sent and the main thread has not taken. When the log's reader stops, the main thread stops with
* it, and records would pile up without end: a thread with many of them takes no new connections until they are gone.
*/
/** Records that may wait, of one thread: some ten megabytes. */
const limit = 1e4;
var Backlog = class {
	#waiting;
	constructor(memory) {
		this.#waiting = new Int32Array(memory);
	}
	/** What both threads are given. */
	static allocate = () => new SharedArrayBuffer(4);
	sent(records) {
		Atomics.add(this.#waiting, 0, records);
	}
	taken(records) {
		Atomics.sub(this.#waiting, 0, records);
	}
	get isFull() {
		return Atomics.load(this.#waiting, 0) >= limit;
	}
};
// src/proxy/OpenConnections.ts
/** Which connections of a thread are open, by their records: when it ends without a word, the main thread ends them for it. */
/** Follows one thread's records. Without facts nothing is remembered and nothing ended. */
const followOpen = (record) => {
	const open = /* @__PURE__ */ new Map();
	let abandoned = false;
	return {
		record: (each) => {
			if (abandoned) return;
			const id = each.facts?.id;
			if (id !== void 0) {
				if (each._tag === "Opened") open.set(id, each);
				else if (each._tag === "Closed" || each._tag === "Aborted") open.delete(id);
			}
			record(each);
		},
		abandon: (reason) => {
			if (abandoned) return;
			abandoned = true;
			const at = wallMillis();
			for (const { at: openedAt, facts } of open.values()) {
				const nanos = Math.max(0, Math.round((at - openedAt) * 1e6));
				record({
					_tag: "Aborted",
					at,
					...facts && { facts },
					reason,
					nanos
				});
			}
			open.clear();
		}
	};
};
// src/proxy/WorkerPlane.ts
/**
* The data plane on worker threads. Each binds the TCP address with `SO_REUSEPORT`. UNIX and inherited sockets are served by
* one thread, or by all of them where the transport can share a descriptor. A thread that dies is replaced: its connections
* end, the others never notice.
*/
/** Beside this file in the bundle and in the sources alike. */
const entry = new URL(import.meta.url.endsWith(".ts") ? "./WorkerMain.ts" : "./worker.mjs", import.meta.url);
/** A young generation this large keeps connection state from being promoted while it is short-lived. */
const YOUNG_GENERATION_MB = 32;
/** How long a cut may take before threads are ended from outside. */
const CUT_PATIENCE = "1 second";
/** Pauses before a dead thread is replaced, in milliseconds: doubled with every failure. */
const SHORTEST_PAUSE = 100;
const LONGEST_PAUSE = 1e4;
const withPort = (options, bound) => {
	if (options.listen._tag !== "Tcp" || options.listen.port !== 0) return options;
	return {
		...options,
		listen: {
			...options.listen,
			port: Number(bound.address.slice(bound.address.lastIndexOf(":") + 1))
		}
	};
};
/** Starts one thread and waits until it has bound. `lost` runs when it ends without having been asked to. */
const spawn = Effect.fn("WorkerPlane.spawn")(function* (start, record, lost) {
	const ready = yield* Deferred.make();
	const stopped = yield* Deferred.make();
	const drained = yield* Deferred.make();
	const cutDone = yield* Deferred.make();
	const updates = /* @__PURE__ */ new Map();
	const open = followOpen(record);
	const backlog = new Backlog(start.backlog);
	const asked = /* @__PURE__ */ new Map();
	let questions = 0;
	let stopping = false;
	let ended = false;
	let why = "it ended";
	const settle = (generation, exit) => {
		const update = updates.get(generation);
		updates.delete(generation);
		if (update !== void 0) Deferred.doneUnsafe(update, exit);
	};
	const onMessage = (message) => {
		switch (message._tag) {
			case "Records":
				message.records.forEach(open.record);
				return backlog.taken(message.records.length);
			case "Ready":
				Deferred.doneUnsafe(ready, Exit.succeed(message));
				return;
			case "BindFailed":
				Deferred.doneUnsafe(ready, Exit.fail(new BindError({
					address: message.address,
					message: message.message
				})));
				return;
			case "MaterialFailed":
				Deferred.doneUnsafe(ready, Exit.fail(new TlsMaterialError({ message: message.message })));
				return;
			case "Updated": return settle(message.generation, message.error === void 0 ? Exit.void : Exit.fail(new TlsMaterialError({ message: message.error })));
			case "Stopped":
				Deferred.doneUnsafe(stopped, Exit.void);
				return;
			case "Drained":
				Deferred.doneUnsafe(drained, Exit.void);
				return;
			case "CutDone":
				Deferred.doneUnsafe(cutDone, Exit.succeed(message.connections));
				return;
			case "Answer":
				if (message.report === void 0) asked.get(message.id)?.reject(/* @__PURE__ */ new Error("no report"));
				else asked.get(message.id)?.resolve(message.report);
				asked.delete(message.id);
		}
	};
	const worker = yield* Effect.acquireRelease(Effect.sync(() => {
		const worker = new Worker(entry, {
			name: `ghostunnel-${start.thread}`,
			workerData: start,
			transferList: [start.stats.overflow],
			execArgv: [],
			resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB }
		});
		worker.on("message", onMessage);
		worker.on("error", (error) => why = error instanceof Error ? error.message : String(error));
		worker.on("exit", () => {
			Deferred.doneUnsafe(ready, Exit.fail(new BindError({
				address: start.options.listen.text,
				message: `worker thread ended: ${why}`
			})));
			Deferred.doneUnsafe(stopped, Exit.void);
			Deferred.doneUnsafe(drained, Exit.void);
			Deferred.doneUnsafe(cutDone, Exit.succeed(0));
			for (const generation of updates.keys()) settle(generation, Exit.void);
			for (const { reject } of asked.values()) reject(new Error(why));
			ended = true;
			open.abandon(stopping ? "shutdown" : "thread_lost");
			if (!stopping) lost(why);
		});
		return worker;
	}), (worker) => Effect.promise(() => {
		stopping = true;
		return worker.terminate();
	}));
	const { bound, shareableFd } = yield* Deferred.await(ready);
	return {
		send: (message) => worker.postMessage(message),
		bound,
		shareableFd,
		ended: () => ended,
		updates,
		stopped,
		drained,
		cutDone,
		abandon: () => open.abandon("shutdown"),
		profiled: {
			label: `worker-${start.thread + 1}`,
			startCpu: (samples) => worker.startCpuProfile({
				sampleInterval: 10,
				maxBufferSize: samples
			}),
			ask: (question) => {
				const answer = Promise.withResolvers();
				if (ended) answer.reject(new Error(why));
				else {
					asked.set(++questions, answer);
					worker.postMessage({
						_tag: "Ask",
						id: questions,
						question
					});
				}
				return answer.promise;
			}
		}
	};
});
const layer = (options, workers) => Layer.effect(DataPlane, Effect.gen(function* () {
	const stats = yield* ConnectionStats;
	const log = yield* Log;
	const scope = yield* Effect.scope;
	const { inheritedFd, listen } = options.proxy;
	const ownAddress = listen._tag === "Tcp" && inheritedFd === void 0;
	const count = ownAddress || options.transport === "native" ? workers : 1;
	const path = !ownAddress && inheritedFd === void 0 && listen._tag === "Unix" ? listen.path : void 0;
	let kept;
	const giveUpSocket = Effect.sync(() => {
		if (kept === void 0) return;
		closeSync(kept);
		kept = void 0;
		proxy = {
			...proxy,
			inheritedFd: void 0
		};
		if (path === void 0 || path.startsWith("@")) return;
		rmSync(path, { force: true });
	});
	yield* Effect.addFinalizer(() => giveUpSocket);
	const limit = options.maxConcurrentConnections;
	const slots = limit > 0 ? makeShared(limit, count) : void 0;
	const threads = /* @__PURE__ */ new Map();
	const updating = Semaphore.makeUnsafe(1);
	let proxy = {
		...options.proxy,
		slots
	};
	let material = options.material;
	let started = false;
	let draining = false;
	let replaced = 0;
	const ownSocket = Effect.suspend(() => {
		if (proxy.inheritedFd === void 0) return Effect.undefined;
		return Result.match(options.duplicate(proxy.inheritedFd), {
			onSuccess: (fd) => Effect.succeed(fd),
			onFailure: (message) => Effect.fail(new BindError({
				address: proxy.listen.text,
				message
			}))
		});
	});
	const startThread = (thread) => Effect.map(Effect.flatMap(ownSocket, (inheritedFd) => spawn({
		thread,
		threads: count,
		reusePort: true,
		options: {
			...proxy,
			inheritedFd
		},
		material,
		stats: stats.attachThread(thread),
		interest: options.interest,
		backlog: Backlog.allocate(),
		transport: options.transport
	}, options.record, (why) => onLost(thread, why))), (running) => {
		threads.set(thread, running);
		if (running.ended()) onLost(thread, "it ended");
		if (draining) running.send({ _tag: "Stop" });
		else if (started) running.send({ _tag: "Start" });
		return running;
	});
	const replace = (thread, pause) => Effect.sleep(pause).pipe(Effect.andThen(Effect.suspend(() => draining ? Effect.void : Effect.tap(updating.withPermits(1)(startThread(thread)), () => Effect.sync(() => replaced++)))), Effect.provideService(Scope.Scope, scope), Effect.catch((error) => {
		log.line(`error: cannot replace worker thread ${thread}: ${error.message}`);
		return Effect.suspend(() => draining ? Effect.void : replace(thread, Math.min(2 * pause, LONGEST_PAUSE)));
	}), Effect.asVoid);
	const context = yield* Effect.context();
	const onLost = (thread, why) => {
		if (!threads.delete(thread)) return;
		stats.threadLost(thread);
		if (slots !== void 0) threadLost(slots, thread);
		log.line(`error: worker thread ${thread} ended unexpectedly (${why}); its connections are closed`);
		if (!draining) Effect.runForkWith(context)(Effect.forkIn(replace(thread, SHORTEST_PAUSE), scope));
	};
	const others = Array.from({ length: count - 1 }, (_, index) => index + 1);
	const startOthers = Effect.forEach(others, startThread, {
		concurrency: "unbounded",
		discard: true
	});
	const chosen = listen._tag === "Tcp" && listen.port === 0 || path !== void 0 && options.transport === "native";
	const first = chosen ? yield* startThread(0) : (yield* Effect.all([startThread(0), startOthers], { concurrency: "unbounded" }))[0];
	if (chosen) {
		proxy = withPort(proxy, first.bound);
		if (path !== void 0 && first.shareableFd !== void 0) {
			const duplicate = options.duplicate(first.shareableFd);
			if (Result.isFailure(duplicate)) return yield* new BindError({
				address: listen.text,
				message: duplicate.failure
			});
			kept = duplicate.success;
			proxy = {
				...proxy,
				inheritedFd: kept
			};
		}
		yield* startOthers;
	}
	const tell = (message) => Effect.sync(() => threads.forEach((thread) => thread.send(message)));
	const all = (of) => Effect.suspend(() => Effect.forEach([...threads.values()], (thread) => Deferred.await(of(thread)), { concurrency: "unbounded" }));
	return {
		bound: first.bound,
		workers: count,
		threads: () => ({
			serving: Array.from({ length: count }, (_, thread) => started && !draining && threads.has(thread)),
			replaced
		}),
		slotsTaken: () => slots === void 0 ? 0 : slotsTaken(slots),
		profiled: () => [...threads].toSorted(([a], [b]) => a - b).map(([, { profiled }]) => profiled),
		start: Effect.andThen(Effect.sync(() => started = true), tell({ _tag: "Start" })),
		update: (next) => updating.withPermits(1)(Effect.gen(function* () {
			const acks = [...threads.values()].map((thread) => {
				const ack = Deferred.makeUnsafe();
				thread.updates.set(next.generation, ack);
				thread.send({
					_tag: "Update",
					material: next
				});
				return Deferred.await(ack);
			});
			material = next;
			yield* Effect.all(acks, {
				concurrency: "unbounded",
				discard: true
			});
		})),
		stop: Effect.gen(function* () {
			draining = true;
			yield* giveUpSocket;
			yield* tell({ _tag: "Stop" });
			yield* all((thread) => thread.stopped);
			yield* updating.withPermits(1)(all((thread) => thread.stopped));
			if (proxy.inheritedFd !== void 0) closeSync(proxy.inheritedFd);
			proxy = {
				...proxy,
				inheritedFd: void 0
			};
		}),
		drained: Effect.asVoid(all((thread) => thread.drained)),
		cut: Effect.gen(function* () {
			draining = true;
			yield* tell({ _tag: "Cut" });
			const counts = yield* Effect.timeoutOrElse(all((thread) => thread.cutDone), {
				duration: CUT_PATIENCE,
				orElse: () => Effect.succeed([])
			});
			for (const thread of threads.values()) thread.abandon();
			return counts.reduce((sum, connections) => sum + connections, 0);
		})
	};
}));
export { layer };

//# sourceMappingURL=lib-WorkerPlane-CD3tbGIQ.mjs.map