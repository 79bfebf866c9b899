import { n as rfc3339 } from "./lib-JsonLine-Cz9xr_Kz.mjs";
import { Duration, Effect, Result, Schema, SchemaIssue, SchemaTransformation } from "effect";
// src/config/GoDuration.ts
/**
* Durations as the command line writes them (`1m30s`, `1.5s`, `1d12h`, `-1s`, `0`) and as the log prints them
* (contract: command line, sections 1.4 and 6.3).
*/
const nanosPerUnit = /* @__PURE__ */ new Map([
	["ns", 1n],
	["us", 1000n],
	["µs", 1000n],
	["μs", 1000n],
	["ms", 1000000n],
	["s", 1000000000n],
	["m", 60000000000n],
	["h", 3600000000000n],
	["d", 86400000000000n],
	["w", 604800000000000n]
]);
/** The largest duration Go can hold, in nanoseconds. */
const maxNanos = 2n ** 63n - 1n;
/** Parses one duration. The failure is the contract's wording. */
const parse = (text) => {
	const invalid = Result.fail(`invalid duration ${JSON.stringify(text)}`);
	const sign = text.startsWith("-") ? -1n : 1n;
	let rest = text.replace(/^[+-]/, "");
	if (rest === "0") return Result.succeed(Duration.zero);
	if (rest === "") return invalid;
	let nanos = 0n;
	while (rest !== "") {
		const [number, whole = "", fraction = ""] = /^(\d*)\.?(\d*)/.exec(rest) ?? [];
		if (number === void 0 || whole + fraction === "") return invalid;
		rest = rest.slice(number.length);
		const unit = /^[^\d.]*/.exec(rest)?.[0] ?? "";
		if (unit === "") return Result.fail(`missing unit in duration ${JSON.stringify(text)}`);
		const factor = nanosPerUnit.get(unit);
		if (factor === void 0) return Result.fail(`unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`);
		nanos += BigInt(whole) * factor + BigInt(fraction) * factor / 10n ** BigInt(fraction.length);
		rest = rest.slice(unit.length);
	}
	if (nanos > maxNanos) return invalid;
	return Result.succeed(Duration.nanos(sign * nanos));
};
const trimZeros = (text) => text.includes(".") ? text.replace(/\.?0+$/, "") : text;
/** Prints nanoseconds the way Go does: `0s`, `796.22µs`, `49ms`, `1.517s`, `1m30s`, `1h0m0.5s`. */
const formatNanos = (nanos) => {
	if (nanos === 0) return "0s";
	const sign = nanos < 0 ? "-" : "";
	const n = Math.abs(Math.trunc(nanos));
	if (n < 1e3) return `${sign}${n}ns`;
	if (n < 1e6) return `${sign}${trimZeros((n / 1e3).toFixed(3))}µs`;
	if (n < 1e9) return `${sign}${trimZeros((n / 1e6).toFixed(6))}ms`;
	const hours = Math.floor(n / 36e11);
	const minutes = Math.floor(n % 36e11 / 6e10);
	const seconds = trimZeros((n % 6e10 / 1e9).toFixed(9));
	if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}s`;
	return minutes > 0 ? `${sign}${minutes}m${seconds}s` : `${sign}${seconds}s`;
};
/** The codec between a `Duration` and Go's text for it. */
const GoDuration = Schema.String.pipe(Schema.decodeTo(Schema.Duration, SchemaTransformation.transformEffect({
	decode: (text, options) => {
		const parsed = parse(text);
		return Result.isSuccess(parsed) ? Effect.succeed(parsed.success) : Effect.fail(new SchemaIssue.InvalidValue({ expected: parsed.failure }, text, options));
	},
	encode: (duration) => Effect.succeed(formatNanos(Math.round(Duration.toMillis(duration) * 1e6)))
})));
// src/runtime/StartError.ts
/** Why a tunnel cannot start. */
/** The tunnel cannot start. `lines` go to the log, `message` to the user; nothing was left listening. */
var StartError = class extends Schema.TaggedError()("StartError", {
	message: Schema.String,
	lines: Schema.Array(Schema.String)
}) {};
/** The error with its message for the user first, then the lines for the log in order. */
const startError = (message, ...lines) => new StartError({
	message,
	lines
});
// src/proxy/ConnectionFields.ts
/**
* Connection records as the events of the JSON log. Each connection has one `open` and one `close` with the same
* `connection`: `open` when the pipe opens or, when it never does, right before `close`.
*/
const seconds = (nanos) => nanos === void 0 ? void 0 : nanos / 1e9;
const tlsFields = ({ tls }) => tls === void 0 ? {} : {
	tls_version: tls.version,
	tls_group: tls.group,
	tls_cipher: tls.cipher,
	tls_server_name: tls.serverName,
	tls_alpn: tls.alpn,
	tls_resumed: tls.resumed,
	tls_peer_subject: tls.subject,
	tls_admitted_by: tls.admittedBy
};
const names = (facts, target) => ({
	connection: facts.id,
	client_network: facts.client.network,
	client_address: facts.client.address,
	target
});
/** What is known of a connection whose pipe opened, or that came as far as it could. */
const known = (facts, target) => ({
	...names(facts, target),
	target_network: facts.target?.network,
	target_address: facts.target?.address,
	...tlsFields(facts),
	handshake_seconds: seconds(facts.handshakeNanos),
	dial_seconds: seconds(facts.dialNanos)
});
/** How far a connection had come when we gave it up. */
const stageOf = (facts, opened) => opened ? "copy" : facts?.dialNanos !== void 0 ? "proxy_header" : facts?.handshakeNanos === void 0 ? "handshake" : "dial";
/** How a connection ended; undefined for records that end none. */
const endOf = (record) => {
	switch (record._tag) {
		case "Closed": {
			const { forwarded, nanos, reason, returned } = record;
			return {
				stage: "copy",
				reason,
				fields: {
					forwarded_bytes: forwarded,
					returned_bytes: returned,
					open_seconds: seconds(nanos)
				}
			};
		}
		case "Aborted": {
			const { bytes, facts, nanos, reason } = record;
			const fields = {
				forwarded_bytes: bytes?.forwarded,
				returned_bytes: bytes?.returned,
				open_seconds: seconds(nanos)
			};
			return {
				stage: stageOf(facts, nanos !== void 0),
				reason,
				fields
			};
		}
		case "HandshakeFailed":
		case "DialFailed":
		case "PrefixFailed": {
			const { message, reason, source } = record;
			const stage = {
				HandshakeFailed: "handshake",
				DialFailed: "dial",
				PrefixFailed: "proxy_header"
			};
			const fields = {
				source,
				error: message,
				forwarded_bytes: 0,
				returned_bytes: 0,
				open_seconds: 0
			};
			return {
				stage: stage[record._tag],
				reason,
				fields
			};
		}
		case "Opened":
		case "CopyFailed":
		case "AcceptFailed":
		case "RevocationUnknown": return;
	}
};
const opening = (facts, fields) => ({
	event: "open",
	level: "info",
	fields: {
		...fields,
		accepted_at: rfc3339(facts.acceptedAt)
	}
});
const closing = (at, facts, target, { fields, reason, stage }) => ({
	event: "close",
	level: reason === "defect" || reason === "thread_lost" ? "error" : stage === "copy" ? "info" : "warn",
	fields: {
		...known(facts, target),
		stage,
		reason,
		...fields,
		total_seconds: Math.max(0, Math.round((at - facts.acceptedAt) * 1e3) / 1e6)
	}
});
/** The events of one record, in order, each with the details of its line. `target` is what the configuration calls it. */
const eventsOf = (record, target) => {
	const { at, facts } = record;
	if (record._tag === "AcceptFailed") return [{
		event: "accept_error",
		level: "error"
	}];
	if (record._tag === "RevocationUnknown") return [{
		event: "revocation_unknown",
		level: "warn"
	}];
	if (facts === void 0) return [{}];
	if (record._tag === "Opened") return [opening(facts, known(facts, target))];
	if (record._tag === "CopyFailed") {
		const { message, reason, source } = record;
		return [{
			event: "copy_error",
			level: "warn",
			fields: {
				connection: facts.id,
				stage: "copy",
				reason,
				source,
				error: message
			}
		}];
	}
	const end = endOf(record);
	if (end === void 0) return [];
	const close = closing(at, facts, target, end);
	if (record._tag === "Closed" || record._tag === "Aborted" && record.nanos !== void 0) return [close];
	const message = `accepted connection from ${facts.client.address}`;
	return [{
		...opening(facts, names(facts, target)),
		message
	}, close];
};
// src/proxy/ConnectionLog.ts
/** Words connection records as the log's lines and applies the `--quiet` classes (contract: command line, section 6). */
const units = [
	"KiB",
	"MiB",
	"GiB",
	"TiB",
	"PiB",
	"EiB"
];
/** `512 bytes`, `2.9 KiB`, `4.0 MiB`. */
const formatBytes = (bytes) => {
	if (bytes < 1024) return `${bytes} bytes`;
	let value = bytes / 1024;
	let unit = 0;
	while (value >= 1024 && unit < units.length - 1) {
		value /= 1024;
		unit++;
	}
	return `${value.toFixed(1)} ${units[unit]}`;
};
/** Whole milliseconds from one millisecond on, Go style. */
const formatOpen = (nanos) => formatNanos(nanos > 1e6 ? Math.round(nanos / 1e6) * 1e6 : Math.round(nanos));
const end = ({ address, network, peer }) => `${network}:${address} [${peer}]`;
/** The line of one record, without the log's own prefix. Only the JSON log shows `Aborted`. */
const line = (record) => {
	switch (record._tag) {
		case "Opened": return `opening pipe: ${end(record.accepted)} <-> ${end(record.dialled)} `;
		case "Closed": {
			const stats = `forwarded ${formatBytes(record.forwarded)}, returned ${formatBytes(record.returned)}, open ${formatOpen(record.nanos)}`;
			return `closed pipe: ${end(record.accepted)} <-> ${end(record.dialled)} [${stats}]`;
		}
		case "Aborted": return `cut connection of ${record.facts?.client.address ?? "an unknown client"}`;
		case "HandshakeFailed": return `error on TLS handshake from ${record.remote.address}: ${record.message}`;
		case "DialFailed": return `error on dial: ${record.message}`;
		case "PrefixFailed": return record.message;
		case "CopyFailed": return `error during copy: ${record.message}`;
		case "AcceptFailed": return `error accepting connection: ${record.message}`;
		case "RevocationUnknown": return `warning: admitting peers whose revocation status is unknown (--crl-mode=warn): ${record.why}`;
	}
};
/** The class that silences a record besides `all`. */
const quietClass = (record) => {
	switch (record._tag) {
		case "Opened":
		case "Closed":
		case "Aborted": return "conns";
		case "HandshakeFailed": return "handshake-errs";
		case "RevocationUnknown": return "all";
		default: return "conn-errs";
	}
};
/** What every thread has to say once is said once: whether a record is the first of its kind. */
const firstOfItsKind = () => {
	let newest = 0;
	const said = /* @__PURE__ */ new Set();
	return (record) => {
		if (record._tag !== "RevocationUnknown") return true;
		if (record.generation > newest) said.clear();
		newest = Math.max(newest, record.generation);
		const known = record.generation < newest || said.has(record.why);
		said.add(record.why);
		return !known;
	};
};
/** What the log wants from the threads. */
const interestOf = (quiet, format) => {
	const silenced = (...classes) => classes.every((each) => quiet.includes(each));
	const silent = silenced("all") || silenced("conns", "conn-errs", "handshake-errs");
	return {
		pipes: !silent && !silenced("conns"),
		facts: !silent && format === "json"
	};
};
/** Where threads put their records: silenced ones cost no formatting. `target` is what the configuration calls it. */
const sink = (write, quiet, format, target) => {
	const silenced = new Set(quiet);
	if (silenced.has("all")) return () => {};
	const isNews = firstOfItsKind();
	return (record) => {
		if (silenced.has(quietClass(record)) || !isNews(record)) return;
		if (format === "json") {
			const text = line(record);
			for (const event of eventsOf(record, target)) write(event.message ?? text, record.at, event);
		} else if (record._tag !== "Aborted") write(line(record), record.at);
	};
};
export { StartError as a, eventsOf as i, line as n, startError as o, sink as r, GoDuration as s, interestOf as t };

//# sourceMappingURL=lib-ConnectionLog-B_GDKb2e.mjs.map