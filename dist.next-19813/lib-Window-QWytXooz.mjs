import { n as HEAP_INTERVAL_BYTES } from "./lib-ProfiledThread-DKI0Ps8G.mjs";
import { SourceMap } from "node:module";
import { Data, Duration, Effect } from "effect";
import * as Path from "node:path";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
// src/profiling/SourceMaps.ts
/** From places in the bundle to names and lines in TypeScript, through the source maps beside the bundle. */
const ANONYMOUS = "(anonymous)";
/** `src/proxy/Connection.ts` and `serve`: `Connection.serve`. */
const qualified = (file, name) => `${Path.parse(file).name}.${name || ANONYMOUS}`;
/** A frame as it stands, for code without a map; sources that run unbundled are named as if they were mapped. */
const unmapped = ({ given, line, name, url }) => {
	const file = url.startsWith("file://") ? fileURLToPath(url) : url;
	return {
		name: file.endsWith(".ts") && given === void 0 ? qualified(file, name) : name || ANONYMOUS,
		file,
		line
	};
};
/** The map beside a file; none is no failure: frames then stay as V8 names them. */
const mapOf = async (path) => {
	try {
		return new SourceMap(JSON.parse(await readFile(`${path}.map`, "utf8")));
	} catch {
		return;
	}
};
/** Names of private methods are shortened in the bundle, and maps do not tell them: the source does. */
const privateName = (map, frame, entry) => {
	if (!frame.name.startsWith("#")) return void 0;
	const { sources, sourcesContent } = map.payload;
	const text = sourcesContent[sources.indexOf(entry.originalSource)] ?? "";
	return /#[\w$]+/.exec(text.split("\n")[entry.originalLine] ?? "")?.[0];
};
const mapped = (map, path, frame) => {
	const entry = map.findEntry(frame.line - 1, frame.column);
	if (!("originalSource" in entry) || typeof entry.originalSource !== "string") return unmapped(frame);
	const bundle = Path.dirname(path);
	const file = Path.relative(Path.dirname(bundle), Path.resolve(bundle, entry.originalSource));
	const original = "name" in entry && typeof entry.name === "string" ? entry.name : privateName(map, frame, entry);
	const name = frame.name === "" ? "" : original ?? frame.name.replace(/\$\d+$/, "");
	return {
		name: frame.given ? frame.name : qualified(file, name),
		file,
		line: entry.originalLine + 1
	};
};
/** Resolves all frames, each map read once and then forgotten: they are large, and profiles are rare. */
const resolve$1 = async (frames) => {
	const resolved = frames.map(unmapped);
	const urls = new Set(frames.map(({ url }) => url).filter((url) => /^file:.*\.m?js$/.test(url)));
	for (const url of urls) {
		const path = fileURLToPath(url);
		const map = await mapOf(path);
		if (map === void 0) continue;
		frames.forEach((frame, index) => {
			if (frame.url === url && frame.line > 0) resolved[index] = mapped(map, path, frame);
		});
	}
	return resolved;
};
// src/profiling/Merge.ts
/** From what threads measured to one profile. */
/** Profiles that are read at a moment, or as the difference of two. */
const snapshots = [
	"allocs",
	"block",
	"goroutine",
	"heap",
	"mutex",
	"threadcreate"
];
const counting = (name) => ({
	types: [[name, "count"]],
	period: [[name, "count"], 1]
});
const objects = (what) => ({
	types: [[`${what}_objects`, "count"], [`${what}_space`, "bytes"]],
	period: [["space", "bytes"], HEAP_INTERVAL_BYTES]
});
const waits = [["contentions", "count"], ["delay", "nanoseconds"]];
const kinds = {
	allocs: objects("alloc"),
	block: {
		types: waits,
		period: [["contentions", "count"], 1]
	},
	goroutine: counting("goroutine"),
	heap: objects("inuse"),
	mutex: {
		types: waits,
		period: [["contentions", "count"], 1]
	},
	profile: {
		types: [["samples", "count"], ["cpu", "nanoseconds"]],
		period: [["cpu", "nanoseconds"], 1e7]
	},
	threadcreate: counting("threadcreate")
};
/** A profile of the kind; its last kind of number is shown first. */
const profileOf = (name, samples, facts) => {
	const { types, period } = kinds[name];
	return {
		types,
		period,
		shown: types.at(-1)?.[0] ?? "",
		samples,
		durationMillis: 0,
		...facts
	};
};
/** The same stack of a thread once, its numbers added. */
const summed = (samples) => {
	const sums = /* @__PURE__ */ new Map();
	for (const { stack, thread, values } of samples) {
		const key = JSON.stringify([thread, stack]);
		const known = sums.get(key)?.values;
		sums.set(key, {
			stack,
			thread,
			values: values.map((value, at) => value + (known?.[at] ?? 0))
		});
	}
	return [...sums.values()];
};
/** Every thread's stacks in the names of the sources. */
const merge = async (profiles) => {
	const frames = await resolve$1(profiles.flatMap(([, profile]) => profile.frames));
	const samples = [];
	let base = 0;
	for (const [thread, profile] of profiles) {
		for (const { stack, values } of profile.samples) samples.push({
			thread,
			values,
			stack: stack.flatMap((index) => frames[base + index] ?? [])
		});
		base += profile.frames.length;
	}
	return summed(samples);
};
// src/profiling/ProfileProto.ts
/** Writes the `profile.proto` format that `go tool pprof` and its kin read (contract: status, section 10.2). */
/** A message being written. Zero and empty fields are left out, as the format has it. */
var Message = class Message {
	#bytes = [];
	#varint(value) {
		if (typeof value === "number" && value >= 0 && value < 128) return void this.#bytes.push(value);
		let rest = BigInt.asUintN(64, BigInt(value));
		for (; rest > 127n; rest >>= 7n) this.#bytes.push(Number(rest & 127n) | 128);
		this.#bytes.push(Number(rest));
	}
	int(field, value) {
		if (value !== 0 && value !== 0n) {
			this.#varint(field << 3);
			this.#varint(value);
		}
		return this;
	}
	bytes(field, bytes) {
		this.#varint(field << 3 | 2);
		this.#varint(bytes.length);
		for (let i = 0; i < bytes.length; i++) this.#bytes.push(bytes[i] ?? 0);
		return this;
	}
	message(field, message) {
		return this.bytes(field, message.#bytes);
	}
	packed(field, values) {
		if (values.length === 0) return this;
		const packed = new Message();
		for (const value of values) packed.#varint(value);
		return this.message(field, packed);
	}
	finish() {
		return Uint8Array.from(this.#bytes);
	}
};
/** Numbers things from `first` on, equal keys once. */
const numbering = (first, keyOf) => {
	const numbers = /* @__PURE__ */ new Map();
	const values = [];
	const numberOf = (value) => {
		const key = keyOf(value);
		const known = numbers.get(key);
		if (known !== void 0) return known;
		numbers.set(key, first + values.length);
		return first + values.push(value) - 1;
	};
	return {
		numberOf,
		values
	};
};
/** The message, not yet compressed. Every number is rounded to an integer. */
const encodeProfile = (profile) => {
	const strings = numbering(0, (text) => text);
	const text = strings.numberOf;
	text("");
	const functions = numbering(1, ({ name, file }) => `${name}\n${file}`);
	const locations = numbering(1, ({ name, file, line }) => `${name}\n${file}\n${line}`);
	const valueType = ([type, unit]) => new Message().int(1, text(type)).int(2, text(unit));
	const out = new Message();
	for (const type of profile.types) out.message(1, valueType(type));
	for (const { stack, thread, values } of profile.samples) {
		const label = new Message().int(1, text("thread")).int(2, text(thread));
		const sample = new Message().packed(1, stack.map(locations.numberOf)).packed(2, values.map(Math.round));
		out.message(2, sample.message(3, label));
	}
	locations.values.forEach((frame, index) => {
		const line = new Message().int(1, functions.numberOf(frame)).int(2, frame.line);
		out.message(4, new Message().int(1, index + 1).message(4, line));
	});
	functions.values.forEach(({ name, file }, index) => {
		const numbers = [
			index + 1,
			text(name),
			text(name),
			text(file)
		];
		const message = new Message();
		numbers.forEach((number, at) => message.int(at + 1, number));
		out.message(5, message);
	});
	const [periodType, period] = profile.period;
	out.int(9, BigInt(Math.round(profile.at)) * 1000000n).int(10, BigInt(Math.round(profile.durationMillis * 1e3)) * 1000n).message(11, valueType(periodType)).int(12, period).packed(13, profile.comments.map(text)).int(14, text(profile.shown));
	for (const string of strings.values) out.bytes(6, new TextEncoder().encode(string));
	return out.finish();
};
/** The file as it is served. */
const encode = (profile) => gzipSync(encodeProfile(profile));
/** Later minus earlier, stack by stack; stacks that did not change are left out. */
const difference = (earlier, later) => {
	const stacks = /* @__PURE__ */ new Map();
	const add = (sign) => (sample) => {
		const key = JSON.stringify([sample.thread, sample.stack]);
		const before = stacks.get(key)?.values ?? [];
		stacks.set(key, {
			...sample,
			values: sample.values.map((value, index) => (before[index] ?? 0) + sign * value)
		});
	};
	earlier.samples.forEach(add(-1));
	later.samples.forEach(add(1));
	return {
		...later,
		samples: [...stacks.values()].filter(({ values }) => values.some((value) => value !== 0)),
		at: earlier.at,
		durationMillis: later.at - earlier.at,
		comments: [.../* @__PURE__ */ new Set([...earlier.comments, ...later.comments])]
	};
};
// src/profiling/Window.ts
/** Measuring for a while: what was begun ends, also when nobody waits for it any more. */
/** A profile that cannot be taken now; the message is the whole reply. */
var ProfilingError = class extends Data.TaggedError("ProfilingError") {};
/** Begins, waits, ends, and gives what the end gives. An interruption ends it early. */
const during = (seconds, begin, end) => Effect.suspend(() => {
	let running = true;
	return Effect.acquireUseRelease(begin, (begun) => Effect.andThen(Effect.sleep(Duration.seconds(seconds)), Effect.suspend(() => {
		running = false;
		return end(begun);
	})), (begun) => running ? Effect.asVoid(end(begun)) : Effect.void);
});
const makePlaces = (count) => {
	let used = 0;
	return { hold: (use, full) => Effect.acquireUseRelease(Effect.sync(() => used < count && ++used > 0), (taken) => taken ? use : full, (taken) => Effect.sync(() => taken && used--)) };
};
const makeLock = (message) => {
	let taken = false;
	return {
		taken: () => taken,
		hold: (use) => Effect.acquireUseRelease(Effect.suspend(() => taken ? Effect.fail(new ProfilingError({ message })) : Effect.sync(() => taken = true)), () => use, () => Effect.sync(() => taken = false))
	};
};
export { difference as a, profileOf as c, resolve$1 as d, makePlaces as i, snapshots as l, during as n, encode as o, makeLock as r, merge as s, ProfilingError as t, summed as u };

//# sourceMappingURL=lib-Window-QWytXooz.mjs.map