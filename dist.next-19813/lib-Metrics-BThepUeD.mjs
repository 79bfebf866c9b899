import { t as __exportAll } from "./lib-rolldown-runtime-D8jQpDG7.mjs";
import { i as distribution, r as Reservoir, t as ConnectionStats } from "./lib-ConnectionStats-byneFtsB.mjs";
import { t as processFamilies } from "./lib-ProcessMetrics-Bwv0s782.mjs";
import { t as FiberCount } from "./lib-FiberCount-CzQSwXD5.mjs";
import { t as every } from "./lib-Ticker-CiuIi9VM.mjs";
import { Clock, Context, Duration, Effect, Layer, Metric } from "effect";
import { hostname } from "node:os";
import { PerformanceObserver } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";
// src/metrics/GraphiteMetrics.ts
/** Go's `%.<digits>f`: like `toFixed`, but what lies exactly between two texts becomes the even one. */
const goFixed = (x, digits) => {
	if (Math.abs(x) >= 1e21) return `${BigInt(x)}${digits === 0 ? "" : "."}${"0".repeat(digits)}`;
	const text = (x === 0 ? 0 : x).toFixed(digits);
	const tie = Math.abs(x * 2 ** (digits + 1) % 2) === 1;
	const last = Number(text.at(-1));
	return tie && last % 2 === 1 ? `${text.slice(0, -1)}${last - 1}` : text;
};
const integer = (x) => String(BigInt(Math.trunc(x)));
const float = (x) => goFixed(x, 2);
const figures = (value) => [
	["min", integer(value.min)],
	["max", integer(value.max)],
	["mean", float(value.mean)],
	["std-dev", float(value.stdDev)],
	["50-percentile", float(value.percentile(.5))],
	["75-percentile", float(value.percentile(.75))],
	["95-percentile", float(value.percentile(.95))],
	["99-percentile", float(value.percentile(.99))],
	["999-percentile", float(value.percentile(.999))]
];
const rates = (value) => [
	["one-minute", float(value.rate1)],
	["five-minute", float(value.rate5)],
	["fifteen-minute", float(value.rate15)],
	["mean-rate", float(value.rateMean)]
];
/** "Per second" is the count over the interval of one second: no rate, but what dashboards know by the name. */
const counted = (count) => [["count", integer(count)], ["count_ps", float(count)]];
const entries = (metric) => {
	switch (metric.kind) {
		case "counter": return counted(metric.value);
		case "gauge": return [["value", metric.integer ? integer(metric.value) : goFixed(metric.value, 6)]];
		case "timer": return [
			...counted(metric.value.count),
			...figures(metric.value),
			...rates(metric.value)
		];
		case "histogram": return [["count", integer(metric.value.count)], ...figures(metric.value)];
	}
};
/** Every metric as lines `PREFIX.NAME.SUFFIX VALUE UNIXSECONDS`, sorted by metric; durations in nanoseconds. */
const graphite = (report) => {
	const seconds = Math.floor(report.time / 1e3);
	return report.metrics.flatMap((metric) => entries(metric).map(([suffix, text]) => `${report.prefix}.${metric.name}.${suffix} ${text} ${seconds}\n`)).join("");
};
// src/metrics/JsonMetrics.ts
/** The eight entries of a timer or histogram, in the contract's order; the values' unit is the metric's, nanoseconds. */
const distributionEntries = (name, value) => [
	[`${name}.count`, value.count],
	[`${name}.min`, value.min],
	[`${name}.max`, value.max],
	[`${name}.mean`, value.mean],
	[`${name}.50-percentile`, value.percentile(.5)],
	[`${name}.75-percentile`, value.percentile(.75)],
	[`${name}.95-percentile`, value.percentile(.95)],
	[`${name}.99-percentile`, value.percentile(.99)]
];
/** The body: sorted by metric, no whitespace, no final newline; `timestamp` is in Unix seconds. */
const json = (report) => {
	const timestamp = Math.floor(report.time / 1e3);
	const entries = report.metrics.flatMap((metric) => metric.kind === "timer" || metric.kind === "histogram" ? distributionEntries(metric.name, metric.value) : [[metric.name, metric.value]]);
	return JSON.stringify(entries.map(([name, value]) => ({
		hostname: report.hostname,
		metric: `${report.prefix}.${name}`,
		timestamp,
		value
	})));
};
// src/metrics/Report.ts
const counters = [
	"accept.error",
	"accept.success",
	"accept.timeout",
	"accept.total",
	"conn.open",
	"conn.timeout"
];
const timers = ["conn.handshake", "conn.lifetime"];
/** Gauges under `runtime.` that do not count bytes. */
const plainGauges = /* @__PURE__ */ new Set([
	"runtime.cgo-calls",
	"runtime.goroutines",
	"runtime.mem.frees",
	"runtime.mem.gc.cpu-fraction",
	"runtime.mem.gc.num-gc",
	"runtime.mem.heap.objects",
	"runtime.mem.lookups",
	"runtime.mem.mallocs"
]);
/** Orders strings by code unit, whatever the locale. */
const byCodeUnit = (a, b) => a < b ? -1 : a > b ? 1 : 0;
/** The report of the numbers as they stand. */
const report = (sources) => {
	const metrics = [
		...counters.map((name) => {
			return {
				kind: "counter",
				name,
				unit: "1",
				monotonic: name !== "conn.open",
				value: sources.counter(name)
			};
		}),
		...timers.map((name) => ({
			kind: "timer",
			name,
			unit: "ns",
			value: sources.timer(name)
		})),
		...sources.gauges.map(([name, value]) => {
			return {
				kind: "gauge",
				name,
				unit: plainGauges.has(name) ? "1" : "By",
				integer: name !== "runtime.mem.gc.cpu-fraction",
				value
			};
		}),
		{
			kind: "histogram",
			name: "runtime.mem.gc.duration",
			unit: "ns",
			value: sources.gcDurations,
			latest: sources.gcDurations.latest
		}
	];
	return {
		prefix: sources.prefix,
		hostname: sources.hostname,
		time: sources.time,
		metrics: metrics.toSorted((a, b) => byCodeUnit(a.name, b.name))
	};
};
// src/metrics/Exposition.ts
/** The Prometheus text format, version 0.0.4, as the Go library writes it (contract: status, sections 6.2 to 6.4). Pure. */
/** A float64 the way Go prints it with `%g`: shortest round trip, exponent below 1e-4 and from 1e6. */
const goFloat = (x) => {
	if (Number.isNaN(x)) return "NaN";
	if (!Number.isFinite(x)) return x > 0 ? "+Inf" : "-Inf";
	if (x === 0) return "0";
	const [mantissa = "", exponent = ""] = x.toExponential().split("e");
	const n = Number(exponent);
	if (n >= -4 && n < 6) return String(x);
	return `${mantissa}e${n < 0 ? "-" : "+"}${String(Math.abs(n)).padStart(2, "0")}`;
};
/** The contract's `flatten`: space, `.`, `-`, `=` and `/` become `_`, one for one. */
const flatten = (name) => name.replace(/[ .\-=/]/g, "_");
/** `flatten(prefix)_flatten(name)` as a name of the classic grammar: what that forbids becomes `_` per code point. */
const familyName = (prefix, name) => {
	return (prefix === "" ? flatten(name) : `${flatten(prefix)}_${flatten(name)}`).replace(/[^a-zA-Z0-9_:]/gu, "_").replace(/^[0-9]/, "_");
};
const escapeHelp = (text) => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
const escapeLabel = (text) => escapeHelp(text).replaceAll("\"", "\\\"");
const sampleLine = (family, { suffix = "", label, value }) => {
	const labels = label === void 0 ? "" : `{${label[0]}="${escapeLabel(label[1])}"}`;
	return `${family.name}${suffix}${labels} ${goFloat(value)}\n`;
};
/** The page: families sorted by name. */
const exposition = (families) => families.toSorted((a, b) => byCodeUnit(a.name, b.name)).map((family) => {
	return `# HELP ${family.name} ${escapeHelp(family.help)}\n# TYPE ${family.name} ${family.type}\n` + family.samples.map((sample) => sampleLine(family, sample)).join("");
}).join("");
// src/metrics/PrometheusMetrics.ts
const timerQuantiles = [
	.5,
	.95,
	.99,
	.999
];
const gcQuantiles = [
	.05,
	.1,
	.25,
	.5,
	.75,
	.9,
	.95,
	.99
];
/** Gauges beside a timer's histogram: suffix and value, nanoseconds or per second. */
const timerGauges = (value) => [
	["_count", value.count],
	["_max", value.max],
	["_mean", value.mean],
	["_min", value.min],
	["_rate1", value.rate1],
	["_rate15", value.rate15],
	["_rate5", value.rate5],
	["_rate_mean", value.rateMean],
	["_std_dev", value.stdDev],
	["_sum", value.sum],
	["_variance", value.variance]
];
/** The contract's pseudo-histogram: `le` is a quantile, the bucket is its value cut to an integer; `+Inf` is the count. */
const histogramSamples = (value, quantiles) => [
	...quantiles.map((quantile) => {
		return {
			suffix: "_bucket",
			label: ["le", goFloat(quantile)],
			value: Math.trunc(value.percentile(quantile))
		};
	}),
	{
		suffix: "_bucket",
		label: ["le", "+Inf"],
		value: value.count
	},
	{
		suffix: "_sum",
		value: value.sum
	},
	{
		suffix: "_count",
		value: value.count
	}
];
const familiesOf = (prefix, metric) => {
	const gauge = (suffix, value) => {
		return {
			name: familyName(prefix, metric.name + suffix),
			help: metric.name + suffix,
			type: "gauge",
			samples: [{ value }]
		};
	};
	const histogram = (suffix, value, quantiles) => {
		return {
			name: familyName(prefix, metric.name + suffix),
			help: flatten(metric.name),
			type: "histogram",
			samples: histogramSamples(value, quantiles)
		};
	};
	switch (metric.kind) {
		case "counter":
		case "gauge": return [gauge("", metric.value)];
		case "timer": return [...timerGauges(metric.value).map(([suffix, value]) => gauge(suffix, value)), histogram("_timer", metric.value, timerQuantiles)];
		case "histogram": return [...metric.latest === void 0 ? [] : [gauge("", metric.latest)], histogram("_histogram", metric.value, gcQuantiles)];
	}
};
/** The page: the report's families and `others` (the `process_*` ones), sorted by name. */
const prometheus = (report, others) => exposition([...report.metrics.flatMap((metric) => familiesOf(report.prefix, metric)), ...others]);
/** Items of an `Accept*` header; a missing or unreadable `q` counts as 1 and 0. */
const parseItems = (header) => (header ?? "").split(",").filter((part) => part.trim() !== "").map((part) => {
	const [value = "", ...rest] = part.split(";").map((piece) => piece.trim());
	const parameters = new Map(rest.map((piece) => {
		const at = piece.indexOf("=");
		return at < 0 ? [piece.toLowerCase(), ""] : [piece.slice(0, at).trim().toLowerCase(), piece.slice(at + 1).trim()];
	}));
	const q = Number(parameters.get("q") ?? "1");
	return {
		value: value.toLowerCase(),
		parameters,
		q: Number.isFinite(q) ? q : 0
	};
});
const escapings = /* @__PURE__ */ new Set([
	"allow-utf-8",
	"dots",
	"underscores",
	"values"
]);
/**
* The page's content type for an `Accept` header: always the text format, with the `escaping` of the last item that has a
* known one, by falling `q`, up to the item that asks for this very format (section 6.5).
*/
const contentType = (accept) => {
	let escaping = "underscores";
	for (const { value, parameters } of parseItems(accept).toSorted((a, b) => b.q - a.q)) {
		const asked = parameters.get("escaping");
		if (asked !== void 0 && escapings.has(asked)) escaping = asked;
		const version = parameters.get("version") ?? "";
		if (value === "text/plain" && (version === "" || version === "0.0.4")) break;
	}
	return `text/plain; version=0.0.4; charset=utf-8; escaping=${escaping}`;
};
/** Whether the page goes out gzipped for an `Accept-Encoding` header: only when gzip is liked better than identity. */
const wantsGzip = (acceptEncoding) => {
	const items = parseItems(acceptEncoding);
	const best = (coding) => {
		const matching = items.filter(({ value }) => value === coding || value === "*");
		return matching.length === 0 ? void 0 : Math.max(...matching.map(({ q }) => q));
	};
	const gzip = best("gzip");
	const identity = best("identity");
	if (gzip === void 0) return identity === 0;
	return gzip > (identity ?? 0);
};
// src/metrics/RuntimeMetrics.ts
/**
* The `runtime.*` numbers (contract: status, section 5.2): the names of the Go program, filled from what Node knows. Gauges
* change only once every `--metrics-interval`; garbage collections of this thread are recorded as they are reported.
*/
/** The 18 gauges. Those that Node has no source for are 0. */
const gauges = (sources) => {
	const { heap } = sources;
	return [
		["runtime.cgo-calls", 0],
		["runtime.goroutines", sources.fibers],
		["runtime.mem.alloc", heap.used_heap_size],
		["runtime.mem.frees", 0],
		["runtime.mem.gc.cpu-fraction", sources.uptimeSeconds > 0 ? sources.pauseSeconds / sources.uptimeSeconds : 0],
		["runtime.mem.gc.num-gc", sources.collections],
		["runtime.mem.heap.alloc", heap.used_heap_size],
		["runtime.mem.heap.idle", Math.max(0, heap.total_heap_size - heap.used_heap_size)],
		["runtime.mem.heap.inuse", heap.total_physical_size],
		["runtime.mem.heap.objects", 0],
		["runtime.mem.heap.released", 0],
		["runtime.mem.heap.sys", heap.total_heap_size],
		["runtime.mem.lookups", 0],
		["runtime.mem.mallocs", 0],
		["runtime.mem.stack.inuse", 0],
		["runtime.mem.stack.sys", 0],
		["runtime.mem.sys", sources.rss],
		["runtime.mem.total-alloc", heap.total_allocated_bytes ?? 0]
	];
};
/** Runtime numbers of the main thread. */
var RuntimeMetrics = class RuntimeMetrics extends Context.Service()("ghostunnel/RuntimeMetrics") {
	/**
	* Refreshes every `interval`, first at start + interval. Zero or negative: never, and collections are not watched.
	* `otherFibers` are those that live on other threads.
	*/
	static layer = (interval, otherFibers = () => 0) => Layer.effect(RuntimeMetrics, Effect.gen(function* () {
		const seconds = Duration.toMillis(interval) / 1e3;
		const pauses = new Reservoir(Math.random);
		let pauseSeconds = 0;
		const record = (entries) => {
			for (const entry of entries) {
				pauseSeconds += entry.duration / 1e3;
				pauses.add(Math.round(entry.duration * 1e6), (performance.timeOrigin + entry.startTime) / 1e3);
			}
		};
		const observer = new PerformanceObserver((list) => record(list.getEntries()));
		/** Entries already reported to the observer whose callback has not run yet. */
		const catchUp = () => record(observer.takeRecords());
		const counted = yield* Metric.FiberRuntimeMetrics;
		let current = [];
		const refresh = () => {
			catchUp();
			current = gauges({
				heap: getHeapStatistics(),
				rss: process.memoryUsage.rss(),
				fibers: (counted instanceof FiberCount ? counted.live : 0) + otherFibers(),
				collections: pauses.count,
				pauseSeconds,
				uptimeSeconds: process.uptime()
			});
		};
		if (seconds > 0) {
			yield* Effect.acquireRelease(Effect.sync(() => observer.observe({ entryTypes: ["gc"] })), () => Effect.sync(() => observer.disconnect()));
			yield* Effect.forkScoped(every(seconds, refresh));
		}
		return {
			gauges: () => current,
			gcDurations: () => {
				catchUp();
				const latest = pauses.count === 0 ? void 0 : pauses.latest;
				return {
					...distribution(pauses.count, pauses.values()),
					latest
				};
			}
		};
	}));
};
// src/metrics/Metrics.ts
/** What the status port and the pushers read: the numbers of this process as they stand when asked, in each format. */
var Metrics_exports = /* @__PURE__ */ __exportAll({ Metrics: () => Metrics });
/** Plain calls, safe at any time; each takes in all observations made so far first. */
var Metrics = class Metrics extends Context.Service()("ghostunnel/Metrics") {
	/** `prefix` is `--metrics-prefix`; `interval` is how often runtime gauges are refreshed, not positive for never. */
	static layer = (options) => Layer.effect(Metrics, Effect.gen(function* () {
		const stats = yield* ConnectionStats;
		const runtime = yield* RuntimeMetrics;
		const clock = yield* Clock.Clock;
		const host = hostname();
		const current = () => report({
			prefix: options.prefix,
			hostname: host,
			time: clock.currentTimeMillisUnsafe(),
			counter: stats.read,
			timer: stats.timer,
			gauges: runtime.gauges(),
			gcDurations: runtime.gcDurations()
		});
		return {
			report: current,
			json: () => json(current()),
			prometheus: () => prometheus(current(), processFamilies()),
			graphite: () => graphite(current())
		};
	})).pipe(Layer.provide(Layer.unwrap(Effect.map(ConnectionStats, (stats) => RuntimeMetrics.layer(options.interval, stats.fibers)))));
};
export { wantsGzip as i, Metrics_exports as n, contentType as r, Metrics as t };

//# sourceMappingURL=lib-Metrics-BThepUeD.mjs.map