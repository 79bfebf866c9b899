import { t as __exportAll } from "./lib-rolldown-runtime-D8jQpDG7.mjs";
import { r as Transport } from "./lib-Transport-CSs_2P36.mjs";
import { n as hostOf, r as redacted, t as basicAuth } from "./lib-UrlText-Bxv3suSX.mjs";
import { i as lookupWords, r as joinHostPort, t as errnoWords } from "./lib-ErrorWords-BNVB00LK.mjs";
import { n as redirects, r as verifiedAs, t as exchange } from "./lib-HttpExchange-jIh3LLLp.mjs";
import { Context, Duration, Effect, Layer, Result } from "effect";
import * as Net from "node:net";
import * as Tls from "node:tls";
// src/status/HttpProbe.ts
/**
* `--target-status`: a GET whose connection always goes to the target, whatever host the URL or a redirect names (contract:
* status, section 4.3). Every request has a connection of its own, so each check proves that the target still accepts.
*/
/** Asks the URL at the target; the first reply that is no redirect decides. Never fails, bounded by the timeout. */
const httpProbe = (options) => follow(options).pipe(Effect.timeoutOrElse({
	duration: options.connectTimeout,
	orElse: () => Effect.fail(`Get "${redacted(options.url)}": context deadline exceeded`)
}), Effect.result, Effect.withSpan("BackendCheck.httpProbe"));
const follow = Effect.fnUntraced(function* (options) {
	let text = options.url;
	let url = URL.parse(text) ?? void 0;
	let referer;
	for (let sent = 1;; sent++) {
		const fail = (why) => `Get "${redacted(text)}": ${why}`;
		if (url === void 0) return yield* Effect.fail(fail("invalid URL"));
		const reply = yield* get(options, url, hostOf(text, url), referer).pipe(Effect.mapError(fail));
		if (reply.location === void 0 || !redirects.has(reply.status)) return reply.status === 200 ? void 0 : yield* Effect.fail(`target returned status: ${reply.status}`);
		const next = URL.parse(reply.location, url) ?? void 0;
		if (sent === 10) return yield* Effect.fail(`Get "${redacted(reply.location)}": stopped after 10 redirects`);
		referer = url.protocol === "https:" && next?.protocol === "http:" ? void 0 : refererOf(url);
		text = reply.location;
		url = next;
	}
});
const refererOf = (url) => {
	const shown = new URL(url);
	shown.username = "";
	shown.password = "";
	shown.hash = "";
	return shown.href;
};
const connect$2 = (options, url) => {
	const { target } = options;
	const to = target._tag === "Unix" ? { path: target.path.startsWith("@") ? `\0${target.path.slice(1)}` : target.path } : {
		host: target.host === "" ? "localhost" : target.host,
		port: target.port
	};
	if (url.protocol === "http:") return Net.connect(to);
	return Tls.connect({
		...to,
		...verifiedAs(url),
		ca: [...(options.roots ?? systemRoots)()]
	});
};
const systemRoots = () => Tls.getCACertificates("system");
const get = (options, url, host, referer) => {
	const authorization = basicAuth(url);
	return exchange({
		method: "GET",
		url,
		headers: {
			Host: host,
			"User-Agent": "Go-http-client/1.1",
			"Accept-Encoding": "gzip",
			...authorization === void 0 ? {} : { Authorization: authorization },
			...referer === void 0 ? {} : { Referer: referer }
		},
		connect: () => connect$2(options, url),
		dialWords: (error) => dialWords(options, error)
	});
};
const dialWords = (options, error) => {
	const { target } = options;
	if (target._tag === "Unix") return `dial unix ${target.path}: connect: ${errnoWords(error)}`;
	if (error.syscall !== "connect") return `dial tcp: ${lookupWords(error, target.host)}`;
	return `dial tcp ${joinHostPort(error.address ?? target.host, error.port ?? target.port)}: connect: ${errnoWords(error)}`;
};
// src/status/BackendCheck.ts
/** Whether the target can be reached, asked anew for every `/_status` (contract: status, section 4.3). */
var BackendCheck_exports = /* @__PURE__ */ __exportAll({ BackendCheck: () => BackendCheck });
var BackendCheck = class BackendCheck extends Context.Service()("ghostunnel/BackendCheck") {
	/** Servers: a connection to the target, closed at once. */
	static layerConnect = (options) => layerDial(options, () => void 0);
	/** Clients: the whole way to the target, handshake and verdict with the settings that are current at that moment. */
	static layerTls = (options) => layerDial(options, options.tls);
	/** Servers with `--target-status`: the URL must answer a GET with 200, and it is the target that is asked. */
	static layerHttp = (options) => Layer.succeed(BackendCheck, { check: httpProbe(options) });
};
const layerDial = (options, tls) => Layer.effect(BackendCheck, Effect.map(Transport, (transport) => {
	const dial = Effect.suspend(() => transport.dial({
		target: options.target,
		via: options.via,
		deadline: performance.now() + Duration.toMillis(options.connectTimeout),
		tls: tls()
	}));
	return { check: Effect.uninterruptibleMask((restore) => restore(dial).pipe(Effect.match({
		onSuccess: (stream) => Result.succeed(stream.close()),
		onFailure: (failure) => Result.fail(failure.message)
	}))).pipe(Effect.withSpan("BackendCheck.check")) };
}));
export { BackendCheck_exports as n, BackendCheck as t };

//# sourceMappingURL=lib-BackendCheck-C_iGrmej.mjs.map