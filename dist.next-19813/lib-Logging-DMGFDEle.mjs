import { t as formatJson } from "./lib-JsonLine-Cz9xr_Kz.mjs";
import { Cause, Context, Effect, Layer, Logger } from "effect";
import { writeSync } from "node:fs";
// src/runtime/WallClock.ts
/** The one clock that log lines and connection records take their time from. */
let offset = performance.timeOrigin;
/** Unix milliseconds with a fraction: the monotonic clock, put right whenever the wall clock was set. One state a thread. */
const wallMillis = () => {
	const monotonic = performance.now();
	const wall = Date.now();
	if (Math.abs(wall - monotonic - offset) > 2) offset = wall - monotonic;
	return monotonic + offset;
};
// src/runtime/Logging.ts
/** The log: one line an event (contract: command line, section 6). Where it goes is decided by the layer. */
var Log = class Log extends Context.Service()("ghostunnel/Log") {
	/** Standard output, written before `line` returns. A reader that went away ends the process. */
	static layerStdoutAs = (format) => Layer.sync(Log, () => {
		const write = formatter(format);
		return { line: (message, at = wallMillis(), details) => writeStdout(`${write(process.pid, at, message, details)}\n`) };
	});
	/** Standard output in Ghostunnel's format. */
	static layerStdout = Log.layerStdoutAs("text");
	/** Nothing is logged (`--quiet=all`). */
	static layerSilent = Layer.succeed(Log, { line: () => {} });
	/**
	* Hands every line to the loggers of the program that embeds us, at level Info. They stamp it with the time it arrives
	* at; the event's own time is the annotation `at` where it is known, and details are annotations by their names. Not to be
	* combined with `layerEffectLogger`.
	*/
	static layerEffect = Layer.effect(Log, Effect.map(Effect.context(), (context) => {
		const run = Effect.runForkWith(context);
		return { line: (message, at, details) => {
			const log = Effect.logInfo(escapeControls(message));
			const dated = at === void 0 ? log : Effect.annotateLogs(log, "at", new Date(at).toISOString());
			run(details === void 0 ? dated : Effect.annotateLogs(dated, annotations(details)));
		} };
	}));
	/** Sends what the control plane logs through Effect (`Effect.log*`) into this log instead of Effect's own console. */
	static layerEffectLogger = Layer.unwrap(Effect.map(Log, (log) => Logger.layer([Logger.make(({ cause, date, logLevel, message }) => {
		const failure = cause.reasons.length === 0 ? "" : `: ${Cause.prettyErrors(cause).map(String).join(", ")}`;
		const level = logLevel === "Error" || logLevel === "Fatal" ? "error" : logLevel === "Warn" ? "warn" : "info";
		log.line(messageText(message) + failure, date.getTime(), { level });
	})])));
};
const annotations = ({ event, fields }) => Object.fromEntries(Object.entries({
	event,
	...fields
}).filter(([, value]) => value !== void 0));
const messageText = (message) => (Array.isArray(message) ? message : [message]).map((part) => typeof part === "string" ? part : part instanceof Error ? String(part) : JSON.stringify(part)).join(" ");
const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const short = /* @__PURE__ */ new Map([
	["\n", "\\n"],
	["\r", "\\r"],
	["	", "\\t"]
]);
/** The message with everything escaped that could break its line, drive a terminal or reorder text. */
const escapeControls = (message) => message.replace(unsafe, (char) => {
	const code = char.charCodeAt(0);
	return short.get(char) ?? (code < 128 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`);
});
const pad = (n) => n < 10 ? `0${n}` : `${n}`;
let cachedSecond = NaN;
let cachedText = "";
/** Local time to the second, `YYYY/MM/DD HH:MM:SS`; remembers the last one, because lines come in bursts. */
const secondText = (second) => {
	if (second !== cachedSecond) {
		const date = /* @__PURE__ */ new Date(second * 1e3);
		cachedText = `${`${String(date.getFullYear()).padStart(4, "0")}/${pad(date.getMonth() + 1)}/${pad(date.getDate())}`} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
		cachedSecond = second;
	}
	return cachedText;
};
/** One line without its line break: `[<pid>] YYYY/MM/DD HH:MM:SS.uuuuuu <message>`, `at` in Unix milliseconds. */
const formatLine = (pid, at, message) => {
	const micros = Math.floor(at * 1e3);
	const second = Math.floor(micros / 1e6);
	const fraction = String(micros - second * 1e6).padStart(6, "0");
	return `[${pid}] ${secondText(second)}.${fraction} ${escapeControls(message)}`;
};
/** How a format writes one line without its line break: process id, time in Unix milliseconds, message, details. */
const formatter = (format) => format === "json" ? formatJson : formatLine;
/** Ends the process as a program would that never heard of SIGPIPE, which Node ignores from the start. */
const dieOfSigpipe = () => {
	try {
		const listener = () => {};
		process.on("SIGPIPE", listener);
		process.removeAllListeners("SIGPIPE");
		process.kill(process.pid, "SIGPIPE");
	} catch {}
	process.exit(141);
};
const codeOf = (error) => typeof error === "object" && error !== null && "code" in error ? error.code : void 0;
const nap = new Int32Array(new SharedArrayBuffer(4));
const writeStdout = (line) => {
	let rest = Buffer.from(line);
	while (rest.length > 0) try {
		rest = rest.subarray(writeSync(1, rest));
	} catch (error) {
		const code = codeOf(error);
		if (code === "EPIPE") dieOfSigpipe();
		if (code === "EAGAIN") Atomics.wait(nap, 0, 0, 1);
		else if (code !== "EINTR") return;
	}
};
export { wallMillis as n, Log as t };

//# sourceMappingURL=lib-Logging-DMGFDEle.mjs.map