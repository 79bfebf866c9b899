import { r as redacted, t as basicAuth } from "./lib-UrlText-Bxv3suSX.mjs";
import { n as version } from "./lib-RecordReader-CFjUXZqS.mjs";
import { i as eventsOf, n as line, o as startError } from "./lib-ConnectionLog-B_GDKb2e.mjs";
import { n as spanOf, t as contextOf } from "./lib-ConnectionSpan-Cyn1FbW6.mjs";
import { n as dialWords, t as connector } from "./lib-PushTarget-DktGi2iQ.mjs";
import { t as exchange } from "./lib-HttpExchange-jIh3LLLp.mjs";
import { ConfigProvider, Context, Data, Duration, Effect, Latch, Layer, Result, Semaphore } from "effect";
import { randomUUID } from "node:crypto";
import { promisify } from "node:util";
import { hostname } from "node:os";
import { gzip } from "node:zlib";
import * as OtlpResource from "effect/observability/OtlpResource";
import { entriesToAttributes } from "effect/observability/OtlpResource";
import * as Serialization from "effect/observability/OtlpSerialization";
import { OtlpSerialization } from "effect/observability/OtlpSerialization";
import * as HttpClient from "effect/http/HttpClient";
import { HttpClientError, TransportError } from "effect/http/HttpClientError";
import { fromWeb } from "effect/http/HttpClientResponse";
import { Flusher } from "effect/observability/OtlpExporter";
import * as OtlpMetrics from "effect/observability/OtlpMetrics";
// src/telemetry/otlp/Collector.ts
/** One push to a collector (OTLP/HTTP 1.x, "OTLP/HTTP Request" and "Response"). */
/** A push that failed, in words without secrets. */
var PushError = class extends Data.TaggedError("PushError") {};
/** Statuses that ask to try again. */
const transient = /* @__PURE__ */ new Set([
	429,
	502,
	503,
	504
]);
/** No collector makes us wait longer. */
const patience = 6e4;
/** `Retry-After`: seconds, or a date. */
const delayOf = ({ retryAfter = "" }) => {
	const millis = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1e3 : Date.parse(retryAfter) - Date.now();
	return Duration.millis(Number.isNaN(millis) ? 0 : Math.min(Math.max(millis, 0), patience));
};
const compress = promisify(gzip);
/** Connections trust these PEM certificates, looked at once, and show none. */
const sender = (trustAnchors, version) => {
	const connect = connector(trustAnchors);
	return Effect.fnUntraced(function* (settings, { bytes, contentType }) {
		const { compression, headers, timeout, url } = settings;
		const fail = (why, retry) => new PushError({
			message: `Post "${redacted(url.href)}": ${why}`,
			retry
		});
		const body = compression === "gzip" ? yield* Effect.promise(() => compress(bytes)) : bytes;
		const authorization = basicAuth(url);
		const reply = yield* exchange({
			method: "POST",
			url,
			headers: {
				...authorization === void 0 ? {} : { authorization },
				"user-agent": `ghostunnel/${version}`,
				...headers,
				host: url.host,
				"content-type": contentType,
				"content-length": String(body.byteLength),
				...compression === "gzip" ? { "content-encoding": "gzip" } : {}
			},
			body,
			connect: () => connect(url),
			dialWords: (error) => dialWords(url, error)
		}).pipe(Effect.mapError((why) => fail(why, Duration.zero)), Effect.timeoutOrElse({
			duration: timeout,
			orElse: () => Effect.fail(fail("context deadline exceeded", Duration.zero))
		}));
		if (reply.status >= 200 && reply.status < 300) return;
		const retry = transient.has(reply.status) ? delayOf(reply) : void 0;
		return yield* fail(`collector returned status: ${reply.status}`, retry);
	});
};
// src/telemetry/otlp/Batch.ts
/** Things on their way out, in order and in batches. What waits is bounded: further things are dropped and counted. */
/** Between attempts, while they fail; doubled from the first to the last. */
const shortest = 1e3;
const longest = 3e4;
/**
* Sends every interval, or when a batch is full, while its scope is open. What fails for a while is tried again with growing
* pauses, what a collector refuses for good is dropped and counted.
*/
const make$1 = Effect.fnUntraced(function* ({ batchSize, interval, limit }, send, log) {
	const waiting = [];
	const full = Latch.makeUnsafe();
	const alone = Semaphore.makeUnsafe(1);
	/** One batch; succeeds with how long to wait before the next attempt, where there has to be one. */
	const once = Effect.suspend(() => {
		const items = waiting.slice(0, batchSize);
		return Effect.suspend(() => send(items)).pipe(Effect.catchDefect((defect) => new PushError({
			message: `internal error: ${String(defect)}`,
			retry: void 0
		})), Effect.match({
			onSuccess: () => {
				waiting.splice(0, items.length);
				log.succeeded();
			},
			onFailure: ({ message, retry }) => {
				log.failed(message);
				if (retry !== void 0) return retry;
				waiting.splice(0, items.length);
				log.lost(items.length);
			}
		}));
	});
	const all = Effect.gen(function* () {
		full.closeUnsafe();
		while (waiting.length > 0) {
			const retry = yield* once;
			if (retry !== void 0) return retry;
		}
	}).pipe(alone.withPermits(1));
	yield* Effect.gen(function* () {
		let pause = shortest;
		while (true) {
			yield* Effect.timeoutOption(full.await, interval);
			let retry = yield* all;
			while (retry !== void 0) {
				yield* Effect.sleep(Duration.max(retry, Duration.millis(pause)));
				pause = Math.min(pause * 2, longest);
				retry = yield* all;
			}
			pause = shortest;
		}
	}).pipe(Effect.forkScoped);
	return {
		push: (item) => {
			if (waiting.length >= limit) return log.overflowed(limit);
			waiting.push(item);
			if (waiting.length >= batchSize) full.openUnsafe();
		},
		flush: Effect.asVoid(all)
	};
});
// src/telemetry/otlp/Encode.ts
/** To the microsecond: that is what a double holds of the time since 1970. */
const nanos = (millis) => `${Math.round(millis * 1e3)}000`;
const kinds = {
	internal: 1,
	server: 2,
	client: 3
};
const severities = {
	info: 9,
	warn: 13,
	error: 17
};
const encode = (span, traceId, spanId, parentSpanId) => ({
	traceId,
	spanId,
	parentSpanId,
	name: span.name,
	kind: kinds[span.kind],
	startTimeUnixNano: nanos(span.start),
	endTimeUnixNano: nanos(span.end),
	attributes: entriesToAttributes(Object.entries(span.attributes)),
	droppedAttributesCount: 0,
	events: [],
	droppedEventsCount: 0,
	status: span.error === void 0 ? { code: 0 } : {
		code: 2,
		message: span.error
	},
	links: [],
	droppedLinksCount: 0
});
/** The connection's span, then its children. */
const spansOf = (span, { childIds, spanId, traceId }) => [encode(span, traceId, spanId, void 0), ...span.children.flatMap((child, index) => {
	const id = childIds[index];
	return id === void 0 ? [] : [encode(child, traceId, id, spanId)];
})];
/** `open`, `close` and `copy_error` of a connection, with the fields of the JSON log and the way to the connection's span. */
const logsOf = (record, target, now) => {
	if (record.facts === void 0) return [];
	const { spanId, traceId } = contextOf(record.facts.id);
	return eventsOf(record, target).flatMap(({ event, fields, level = "info", message }) => event === void 0 ? [] : [{
		traceId,
		spanId,
		timeUnixNano: nanos(record.at),
		observedTimeUnixNano: nanos(now),
		severityNumber: severities[level],
		severityText: level.toUpperCase(),
		body: { stringValue: message ?? line(record) },
		attributes: entriesToAttributes([["event.name", `ghostunnel.connection.${event}`], ...Object.entries(fields ?? {}).filter(([, value]) => value !== void 0)]),
		droppedAttributesCount: 0
	}]);
};
/** Whether the connection of this trace gets a span: the same answer wherever it is asked (W3C Trace Context, level 2). */
const isSampled = (traceId, ratio) => Number.parseInt(traceId.slice(-13), 16) < ratio * 2 ** 52;
// src/telemetry/otlp/MetricsExport.ts
/** The metric registry on its way to a collector: Effect's exporter, over a connection of ours and told what it cannot know. */
/** Our names end with their unit (`Names.ts`). */
const unitOf = (name) => name.endsWith("_seconds") ? "s" : name.endsWith("_bytes") ? "By" : "1";
const improved = (scope) => (data) => ({ resourceMetrics: data.resourceMetrics.map((resource) => ({
	...resource,
	scopeMetrics: resource.scopeMetrics.map((each) => ({
		...each,
		scope,
		metrics: each.metrics.map((metric) => ({
			...metric,
			unit: unitOf(metric.name)
		}))
	}))
})) });
/**
* Pushes what is in the registry of the context it runs in, every interval, while its scope is open. `flush` pushes at
* once.
*/
const exportMetrics = Effect.fnUntraced(function* (settings, resource, scope, serialization, send, log) {
	let pushNow = Effect.void;
	let over = false;
	const client = HttpClient.make((request) => {
		const { body } = request;
		const done = Effect.sync(() => fromWeb(request, new Response(null, { status: 204 })));
		if (body._tag !== "Uint8Array" || over) return done;
		return send(settings, {
			contentType: body.contentType,
			bytes: body.body
		}).pipe(Effect.tap(() => Effect.sync(log.succeeded)), Effect.tapError(({ message }) => Effect.sync(() => log.failed(message))), Effect.matchEffect({
			onSuccess: () => done,
			onFailure: ({ message }) => settings.temporality === "cumulative" ? done : Effect.fail(new HttpClientError({ reason: new TransportError({
				request,
				description: message
			}) }))
		}));
	});
	yield* OtlpMetrics.make({
		url: `${settings.url.origin}${settings.url.pathname}`,
		resource,
		exportInterval: settings.interval,
		shutdownTimeout: 0,
		temporality: settings.temporality
	}).pipe(Effect.provideService(HttpClient.HttpClient, client), Effect.provideService(OtlpSerialization, {
		...serialization,
		metrics: (data) => serialization.metrics(improved(scope)(data))
	}), Effect.provideService(Flusher, {
		flush: Effect.suspend(() => pushNow),
		register: (run) => Effect.sync(() => {
			pushNow = run;
		})
	}), Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown({})));
	yield* Effect.addFinalizer(() => Effect.sync(() => {
		over = true;
	}));
	return { flush: Effect.suspend(() => pushNow) };
});
// src/telemetry/otlp/Environment.ts
/** The `OTEL_*` variables, read one by one (OpenTelemetry specification, "Environment Variable Specification"). Pure. */
/** The first of the variables that is set; empty ones are not. */
const first = (env, ...names) => {
	for (const name of names) {
		const text = env[name]?.trim();
		if (text !== void 0 && text !== "") return {
			name,
			text
		};
	}
};
/** The names of an exporter's variable for one signal: its own first, then that of all signals. */
const named = (signal, what) => [`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${what}`, `OTEL_EXPORTER_OTLP_${what}`];
/** A whole number of at least `least`. */
const count = (env, byDefault, least, ...names) => {
	const found = first(env, ...names);
	if (found === void 0) return Result.succeed(byDefault);
	const value = Number(found.text);
	return /^\d{1,9}$/.test(found.text) && value >= least ? Result.succeed(value) : Result.fail(`${found.name}: "${found.text}" is not a whole number of at least ${least}`);
};
/** One of a few words, in any case. */
const oneOf = (env, words, byDefault, ...names) => {
	const found = first(env, ...names);
	if (found === void 0) return Result.succeed(byDefault);
	const word = words.find((each) => each === found.text.toLowerCase());
	return word === void 0 ? Result.fail(`${found.name}: "${found.text}" is not supported, use ${words.join(" or ")}`) : Result.succeed(word);
};
/** Percent-decoded; undefined for what is not. */
const decoded = (text) => {
	try {
		return decodeURIComponent(text.trim());
	} catch {
		return;
	}
};
/** `name=value,..`; refuses without showing a value, which may be a secret. The last of a name wins. */
const pairs = (env, ...names) => {
	const found = first(env, ...names);
	const read = /* @__PURE__ */ new Map();
	for (const [index, entry] of (found?.text ?? "").split(",").entries()) {
		if (entry.trim() === "") continue;
		const at = entry.indexOf("=");
		const name = decoded(entry.slice(0, Math.max(0, at)));
		const value = decoded(entry.slice(at + 1));
		if (name === void 0 || name === "" || value === void 0) return Result.fail(`${found?.name}: entry ${index + 1} is not NAME=VALUE with percent-encoding`);
		read.set(name, value);
	}
	return Result.succeed(Object.fromEntries(read));
};
const ownHeaders = /* @__PURE__ */ new Set([...[
	"host",
	"connection",
	"content-length",
	"content-type",
	"content-encoding",
	"transfer-encoding"
], ...[
	"accept-encoding",
	"expect",
	"upgrade",
	"te",
	"trailer"
]]);
/** Headers to send along, names in lower case. */
const headers = (env, signal) => Result.gen(function* () {
	const names = named(signal, "HEADERS");
	const where = first(env, ...names)?.name;
	const all = {};
	for (const [name, value] of Object.entries(yield* pairs(env, ...names))) {
		const key = name.toLowerCase();
		if (!/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(key)) return yield* Result.fail(`${where}: "${name}" is no header's name`);
		if (ownHeaders.has(key)) return yield* Result.fail(`${where}: "${name}" is set by the exporter itself`);
		if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return yield* Result.fail(`${where}: the value of "${name}" has characters that no header may have`);
		all[key] = value;
	}
	return all;
});
// src/telemetry/otlp/Settings.ts
/**
* How telemetry is pushed: where to, says the configuration alone; the rest is told by the `OTEL_*` variables. An environment
* by itself makes nothing be sent, and cannot send it elsewhere. Pure.
*/
const signalUrl = (endpoint, signal) => {
	const url = URL.parse(endpoint);
	if (url === null) return Result.fail("the OTLP endpoint is not a valid URL");
	url.pathname = `${url.pathname.replace(/\/$/, "")}/v1/${signal}`;
	return Result.succeed(url);
};
const protocol = (env, signal) => {
	const found = first(env, ...named(signal, "PROTOCOL"));
	if (found?.text.toLowerCase() === "grpc") return Result.fail(`${found.name}: OTLP over gRPC is not supported, use http/protobuf (port 4318) or http/json`);
	return oneOf(env, ["http/protobuf", "http/json"], "http/protobuf", ...named(signal, "PROTOCOL"));
};
const wanted = (env, signal) => Result.map(oneOf(env, ["otlp", "none"], "otlp", `OTEL_${signal.toUpperCase()}_EXPORTER`), (word) => word === "otlp");
const signalOf = (known, env, signal) => Result.gen(function* () {
	return {
		signal,
		url: yield* signalUrl(known.endpoint, signal),
		headers: yield* headers(env, signal),
		form: yield* protocol(env, signal),
		compression: yield* oneOf(env, ["gzip", "none"], "none", ...named(signal, "COMPRESSION")),
		timeout: Duration.millis(yield* count(env, 1e4, 1, ...named(signal, "TIMEOUT")))
	};
});
const batchOf = (known, env, signal, prefix, delay) => Result.gen(function* () {
	const limit = yield* count(env, 2048, 1, `${prefix}_MAX_QUEUE_SIZE`);
	return {
		...yield* signalOf(known, env, signal),
		interval: Duration.millis(yield* count(env, delay, 1, `${prefix}_SCHEDULE_DELAY`)),
		limit,
		batchSize: Math.min(limit, yield* count(env, 512, 1, `${prefix}_MAX_EXPORT_BATCH_SIZE`))
	};
});
const samplers = [...[
	"always_on",
	"parentbased_always_on",
	"always_off",
	"parentbased_always_off"
], ...["traceidratio", "parentbased_traceidratio"]];
/** Connections have no parent, so that the samplers that ask for one are as good as those that do not. */
const ratioOf = (env) => Result.gen(function* () {
	const name = "OTEL_TRACES_SAMPLER";
	const sampler = yield* oneOf(env, samplers, "always_on", name);
	if (sampler.endsWith("always_on")) return 1;
	if (sampler.endsWith("always_off")) return 0;
	const text = first(env, `${name}_ARG`)?.text ?? "1";
	const ratio = Number(text);
	return ratio >= 0 && ratio <= 1 ? ratio : yield* Result.fail(`${name}_ARG: "${text}" is not between 0 and 1`);
});
const resourceOf = (known, env) => Result.map(pairs(env, "OTEL_RESOURCE_ATTRIBUTES"), (given) => {
	const { "service.name": name, "service.version": version, ...attributes } = given;
	return {
		serviceName: first(env, "OTEL_SERVICE_NAME")?.text ?? (name || "ghostunnel"),
		serviceVersion: version || known.version,
		attributes: {
			...known.attributes,
			...attributes
		}
	};
});
/** The settings, or the sentence that refuses a variable. Secrets are in none. */
const settingsOf = (known, env) => Result.gen(function* () {
	const resource = yield* resourceOf(known, env);
	if ((yield* oneOf(env, ["true", "false"], "false", "OTEL_SDK_DISABLED")) === "true") return { resource };
	const byDefault = Duration.toMillis(known.interval);
	const interval = yield* count(env, byDefault, 1, "OTEL_METRIC_EXPORT_INTERVAL");
	const preference = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE";
	return {
		resource,
		...interval > 0 && (yield* wanted(env, "metrics")) ? { metrics: {
			...yield* signalOf(known, env, "metrics"),
			interval: Duration.millis(interval),
			temporality: yield* oneOf(env, ["cumulative", "delta"], "cumulative", preference)
		} } : {},
		...known.traces && (yield* wanted(env, "traces")) ? { traces: {
			...yield* batchOf(known, env, "traces", "OTEL_BSP", 5e3),
			ratio: yield* ratioOf(env)
		} } : {},
		...known.traces && (yield* wanted(env, "logs")) ? { logs: yield* batchOf(known, env, "logs", "OTEL_BLRP", 1e3) } : {}
	};
});
// src/telemetry/otlp/SignalLog.ts
/** What the log hears of one signal: a line when pushes begin to fail, one when they work again, and how much was lost. */
const signalLog = ({ signal, url }, line) => {
	let failing = false;
	let overflowing = false;
	let dropped = 0;
	return {
		failed: (why) => {
			if (!failing) line(`error exporting OTLP ${signal}: ${why}`);
			failing = true;
		},
		succeeded: () => {
			if (failing) line(`exporting OTLP ${signal} again to ${redacted(url.href)}`);
			if (dropped > 0) line(`warning: ${dropped} OTLP ${signal} were dropped`);
			failing = false;
			overflowing = false;
			dropped = 0;
		},
		overflowed: (limit) => {
			dropped++;
			if (!overflowing) line(`warning: dropping OTLP ${signal}: ${limit} are waiting to be exported`);
			overflowing = true;
		},
		lost: (count) => {
			dropped += count;
		}
	};
};
// src/telemetry/Otlp.ts
/**
* OTLP over HTTP: pushes the metric registry and, where asked, spans and log records of connections. Made of what
* `effect/observability` knows of the protocol, with bounded queues, and with the `OTEL_*` variables as `Settings.ts` reads
* them. Nothing that fails here is ever felt by a connection.
*/
/** No shutdown waits longer for what has not been pushed yet. */
const lastPush = Duration.seconds(3);
var Otlp = class Otlp extends Context.Service()("ghostunnel/Otlp") {
	/** Reads the metric registry of the context it is built in. Fails when a variable is refused. */
	static layer = (options) => Layer.effect(Otlp, make(options));
};
const settingsFor = ({ endpoint, env, interval, mode, traces }) => settingsOf({
	endpoint,
	traces,
	interval,
	version,
	attributes: {
		"service.instance.id": randomUUID(),
		"host.name": hostname(),
		"process.pid": process.pid,
		"ghostunnel.mode": mode
	}
}, env);
const serializer = ({ form }) => Effect.provide(Serialization.OtlpSerialization, form === "http/json" ? Serialization.layerJson : Serialization.layerProtobuf);
/** Things that come one by one, serialized and sent in batches. */
const batched = Effect.fnUntraced(function* (settings, send, line, body) {
	const serialization = yield* serializer(settings);
	const push = (items) => {
		const encoded = body(serialization, items);
		if (encoded._tag !== "Uint8Array") return Effect.die("not encoded");
		return send(settings, {
			contentType: encoded.contentType,
			bytes: encoded.body
		});
	};
	return yield* make$1(settings, push, signalLog(settings, line));
});
const spans = Effect.fnUntraced(function* (settings, options, { resource, scope }, send) {
	const batch = yield* batched(settings, send, options.log, (serialization, items) => serialization.traces({ resourceSpans: [{
		resource,
		scopeSpans: [{
			scope,
			spans: [...items]
		}]
	}] }));
	const record = (each) => {
		const span = spanOf(each, options);
		if (span === void 0) return;
		const context = contextOf(span.connection);
		if (isSampled(context.traceId, settings.ratio)) spansOf(span, context).forEach(batch.push);
	};
	return {
		record,
		flush: batch.flush
	};
});
const logs = Effect.fnUntraced(function* (settings, options, { resource, scope }, send) {
	const batch = yield* batched(settings, send, options.log, (serialization, items) => serialization.logs({ resourceLogs: [{
		resource,
		scopeLogs: [{
			scope,
			logRecords: [...items]
		}]
	}] }));
	return {
		record: (each) => logsOf(each, options.target, Date.now()).forEach(batch.push),
		flush: batch.flush
	};
});
const refused = (sentence) => startError(sentence, `error: ${sentence}`);
const make = Effect.fn("Otlp.make")(function* (options) {
	const result = settingsFor(options);
	if (Result.isFailure(result)) return yield* refused(result.failure);
	const settings = result.success;
	const send = sender(options.trustAnchors, version);
	const scope = {
		name: "ghostunnel",
		version
	};
	const origin = {
		resource: OtlpResource.make(settings.resource),
		scope
	};
	const exporters = [];
	if (settings.metrics !== void 0) {
		const log = signalLog(settings.metrics, options.log);
		const serialization = yield* serializer(settings.metrics);
		const { flush } = yield* exportMetrics(settings.metrics, settings.resource, scope, serialization, send, log);
		exporters.push({
			record: () => {},
			flush
		});
	}
	if (settings.traces !== void 0) exporters.push(yield* spans(settings.traces, options, origin, send));
	if (settings.logs !== void 0) exporters.push(yield* logs(settings.logs, options, origin, send));
	const signals = [
		"metrics",
		"traces",
		"logs"
	].filter((signal) => settings[signal] !== void 0);
	options.log(signals.length === 0 ? "OTLP: nothing is exported, the environment (OTEL_SDK_DISABLED, OTEL_*_EXPORTER) or the interval says so" : `metrics enabled; exporting ${signals.join(", ")} via OTLP to ${redacted(options.endpoint)}`);
	const flush = yield* Effect.cached(Effect.forEach(exporters, (each) => each.flush, {
		concurrency: "unbounded",
		discard: true
	}).pipe(Effect.interruptible, Effect.timeoutOption(lastPush), Effect.asVoid));
	yield* Effect.addFinalizer(() => flush);
	const records = exporters.map(({ record }) => record);
	return {
		record: (record) => records.forEach((take) => take(record)),
		flush
	};
});
export { Otlp };

//# sourceMappingURL=lib-Otlp-B92NyuVv.mjs.map