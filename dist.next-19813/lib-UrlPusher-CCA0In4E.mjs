import { n as hostOf, r as redacted, t as basicAuth } from "./lib-UrlText-Bxv3suSX.mjs";
import { n as redirects, t as exchange } from "./lib-HttpExchange-jIh3LLLp.mjs";
import { t as Metrics } from "./lib-Metrics-BThepUeD.mjs";
import { t as pushing } from "./lib-Pusher-zkqd96Qn.mjs";
import { n as dialWords, t as connector } from "./lib-PushTarget-DktGi2iQ.mjs";
import { Duration, Effect, Layer } from "effect";
// src/metrics/UrlPusher.ts
/** No post may take longer, and none longer than to the next. */
const longest = Duration.seconds(10);
/** Pushes while its scope is open; no connection outlives it. Never fails: what goes wrong is logged. */
const layer = (options) => Layer.effectDiscard(Effect.gen(function* () {
	const metrics = yield* Metrics;
	const connect = connector(options.trustAnchors);
	yield* Effect.forkScoped(pushing({
		interval: options.interval,
		timeout: Duration.min(options.interval, longest),
		push: Effect.suspend(() => post(options.url, metrics.json(), connect)),
		tooLate: `Post "${redacted(options.url)}": context deadline exceeded`,
		to: redacted(options.url),
		log: options.log
	}));
}));
/** Posts the body and follows redirects: 301 to 303 with a GET, 307 and 308 with the same POST. Wants a status of 2xx. */
const post = Effect.fnUntraced(function* (start, body, connect) {
	let text = start;
	let url = URL.parse(text) ?? void 0;
	let method = "POST";
	for (let sent = 1;; sent++) {
		const fail = (why) => `${method === "POST" ? "Post" : "Get"} "${redacted(text)}": ${why}`;
		if (url === void 0) return yield* Effect.fail(fail("invalid URL"));
		const to = url;
		const reply = yield* exchange({
			method,
			url: to,
			headers: headers(method, hostOf(text, to), to, body),
			body: method === "POST" ? body : void 0,
			connect: () => connect(to),
			dialWords: (error) => dialWords(to, error)
		}).pipe(Effect.mapError(fail));
		if (reply.location === void 0 || !redirects.has(reply.status)) return reply.status >= 200 && reply.status < 300 ? void 0 : yield* Effect.fail(fail(`receiver returned status: ${reply.status}`));
		if (sent === 10) return yield* Effect.fail(fail(`stopped after 10 redirects`));
		if (reply.status < 307) method = "GET";
		text = reply.location;
		url = URL.parse(text, to) ?? void 0;
	}
});
const headers = (method, host, url, body) => {
	const authorization = basicAuth(url);
	const post = method === "POST";
	return {
		Host: host,
		"User-Agent": "Go-http-client/1.1",
		...post ? { "Content-Length": String(Buffer.byteLength(body)) } : {},
		...authorization === void 0 ? {} : { Authorization: authorization },
		...post ? { "Content-Type": "application/json" } : {},
		"Accept-Encoding": "gzip"
	};
};
export { layer };

//# sourceMappingURL=lib-UrlPusher-CCA0In4E.mjs.map