import { i as makePlaces, l as snapshots, o as encode } from "./lib-Window-QWytXooz.mjs";
import { Effect } from "effect";
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http";
// src/profiling/CommandLine.ts
/** The command line as it may be shown. */
/** Flags whose value is a secret. */
const secretFlags = ["storepass", "pkcs11-pin"];
const SHOWN = "xxxxx";
const attached = new RegExp(`^(--(?:${secretFlags.join("|")})=).*$`, "s");
const alone = new RegExp(`^--(?:${secretFlags.join("|")})$`);
/**
* Everything from the user's colon to the last `@`: rather too much than a part of a password. Parsers of URLs skip slashes
* too many and white space.
*/
const urlPassword = /([a-z][a-z0-9+.-]*:\/\/[/\\\s]*[^/?#:@]*):.*@/is;
/** The same words with `xxxxx` for secrets: values of secret flags, attached or as the next word, and passwords in URLs. */
const redact = (argv) => argv.map((word, index) => {
	const before = argv[index - 1];
	if (before !== void 0 && alone.test(before)) return SHOWN;
	return word.replace(attached, `$1${SHOWN}`).replace(urlPassword, `$1:${SHOWN}@`);
});
// src/profiling/IndexPage.ts
/** The page at `/debug/pprof/`. */
/** Profiles in the order of the page, with what they are. */
const descriptions = {
	allocs: "Sampled allocations: with seconds=N, everything allocated in that time, dead objects too; without it, the same as heap.",
	block: "Empty. With debug=1, by how much the event loops of the threads were late.",
	cmdline: "The command line of this program, without its secrets.",
	goroutine: "Live fibers and connections of all threads. debug=2 shows them one by one.",
	heap: "Sampled objects that live. gc=1 collects garbage first.",
	mutex: "Empty. With debug=1, by how much the event loops of the threads were late.",
	profile: "CPU profile of all threads. The seconds parameter tells for how long; the file is for go tool pprof.",
	symbol: "Nothing to look up: profiles carry their names.",
	threadcreate: "Threads of the program.",
	trace: "Execution trace of the main thread, for Perfetto. The seconds parameter tells for how long."
};
/** The page; profiles without a count show 0. */
const indexPage = (counts) => {
	const row = (name) => `<tr><td>${counts.get(name) ?? 0}</td><td><a href="${name}?debug=1">${name}</a></td></tr>`;
	const entry = ([name, text]) => `<li><b>${name}:</b> ${text}</li>`;
	return `<html>
<head>
<title>/debug/pprof/</title>
</head>
<body>
/debug/pprof/<br>
<p>Set debug=1 as a query parameter to export in legacy text format</p>
Types of profiles available:
<table>
<thead><tr><td>Count</td><td>Profile</td></tr></thead>
${Object.keys(descriptions).map(row).join("\n")}
</table>
<a href="goroutine?debug=2">full goroutine stack dump</a>
<p>Profile descriptions:</p>
<ul>
${Object.entries(descriptions).map(entry).join("\n")}
</ul>
</body>
</html>
`;
};
// src/status/ProfilingRoutes.ts
/** `/debug/pprof/` (contract: status, section 10.1). Loaded only with `--enable-pprof`. */
/** How many profiles may be in the making at a time: each asks every thread, and holds in memory what they say. */
const profilesAllowed = 8;
const root = "/debug/pprof/";
const plain = "text/plain; charset=utf-8";
const nosniff = { "x-content-type-options": "nosniff" };
/** The path, decoded, and the query from its question mark on. */
const asked = ({ url }) => {
	const end = url.includes("?") ? url.indexOf("?") : url.length;
	const query = url.slice(end);
	try {
		return {
			path: decodeURIComponent(url.slice(0, end)),
			query
		};
	} catch {
		return {
			path: url.slice(0, end),
			query
		};
	}
};
const page = (text, contentType = plain) => HttpServerResponse.text(text, {
	status: 200,
	contentType,
	headers: nosniff
});
const failure = (status, message, more = {}) => HttpServerResponse.text(`${message}\n`, {
	status,
	contentType: plain,
	headers: {
		...nosniff,
		...more,
		"x-go-pprof": "1"
	}
});
const full = Effect.sync(() => failure(503, `8 profiles are being taken already`, { "retry-after": "5" }));
const attachment = (bytes, name, contentType = "application/octet-stream") => HttpServerResponse.uint8Array(bytes, {
	contentType,
	headers: {
		...nosniff,
		"content-disposition": `attachment; filename="${name}"`
	}
});
const file = (name) => (profile) => attachment(encode(profile), name);
/** An integer as the contract reads one: digits, perhaps a sign. */
const integer = (text) => /^[+-]?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : void 0;
const named = (profiler, name, parameters) => {
	const debug = integer(parameters.get("debug") ?? "") ?? 0;
	const collect = name === "heap" && (integer(parameters.get("gc") ?? "") ?? 0) > 0;
	const period = parameters.get("seconds") ?? "";
	if (period !== "") {
		const seconds = integer(period) ?? 0;
		if (seconds <= 0) return Effect.succeed(failure(400, "invalid value for \"seconds\" - must be a positive integer"));
		if (debug !== 0) return Effect.succeed(failure(400, "seconds and debug params are incompatible"));
		return Effect.map(profiler.delta(name, seconds), file(`${name}-delta`));
	}
	return debug === 0 ? Effect.map(profiler.snapshot(name, collect), file(name)) : Effect.map(profiler.text(name, Math.abs(debug), collect), (text) => page(text));
};
const answer = (profiler, argv, places, name, parameters) => {
	const taking = (reply) => places.hold(reply, full);
	const given = parameters.get("seconds") ?? "";
	const snapshot = snapshots.find((known) => known === name);
	if (snapshot !== void 0) return taking(named(profiler, snapshot, parameters));
	switch (name) {
		case "": return taking(Effect.map(profiler.counts, (counts) => page(indexPage(counts), "text/html; charset=utf-8")));
		case "profile": {
			const seconds = integer(given) ?? 0;
			return taking(Effect.map(profiler.cpu(seconds > 0 ? seconds : 30), file(name)));
		}
		case "trace": {
			const seconds = Number(given);
			return taking(Effect.map(profiler.trace(seconds > 0 && Number.isFinite(seconds) ? seconds : 1), (json) => attachment(new TextEncoder().encode(json), "trace.json", "application/json")));
		}
		case "cmdline": return Effect.sync(() => page(redact(argv).join("\0")));
		case "symbol": return Effect.succeed(page("num_symbols: 1\n"));
		default: return Effect.succeed(failure(404, "Unknown profile"));
	}
};
/** The slash is missing; the query is kept. */
const redirect = (method, query) => {
	const location = root + query;
	const headers = { location };
	if (method !== "GET" && method !== "HEAD") return HttpServerResponse.empty({
		status: 307,
		headers
	});
	const body = `<a href="${location.replaceAll("&", "&amp;").replaceAll("\"", "&#34;").replaceAll("<", "&lt;")}">Temporary Redirect</a>.\n\n`;
	return HttpServerResponse.text(body, {
		status: 307,
		headers,
		contentType: "text/html; charset=utf-8"
	});
};
/** Whatever the method. The router takes the path without its last slash for one of these too. */
const profilingRoutes = (profiler, argv) => {
	const places = makePlaces(8);
	return [HttpRouter.route("*", `${root}*`, Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
		const { path, query } = asked(request);
		if (!path.startsWith(root)) return Effect.succeed(redirect(request.method, query));
		return answer(profiler, argv, places, path.slice(13), new URLSearchParams(query)).pipe(Effect.catchTag("ProfilingError", ({ message }) => Effect.succeed(failure(500, message))), Effect.catchDefect((defect) => Effect.succeed(failure(500, `Could not take the profile: ${String(defect)}`))));
	}))];
};
export { profilesAllowed, profilingRoutes };

//# sourceMappingURL=lib-ProfilingRoutes-Cedt16dC.mjs.map