import { a as tls13Suites, i as tls12Suites, r as groups } from "./lib-TlsOptions-CwdAeYlL.mjs";
import { r as Lifecycle, t as statusIsOver } from "./lib-Descriptors-FKh8Bk7j.mjs";
import { a as nodeError, i as lookupWords, n as handshakeWords, r as joinHostPort, t as errnoWords } from "./lib-ErrorWords-BNVB00LK.mjs";
import { t as Log } from "./lib-Logging-DMGFDEle.mjs";
import { n as TlsMaterialError, t as BindError } from "./lib-Transport-CSs_2P36.mjs";
import { i as wantsGzip, r as contentType, t as Metrics } from "./lib-Metrics-BThepUeD.mjs";
import { n as negotiate, t as contentTypes } from "./lib-OpenMetrics-CBhBDRuP.mjs";
import { t as BackendCheck } from "./lib-BackendCheck-C_iGrmej.mjs";
import { n as isUp, r as message, t as Status } from "./lib-Status-DgwCP4L3.mjs";
import { n as statusBody } from "./lib-StatusBody-C8-Jucac.mjs";
import { Clock, Context, Deferred, Duration, Effect, Layer, Result, Scope, SubscriptionRef } from "effect";
import { dirname } from "node:path";
import { existsSync } from "node:fs";
import * as Net from "node:net";
import * as Http from "node:http";
import { hostname } from "node:os";
import { gzipSync } from "node:zlib";
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http";
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer";
import * as Https from "node:https";
import { lookup } from "node:dns";
// src/status/HttpFront.ts
/**
* Node's HTTP or HTTPS server with the limits of the status port (contract: status, sections 2.2 and 2.3), and the
* bookkeeping that an orderly stop needs: which connections there are and which of them carry a request.
*/
const lingerMillis = 500;
const secureKey = (socket) => `${socket.remoteAddress} ${socket.remotePort}`;
/** Makes the server; listening is the caller's. */
const makeFront = (options) => {
	const millis = Math.max(1, Math.ceil(options.connectTimeout));
	const headersTimeout = Math.min(millis, 3e4);
	const parameters = {
		headersTimeout,
		requestTimeout: 3e4,
		keepAliveTimeout: 12e4,
		connectionsCheckingInterval: Math.min(1e3, Math.max(20, Math.ceil(headersTimeout / 10))),
		maxHeaderSize: 1 << 20,
		requireHostHeader: false,
		noDelay: true
	};
	const server = options.tls === void 0 ? Http.createServer(parameters) : Https.createServer({
		...parameters,
		...options.tls,
		handshakeTimeout: 2 * millis
	});
	Reflect.deleteProperty(server, "ALPNProtocols");
	const connections = /* @__PURE__ */ new Map();
	const handshaking = /* @__PURE__ */ new Map();
	let stopping = false;
	let fullUntil = 0;
	server.on("connection", (raw) => {
		if (options.full()) {
			raw.destroy();
			if (performance.now() < fullUntil) return;
			fullUntil = performance.now() + 1e3;
			return options.log("http: Accept error: accept4: too many open files");
		}
		const connection = {
			raw,
			name: raw.remoteAddress === void 0 ? "@" : joinHostPort(raw.remoteAddress, raw.remotePort ?? 0),
			responses: /* @__PURE__ */ new Set(),
			answeredAt: 0,
			timer: void 0,
			secured: false,
			failed: false
		};
		if (raw.remoteAddress !== void 0) raw.setKeepAlive({
			enable: true,
			initialDelay: 15e3,
			interval: 15e3,
			count: 9
		});
		connections.set(raw, connection);
		raw.once("close", () => connections.delete(raw));
		if (options.tls === void 0) return;
		const key = secureKey(raw);
		handshaking.set(key, connection);
		connection.timer = setTimeout(() => {
			handshakeFailed(connection, "i/o timeout");
			raw.destroy();
		}, millis);
		let cause;
		raw.once("error", (error) => {
			cause = error;
		});
		raw.once("close", () => {
			clearTimeout(connection.timer);
			if (handshaking.get(key) === connection) handshaking.delete(key);
			if (!connection.secured) handshakeFailed(connection, cause === void 0 ? "EOF" : handshakeWords(cause));
		});
	});
	const handshakeFailed = (connection, reason) => {
		if (connection.failed || stopping) return;
		connection.failed = true;
		options.log(`http: TLS handshake error from ${connection.name}: ${reason}`);
	};
	server.on("secureConnection", (secure) => {
		const connection = handshaking.get(secureKey(secure));
		if (connection === void 0) return void secure.destroy();
		clearTimeout(connection.timer);
		connection.secured = true;
		connections.set(secure, connection);
		secure.once("close", () => connections.delete(secure));
	});
	server.on("tlsClientError", (error, secure) => {
		const connection = handshaking.get(secureKey(secure));
		if (connection === void 0 || connection.failed) return;
		handshakeFailed(connection, handshakeWords(error));
		if (nodeError(error).code === "ERR_SSL_HTTP_REQUEST") {
			const { raw } = connection;
			raw.write("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n");
			raw.end();
		}
	});
	server.on("clientError", (error, socket) => {
		const connection = connections.get(socket);
		if (connection === void 0) return;
		if (socket.bytesRead === connection.answeredAt || !socket.writable || connection.responses.size > 0) return void socket.destroy();
		const status = nodeError(error).code === "HPE_HEADER_OVERFLOW" ? "431 Request Header Fields Too Large" : "400 Bad Request";
		socket.end(`HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r
Connection: close\r
\r\n${status}`);
		setTimeout(() => socket.destroy(), lingerMillis).unref();
	});
	server.on("request", (request, response) => {
		const connection = connections.get(request.socket);
		if (connection === void 0) return void request.socket.destroy();
		connection.responses.add(response);
		response.once("close", () => {
			connection.responses.delete(response);
			connection.answeredAt = request.socket.bytesRead;
			if (stopping && connection.responses.size === 0) request.socket.destroySoon();
		});
		if (stopping) response.setHeader("Connection", "close");
		if (request.httpVersion === "1.1" && request.headers.host === void 0) {
			const text = "400 Bad Request: missing required Host header";
			response.writeHead(400, {
				"Content-Type": "text/plain; charset=utf-8",
				"Content-Length": 45,
				Connection: "close"
			});
			response.end(text);
			return;
		}
		options.handle(request, response);
	});
	let open = false;
	server.on("listening", () => {
		open = true;
	});
	server.on("close", () => {
		open = false;
	});
	return {
		server,
		closed: () => !open,
		setTls: (tls) => {
			if (server instanceof Https.Server) server.setSecureContext(tls);
		},
		stop: () => {
			if (stopping) return;
			stopping = true;
			if (server.listening) server.close();
			for (const connection of new Set(connections.values())) {
				if (connection.responses.size === 0) connection.raw.destroy();
				for (const response of connection.responses) if (!response.headersSent) response.setHeader("Connection", "close");
			}
		},
		cut: () => {
			for (const { raw } of connections.values()) raw.destroy();
		}
	};
};
// src/status/Listen.ts
/** Binds the status port (contract: status, section 2.1) to a server of Node's. */
const backlog = 65535;
/** The address to bind for a host: IPv4 for none, and for names the first IPv4 address if there is one. */
const resolve$1 = Effect.fn("StatusServer.resolve")(function* (address) {
	if (address.host === "") return "0.0.0.0";
	if (Net.isIP(address.host.replace(/%.*$/, "")) !== 0) return address.host;
	return yield* Effect.callback((resume) => {
		lookup(address.host, { order: "ipv4first" }, (error, found) => {
			resume(error === null ? Effect.succeed(found) : Effect.fail(new BindError({
				address: address.text,
				message: `listen tcp: ${lookupWords(nodeError(error), address.host)}`
			})));
		});
	});
});
const listenOn = (server, start, failure) => Effect.callback((resume) => {
	const onError = (error) => {
		server.off("listening", onListening);
		resume(Effect.fail(failure(error)));
	};
	const onListening = () => {
		server.off("error", onError);
		resume(Effect.void);
	};
	server.once("error", onError).once("listening", onListening);
	start();
	return Effect.sync(() => {
		server.off("error", onError).off("listening", onListening);
		server.close();
	});
});
const boundName = (server, address) => {
	const bound = server.address();
	if (bound === null || typeof bound === "string") return {
		network: "unix",
		address: bound ?? (address._tag === "Unix" ? address.path : address.text)
	};
	return {
		network: "tcp",
		address: joinHostPort(bound.address, bound.port)
	};
};
/** Starts listening; what it is bound to. Closing the server is the caller's. */
const listen = Effect.fn("StatusServer.listen")(function* (server, target) {
	const { address, inheritedFd } = target;
	const fail = (message) => new BindError({
		address: address.text,
		message
	});
	if (inheritedFd !== void 0) yield* listenOn(server, () => server.listen({ fd: inheritedFd }), (error) => fail(`listen ${address.text}: ${errnoWords(nodeError(error))}`));
	else if (address._tag === "Tcp") {
		const host = yield* resolve$1(address);
		yield* listenOn(server, () => server.listen({
			host,
			port: address.port,
			backlog,
			reusePort: true
		}), (error) => fail(`listen tcp ${joinHostPort(host, address.port)}: bind: ${errnoWords(nodeError(error))}`));
	} else if (address._tag === "Unix") {
		const { path } = address;
		const abstract = path.startsWith("@");
		yield* listenOn(server, () => server.listen({
			path: abstract ? `\0${path.slice(1)}` : path,
			backlog
		}), (error) => {
			const { code, ...rest } = nodeError(error);
			const missing = code === "EACCES" && !abstract && !existsSync(dirname(path));
			return fail(`listen unix ${path}: bind: ${errnoWords({
				...rest,
				code: missing ? "ENOENT" : code
			})}`);
		});
	} else return yield* fail(`listen ${address.text}: no inherited socket was given`);
	return boundName(server, address);
});
// src/status/Routes.ts
/** The paths of the status port (contract: status, section 2.4), on Effect's router. */
/** `/_status`, `/_metrics..`, the probes `/_livez` and `/_readyz`, and, where enabled, `/_shutdown`. */
const routes = (options) => HttpRouter.addAll(Effect.gen(function* () {
	const status = yield* Status;
	const backend = yield* BackendCheck;
	const metrics = yield* Metrics;
	const lifecycle = yield* Lifecycle;
	const log = yield* Log;
	const look = Effect.gen(function* () {
		return {
			time: yield* Clock.currentTimeMillis,
			backend: yield* backend.check,
			state: yield* SubscriptionRef.get(status.state)
		};
	});
	const showStatus = Effect.gen(function* () {
		const { backend: checked, state, time } = yield* look;
		const { json, ok } = statusBody(options.facts, {
			time,
			state,
			backend: checked,
			hostname: hostname(),
			more: options.more()
		});
		return HttpServerResponse.text(json, {
			status: ok ? 200 : 503,
			contentType: "application/json"
		});
	});
	const showReady = Effect.gen(function* () {
		const { backend: checked, state } = yield* look;
		const why = Result.isFailure(checked) ? `backend: ${checked.failure}` : message(state);
		return isUp(state) && Result.isSuccess(checked) ? word(200, "ok") : word(503, `not ready: ${why}`);
	});
	const showJson = Effect.map(HttpServerRequest.HttpServerRequest, (request) => text(request, metrics.json(), "application/json"));
	const showPrometheus = compressible((accept) => [metrics.prometheus(), contentType(accept)]);
	const { openMetrics } = options;
	const showOpenMetrics = openMetrics === void 0 ? void 0 : compressible((accept) => {
		const format = negotiate(accept);
		return [openMetrics(format), contentTypes[format]];
	});
	const showMetrics = Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
		const format = firstFormat(request.url);
		if (format === "prometheus") return showPrometheus;
		return format === "openmetrics" && showOpenMetrics !== void 0 ? showOpenMetrics : showJson;
	});
	const requestShutdown = Effect.gen(function* () {
		if ((yield* HttpServerRequest.HttpServerRequest).method !== "POST") return empty(405);
		log.line("shutdown was requested via status endpoint");
		yield* Effect.addFinalizer(() => Deferred.succeed(lifecycle.shutdown, { _tag: "Request" }));
		return empty(200);
	});
	return [
		HttpRouter.route("*", "/_status", showStatus),
		HttpRouter.route("*", "/_metrics", showMetrics),
		HttpRouter.route("*", "/_metrics/json", showJson),
		HttpRouter.route("*", "/_metrics/prometheus", showPrometheus),
		...showOpenMetrics === void 0 ? [] : [HttpRouter.route("*", "/_metrics/openmetrics", showOpenMetrics)],
		HttpRouter.route("*", "/_livez", Effect.succeed(word(200, "ok"))),
		HttpRouter.route("*", "/_readyz", showReady),
		...options.enableShutdown ? [HttpRouter.route("*", "/_shutdown", requestShutdown)] : [],
		...options.profiling ?? [],
		...options.page ?? []
	];
}));
/** A line for whoever probes. */
const word = (status, line) => HttpServerResponse.text(`${line}\n`, {
	status,
	contentType: "text/plain; charset=utf-8"
});
/** A page of metrics, gzipped where that is liked; `gather` is given the `Accept` header. */
const compressible = (gather) => Effect.map(HttpServerRequest.HttpServerRequest, (request) => {
	const [page, type] = gather(request.headers.accept);
	return wantsGzip(request.headers["accept-encoding"]) ? HttpServerResponse.setHeader(body(request, () => HttpServerResponse.uint8Array(gzipSync(page), { contentType: type }), type), "content-encoding", "gzip") : text(request, page, type);
}).pipe(Effect.catchDefect((defect) => Effect.succeed(gatherFailed(defect))));
const gatherFailed = (defect) => HttpServerResponse.text(`An error has occurred while serving metrics:\n\n${String(defect)}\n`, {
	status: 500,
	contentType: "text/plain; charset=utf-8"
});
const empty = (status) => HttpServerResponse.empty({
	status,
	headers: { "content-length": "0" }
});
const text = (request, page, type) => body(request, () => HttpServerResponse.text(page, { contentType: type }), type);
/** A reply whose length HEAD does not tell. */
const body = (request, full, type) => request.method === "HEAD" ? HttpServerResponse.empty({
	status: 200,
	headers: { "content-type": type }
}) : full();
const firstFormat = (url) => new URLSearchParams(url.split("?").slice(1).join("?")).get("format");
/** What Ghostunnel says of every other path. */
const notFound = HttpServerResponse.text("404 page not found\n", {
	status: 404,
	contentType: "text/plain; charset=utf-8",
	headers: { "x-content-type-options": "nosniff" }
});
/**
* The whole application: paths match exactly, case and slashes included, after percent-decoding. (The router would take
* `;` for the start of a query.)
*/
const application = (layer) => Effect.map(Effect.provideService(HttpRouter.toHttpEffect(layer), HttpRouter.RouterConfig, {
	caseSensitive: true,
	ignoreDuplicateSlashes: false,
	ignoreTrailingSlash: false
}), (routed) => Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => /^[^?]*[;#]/.test(request.url) ? Effect.succeed(notFound) : Effect.catchIf(routed, (error) => error.reason._tag === "RouteNotFound", () => Effect.succeed(notFound))));
// src/status/StatusServer.ts
var StatusServer = class StatusServer extends Context.Service()("ghostunnel/StatusServer") {
	/** Listening when it is built. */
	static layer = (options) => Layer.effect(StatusServer, make(options));
};
const make = Effect.fn("StatusServer.make")(function* (options) {
	const log = yield* Log;
	const tls = secureOptions(options, options.material);
	if (options.https && options.material.identity === void 0) log.line(`warning: no certificate for the status port ${options.address.text}, serving plain HTTP instead of HTTPS`);
	const requests = yield* Scope.make();
	const app = yield* application(routes(options));
	const handle = yield* NodeHttpServer.makeHandler(app, { scope: requests });
	const front = yield* Effect.try({
		try: () => makeFront({
			connectTimeout: Duration.toMillis(options.connectTimeout),
			tls,
			log: (line) => log.line(line),
			full: statusIsOver,
			handle
		}),
		catch: materialError
	});
	const { server } = front;
	const closed = Effect.callback((resume) => {
		if (front.closed()) return resume(Effect.void);
		const onClose = () => resume(Effect.void);
		server.once("close", onClose);
		return Effect.sync(() => server.off("close", onClose));
	});
	const grace = Duration.toMillis(options.gracePeriod ?? Duration.seconds(5));
	let deadline;
	const stop = Effect.gen(function* () {
		const now = yield* Clock.currentTimeMillis;
		deadline ??= now + grace;
		front.stop();
		yield* Effect.timeoutOption(closed, Duration.millis(Math.max(0, deadline - now)));
		front.cut();
	}).pipe(Effect.withSpan("StatusServer.stop"));
	yield* Effect.addFinalizer((exit) => Effect.andThen(stop, Scope.close(requests, exit)));
	const bound = yield* listen(server, {
		address: options.address,
		inheritedFd: options.inheritedFd
	});
	server.on("error", (error) => log.line(`http: Accept error: ${errnoWords(nodeError(error))}`));
	return {
		bound,
		protocol: tls === void 0 ? "http" : "https",
		update: Effect.fn("StatusServer.update")(function* (material) {
			const next = secureOptions(options, material);
			if (tls !== void 0 && next !== void 0) yield* Effect.try({
				try: () => front.setTls(next),
				catch: materialError
			});
		}),
		stop
	};
});
const materialError = (cause) => new TlsMaterialError({ message: cause instanceof Error ? cause.message : String(cause) });
/** TLS as the tunnel's own listener has it, but nobody is asked for a certificate; undefined where there is no HTTPS. */
const secureOptions = (options, material) => {
	const { address, https, inheritedFd } = options;
	const { identity } = material;
	if (!https || address._tag !== "Tcp" || inheritedFd !== void 0 || identity === void 0) return void 0;
	return {
		cert: identity.chainPem,
		key: identity.keyPem,
		minVersion: "TLSv1.2",
		maxVersion: options.tls.maxVersion,
		ciphers: [...tls13Suites, ...tls12Suites(options.tls.cipherGroups)].join(":"),
		honorCipherOrder: true,
		ecdhCurve: groups.join(":")
	};
};
export { StatusServer };

//# sourceMappingURL=lib-StatusServer-Be-LpVB5.mjs.map