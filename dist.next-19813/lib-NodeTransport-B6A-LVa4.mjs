import { r as Transport, t as BindError } from "./lib-Transport-CSs_2P36.mjs";
import { n as negotiationWith, t as ConnectionFailure } from "./lib-ConnectionFailure-BVysMgRQ.mjs";
import { a as resumed, c as unreadable, d as operation, f as sniName, g as writtenPath, h as written, i as askJudge, l as hostPort, m as unix, n as explainMaterial, o as settledVerdict, p as tcp, r as materialFails, s as undecided, t as checkMaterial, u as kernelPath } from "./lib-MaterialChecks-Ce_VxLDQ.mjs";
import { a as at, c as isNormalEnd, i as after, l as lookupCause, n as explainHandshake, o as cause, r as connectBy, s as codeOf, t as explain, u as textProperty } from "./lib-TlsErrors-BIZxvD8N.mjs";
import { a as tls13Suites, i as tls12Suites, n as alpnWire, r as groups } from "./lib-TlsOptions-CwdAeYlL.mjs";
import { Effect, Layer, Result } from "effect";
import { dirname } from "node:path";
import { existsSync, linkSync, readFileSync, renameSync, rmSync } from "node:fs";
import { constants } from "node:crypto";
import { Socket, connect, createServer, isIP } from "node:net";
import { TLSSocket, connect as connect$1, createSecureContext } from "node:tls";
import { lookup } from "node:dns";
import { Buffer as Buffer$1 } from "node:buffer";
// src/transport/node/ScratchReader.ts
/**
* Reads plain sockets into one buffer per thread. Node otherwise takes 64 KiB from the heap's outside for each read,
* however small, and V8 answers with a full garbage collection for every 64 MiB of them.
*/
const scratch = Buffer$1.allocUnsafeSlow(65536);
/** What a socket made with `options` reads goes to the taker, as a view that is valid during the call only. */
var ScratchReader = class {
	#early = [];
	#take;
	options = {
		buffer: scratch,
		callback: (size) => {
			const view = scratch.subarray(0, size);
			if (this.#take !== void 0) {
				this.#take(view);
				return true;
			}
			this.#early.push(Buffer$1.from(view));
			return false;
		}
	};
	/** Sets the taker. */
	start = (take) => {
		this.#take = take;
		for (const chunk of this.#early.splice(0)) take(chunk);
	};
};
// src/transport/node/SocketTuning.ts
/** Bytes Node may hold for one socket and direction before it stops reading or asks writers to wait. */
const highWaterMark = 262144;
/** No Nagle, keepalive after 15 s of silence, every 15 s, nine times. Does nothing on UNIX sockets. */
const tune = (socket) => {
	socket.setNoDelay(true);
	socket.setKeepAlive({
		enable: true,
		initialDelay: 15e3,
		interval: 15e3,
		count: 9
	});
};
const innerHandle = (socket) => {
	const handle = Reflect.get(socket, "_handle");
	if (typeof handle !== "object" || handle === null) return void 0;
	const parent = Reflect.get(handle, "_parent");
	return typeof parent === "object" && parent !== null ? parent : handle;
};
/** Bytes the kernel has not taken yet. Zero where Node does not tell: then only finished writes count as progress. */
const queuedBytes = (socket) => {
	const handle = innerHandle(socket);
	if (typeof handle !== "object" || handle === null) return 0;
	const size = Reflect.get(handle, "writeQueueSize");
	return typeof size === "number" ? size : 0;
};
// src/transport/node/Connect.ts
/** Plain connections on Node's sockets. */
const noop$2 = () => {};
/** One attempt. With `scratch` the socket reads through a `ScratchReader`. */
const attemptWith = (scratch) => (target, outcome) => {
	const reader = scratch ? new ScratchReader() : void 0;
	const options = {
		..."path" in target ? { path: kernelPath(target.path) } : target,
		allowHalfOpen: true,
		highWaterMark,
		onread: reader?.options
	};
	const socket = connect(options);
	socket.pause();
	socket.on("error", noop$2);
	const release = () => socket.off("connect", onConnect).off("error", onError);
	const onConnect = () => {
		release();
		if (!("path" in target)) tune(socket);
		outcome.done({
			socket,
			reader
		});
	};
	const onError = (error) => {
		release();
		outcome.failed(error);
	};
	socket.once("connect", onConnect).once("error", onError);
	return () => {
		release();
		socket.destroy();
	};
};
/** Connects. Gives back what gives it up. With `scratch` the socket reads through a `ScratchReader`: not for TLS on top. */
const connect$2 = (target, deadline, outcome, scratch = false) => connectBy(attemptWith(scratch), target, deadline, outcome);
// src/transport/node/NodeStream.ts
/** How long a peer that takes nothing may hold up our closing messages. */
const closingGrace = 250;
/** Ends a socket: what is queued goes out, for TLS with close_notify, then it is destroyed; after a grace in any case. */
const closeGently = (socket) => {
	if (socket.destroyed) return;
	if (!socket.writableEnded) socket.end();
	if (socket.writableFinished) return void socket.destroy();
	const destroy = () => void socket.destroy();
	const cancel = after(closingGrace, destroy);
	socket.once("finish", destroy);
	socket.once("close", cancel);
};
/** The stream that `accept` and `dial` give out and `pump` takes. */
var NodeStream = class {
	socket;
	remote;
	local;
	tls;
	/** What its bytes come from, if they do not come as `data` events. */
	reader;
	/** A TLS error that Node reported without destroying the socket. */
	tlsError;
	constructor(socket, ends, more = {}) {
		this.socket = socket;
		this.remote = ends.remote;
		this.local = ends.local;
		this.tls = more.tls;
		this.reader = more.reader;
		socket.on("error", this.#remember);
		if (socket instanceof TLSSocket) socket.on("_tlsError", this.#remember);
	}
	#remember = (error) => {
		if (!this.socket.destroyed) this.tlsError ??= error;
	};
	/** `read tcp A->B`, `write tcp A->B`. */
	operation(verb) {
		return operation(verb, this.local, this.remote);
	}
	prefix = (bytes) => Effect.callback((resume) => {
		const { socket } = this;
		const done = (error) => {
			socket.off("close", onClose);
			if (error === void 0 || error === null) return resume(Effect.void);
			socket.destroy();
			const known = codeOf(error) === "ERR_STREAM_DESTROYED" ? socket.errored ?? error : error;
			resume(Effect.fail(ConnectionFailure.PrefixFailed({
				source: "backend",
				...explain(known, this.operation("write"))
			})));
		};
		const onClose = () => done(socket.errored ?? /* @__PURE__ */ new Error("connection closed"));
		if (socket.destroyed) return onClose();
		socket.once("close", onClose);
		socket.write(bytes, done);
		return Effect.sync(() => {
			socket.off("close", onClose);
			socket.destroy();
		});
	});
	close = () => closeGently(this.socket);
};
// src/transport/node/PeerVerdict.ts
const call = (socket, name) => {
	const handle = Reflect.get(socket, "_handle");
	if (typeof handle !== "object" || handle === null) throw new TypeError("no handle");
	const method = Reflect.get(handle, name);
	if (typeof method !== "function") throw new TypeError(`no ${name}`);
	return Reflect.apply(method, handle, []);
};
/** OpenSSL's names of errors for which Node has only its words. */
const namesOfWords = /* @__PURE__ */ new Map([
	["unhandled critical extension", "UNHANDLED_CRITICAL_EXTENSION"],
	["key usage does not include certificate signing", "KEYUSAGE_NO_CERTSIGN"],
	["permitted subtree violation", "PERMITTED_VIOLATION"],
	["excluded subtree violation", "EXCLUDED_VIOLATION"],
	["EE certificate key too weak", "EE_KEY_TOO_SMALL"],
	["CA certificate key too weak", "CA_KEY_TOO_SMALL"],
	["CA signature digest algorithm too weak", "CA_MD_TOO_WEAK"]
]);
/** An error that neither knows is named after its words. */
const errorName = (error) => {
	const code = codeOf(error);
	if (code !== "" && code !== "UNSPECIFIED") return code;
	const words = textProperty(error, "message") ?? "";
	return namesOfWords.get(words) ?? (words.toUpperCase().replace(/[^A-Z0-9]+/g, "_") || "UNSPECIFIED");
};
/** OpenSSL's word on the chain, which `TLSSocket.authorized` does not carry for sockets made by hand. Throws in doubt. */
const chainErrorOf = (socket) => {
	const error = call(socket, "verifyError");
	if (error !== void 0 && error !== null) return errorName(error);
	return call(socket, "hasPeerCertificate") === true ? void 0 : "UNABLE_TO_GET_ISSUER_CERT";
};
/** More certificates than OpenSSL verifies are not looked at. */
const longestChain = 100;
/** The certificates the peer sent, DER, leaf first. */
const chainOf = (socket) => {
	const chain = [];
	let next = socket.getPeerX509Certificate();
	for (let count = 0; next !== void 0 && count < longestChain; count++) {
		const raw = next.raw;
		if (!chain.some((known) => known.equals(raw))) chain.push(raw);
		next = next.issuerCertificate;
	}
	return chain;
};
/**
* Judges the peer of a finished handshake. To be called synchronously in `secure` or `secureConnect`, before anything is
* read. `certificateAsked` is false only for servers that ask nobody for a certificate.
*/
const judgePeer = (socket, judge, certificateAsked) => {
	let chain = [];
	let chainError;
	try {
		if (socket.isSessionReused()) return {
			chain,
			verdict: resumed
		};
		if (certificateAsked) {
			chainError = chainErrorOf(socket);
			chain = chainOf(socket);
			if (chain.length === 0) chainError ??= "UNABLE_TO_GET_ISSUER_CERT";
		}
	} catch {
		return {
			chain: [],
			verdict: unreadable
		};
	}
	return {
		chain,
		verdict: askJudge(judge, {
			chain,
			chainError
		})
	};
};
// src/transport/node/Handshake.ts
const timedOut = {
	reason: "timeout",
	message: "context deadline exceeded"
};
const ended = {
	reason: "eof",
	message: "EOF"
};
const text = (value) => typeof value === "string" && value !== "" ? value : void 0;
/** Node reads the name's bytes as Latin-1; they are UTF-8. */
const protocol = (socket) => {
	const name = text(socket.alpnProtocol);
	return name === void 0 ? void 0 : Buffer.from(name, "latin1").toString();
};
const factsOf = (socket, role, peerChain, admittedBy) => {
	const key = role === "client" ? socket.getEphemeralKeyInfo() : void 0;
	return {
		version: socket.getProtocol() === "TLSv1.3" ? "TLS 1.3" : "TLS 1.2",
		cipher: socket.getCipher().name,
		group: typeof key === "object" && key !== null && "name" in key ? text(key.name) : void 0,
		serverName: text(socket.servername),
		alpn: protocol(socket),
		peerChain,
		admittedBy
	};
};
/** Wraps a socket in TLS; what Node throws about it ends this connection and no other. */
const startTls = (wrap) => Result.try({
	try: wrap,
	catch: (cause) => `tls: ${cause instanceof Error ? cause.message : String(cause)}`
});
/** Follows the handshake to its end: `done` or `failed` is called once, unless the given-back function cancels it. */
const follow = (plan) => {
	const { socket } = plan;
	const read = operation("read", plan.local, plan.remote);
	let judged = false;
	let over = false;
	const release = () => {
		over = true;
		cancelTimer();
		socket.off(event, onSecure).off("end", onEnd).off("close", onClose).off("error", onError).off("_tlsError", onError);
	};
	const fail = (why) => {
		if (over) return;
		release();
		socket.destroy();
		plan.failed(why);
	};
	const conclude = (verdict, chain) => {
		if (verdict._tag === "Refused") return fail({
			reason: verdict.reason,
			message: verdict.message
		});
		if (socket.destroyed) return fail(ended);
		const stream = new NodeStream(socket, plan, { tls: factsOf(socket, plan.role, chain, verdict.by) });
		release();
		plan.done(stream);
	};
	const onSecure = () => {
		if (judged) return;
		judged = true;
		const { chain, verdict } = judgePeer(socket, plan.judge, plan.certificateAsked);
		if (verdict._tag !== "Pending") return conclude(verdict, chain);
		verdict.settled.then((settled) => over || conclude(settledVerdict(settled), chain), () => fail({
			reason: undecided.reason,
			message: undecided.message
		}));
	};
	const onEnd = () => {
		if (!judged) fail(ended);
	};
	const onClose = () => fail(ended);
	const onError = (error) => fail(explainHandshake(error, plan.role, read));
	const event = plan.role === "server" ? "secure" : "secureConnect";
	const cancelTimer = at(plan.deadline, () => fail(timedOut));
	socket.on("error", () => {});
	socket.on(event, onSecure).on("end", onEnd).on("close", onClose).on("error", onError);
	socket.on("_tlsError", onError);
	return () => {
		release();
		socket.destroy();
	};
};
// src/transport/node/SecureContexts.ts
/** One native TLS context per generation of credentials, shared by all of its connections. */
const alpnOf = (options) => {
	const wire = alpnWire(options);
	return wire === void 0 ? {} : { ALPNProtocols: wire };
};
/** Server-side TLS of one generation. */
var NodeServerTls = class {
	generation;
	context;
	requestCertificate;
	alpn;
	constructor(generation, context, requestCertificate, alpn) {
		this.generation = generation;
		this.context = context;
		this.requestCertificate = requestCertificate;
		this.alpn = alpn;
	}
};
/** Client-side TLS of one generation. */
var NodeClientTls = class {
	generation;
	context;
	alpn;
	constructor(generation, context, alpn) {
		this.generation = generation;
		this.context = context;
		this.alpn = alpn;
	}
};
const common = (material, options) => ({
	...material.identity === void 0 ? {} : {
		cert: material.identity.chainPem,
		key: material.identity.keyPem
	},
	minVersion: "TLSv1.2",
	maxVersion: options.maxVersion,
	ciphers: [...tls13Suites, ...tls12Suites(options.cipherGroups)].join(":"),
	allowPartialTrustChain: true
});
const build = (material, make) => Effect.try({
	try: () => {
		checkMaterial(material);
		return make();
	},
	catch: explainMaterial
});
/**
* Builds one generation of server TLS. Node announces every anchor it is given; without announcements
* (`sendCaNames: false`) the context therefore holds none, and `chainError` is set for every peer.
*/
const serverTls = (material, options) => build(material, () => {
	if (material.identity === void 0) throw materialFails("tls: no certificates configured");
	const context = createSecureContext({
		...common(material, options),
		ca: options.requestCertificate && options.sendCaNames ? [...material.trustAnchors] : [],
		honorCipherOrder: true,
		ecdhCurve: groups.join(":"),
		secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_PRIORITIZE_CHACHA,
		sessionIdContext: "ghostunnel"
	});
	return new NodeServerTls(material.generation, context, options.requestCertificate, alpnOf(options));
});
/** Builds one generation of client TLS. The first two groups are marked for a key share in the first message. */
const clientTls = (material, options) => build(material, () => {
	const context = createSecureContext({
		...common(material, options),
		ca: [...material.trustAnchors],
		ecdhCurve: groups.map((group, index) => index < 2 ? `*${group}` : group).join(":"),
		secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION
	});
	return new NodeClientTls(material.generation, context, alpnOf(options));
});
// src/transport/node/Upstream.ts
/** To a target by way of an upstream proxy: connect to the proxy, negotiate, hand the socket over as if it were direct. */
const noop$1 = () => {};
/**
* Connects to the proxy and asks it for the target, all before `deadline` (`performance.now()` milliseconds). `done` gets the
* proxy's socket, unread but for what belongs to the target. The given-back function cancels.
*/
const connectThrough = (proxy, target, deadline, outcome) => {
	const made = negotiationWith(proxy, target);
	if (Result.isFailure(made)) {
		outcome.failed({
			reason: "upstream_proxy",
			message: made.failure
		});
		return noop$1;
	}
	const negotiation = made.success;
	let cancel = connect$2(proxy.address, deadline, {
		failed: (why) => outcome.failed({
			reason: why.reason,
			message: negotiation.undialled(why.message)
		}),
		done: ({ socket }) => {
			const release = () => {
				cancelTimer();
				socket.off("data", onData).off("end", onEnd).off("close", onEnd).off("error", onError);
				socket.pause();
			};
			const fail = (message, reason = "upstream_proxy") => {
				release();
				socket.destroy();
				outcome.failed({
					reason,
					message
				});
			};
			const onData = (chunk) => {
				const step = negotiation.receive(chunk);
				if (step._tag === "Failed") return fail(step.message);
				if (step.send.length > 0) socket.write(step.send);
				if (step._tag === "NeedMore") return;
				release();
				if (step.surplus.length > 0) socket.unshift(step.surplus);
				outcome.done({
					socket,
					reader: void 0
				});
			};
			const onEnd = () => fail(negotiation.interrupted(proxy.scheme === "http" ? "unexpected EOF" : "EOF"));
			const onError = (error) => fail(negotiation.interrupted(cause(error)));
			const cancelTimer = at(deadline, () => fail(negotiation.interrupted("i/o timeout"), "timeout"));
			cancel = () => {
				release();
				socket.destroy();
			};
			socket.on("data", onData).on("end", onEnd).on("close", onEnd).on("error", onError);
			socket.write(negotiation.start());
			socket.resume();
		}
	});
	return () => cancel();
};
// src/transport/node/Dialer.ts
/** From a target to a stream: connect and, where asked for, TLS and the verdict on the server. */
const endsOf = (socket, target) => target._tag === "Unix" ? {
	remote: unix(target.path),
	local: unix()
} : {
	remote: tcp(socket.remoteAddress, socket.remotePort),
	local: tcp(socket.localAddress, socket.localPort)
};
/** Dials. Every failure is the backend's. */
const dial = (options) => Effect.callback((resume) => {
	const { deadline, target, tls, via } = options;
	const context = tls?.context;
	if (context !== void 0 && !(context instanceof NodeClientTls)) return resume(Effect.die(/* @__PURE__ */ new TypeError("TLS of another transport")));
	const failed = (why) => resume(Effect.fail(ConnectionFailure.DialFailed({
		source: "backend",
		...why
	})));
	const outcome = {
		failed,
		done: ({ socket, reader }) => {
			const ends = endsOf(socket, target);
			if (tls === void 0 || context === void 0) return resume(Effect.succeed(new NodeStream(socket, ends, { reader })));
			const settings = {
				socket,
				secureContext: context.context,
				servername: sniName(tls.serverName, (text) => isIP(text) !== 0),
				rejectUnauthorized: false,
				checkServerIdentity: () => void 0,
				...context.alpn,
				highWaterMark
			};
			const secured = startTls(() => connect$1(settings));
			if (Result.isFailure(secured)) {
				socket.destroy();
				return failed({
					reason: "other",
					message: secured.failure
				});
			}
			cancel = follow({
				socket: secured.success,
				role: "client",
				certificateAsked: true,
				judge: tls.judge,
				deadline,
				...ends,
				done: (stream) => resume(Effect.succeed(stream)),
				failed
			});
		}
	};
	let cancel = via === void 0 || target._tag === "Unix" ? connect$2(target, deadline, outcome, tls === void 0) : connectThrough(via, target, deadline, outcome);
	return Effect.sync(() => cancel());
});
// src/transport/node/AcceptedSocket.ts
/** The raw connection that the Node listener hands out and `accept` takes. */
var AcceptedSocket = class {
	remote;
	local;
	#socket;
	#taken = false;
	constructor(socket, ends) {
		this.#socket = socket;
		this.remote = ends.remote;
		this.local = ends.local;
		socket.on("error", () => {});
	}
	/** Hands the socket over, once. From then on `reset` does nothing. */
	take() {
		if (this.#taken) return void 0;
		this.#taken = true;
		return this.#socket;
	}
	reset = () => {
		if (this.#taken) return;
		this.#taken = true;
		if (this.#socket.destroyed) return;
		if (this.remote.network === "tcp") this.#socket.resetAndDestroy();
		else this.#socket.destroy();
	};
};
// src/transport/node/ListeningSocket.ts
/**
* A listening socket that can be put aside: nothing is accepted from it, and its clients wait in the kernel's queue. libuv
* cannot pause one, and drops waiting clients when it runs out of descriptors; so its handle is closed while another
* descriptor keeps the socket, and opened again on a copy of that one.
*/
const handleFd = (server) => {
	const handle = Reflect.get(server, "_handle");
	const fd = typeof handle === "object" && handle !== null ? Reflect.get(handle, "fd") : void 0;
	return typeof fd === "number" && fd >= 0 ? fd : void 0;
};
var ListeningSocket = class {
	#onSocket;
	#backlog;
	/** A UNIX socket's file that is ours to remove: libuv removes only what the closing handle itself has bound. */
	#path;
	#server;
	/** Keeps the socket while nobody accepts from it; a handle that reads nothing, so that it ends with its thread. */
	#keeper;
	#aside = false;
	#stopped = false;
	constructor(backlog, onSocket) {
		this.#backlog = backlog;
		this.#onSocket = onSocket;
		this.#server = this.#newServer();
	}
	#newServer() {
		const server = createServer({
			pauseOnConnect: true,
			allowHalfOpen: true,
			highWaterMark
		}, (socket) => this.#onSocket(socket, server));
		return server;
	}
	/** Binds, once. Errors after the bind are of accepting. */
	listen(settings, on) {
		const server = this.#server;
		server.once("error", on.failed);
		server.listen(settings, () => {
			server.off("error", on.failed).on("error", on.acceptFailed);
			on.bound(server);
		});
	}
	/** Stops accepting; `false` where the socket cannot be kept meanwhile, and nothing has changed. */
	putAside(path, duplicate) {
		if (this.#stopped || this.#aside) return this.#aside;
		const own = handleFd(this.#server);
		if (this.#keeper === void 0 && own !== void 0) {
			const fd = duplicate(own);
			if (fd === void 0) return false;
			const holder = new Socket({
				fd,
				readable: false,
				writable: false
			});
			this.#keeper = {
				fd,
				close: () => holder.destroy()
			};
		}
		if (this.#keeper === void 0 || !this.#close(path)) return false;
		this.#aside = true;
		return true;
	}
	/** Closes the handle; the file of its socket stays. */
	#close(path) {
		if (path === void 0 || this.#path !== void 0) {
			this.#server.close();
			return true;
		}
		const second = `${path}.${process.pid}`;
		try {
			linkSync(path, second);
		} catch {
			return false;
		}
		this.#server.close();
		renameSync(second, path);
		this.#path = path;
		return true;
	}
	/** Accepts again. `failed` when that was not possible just now: it is still aside. */
	takeBack(duplicate, acceptFailed, failed) {
		if (this.#stopped || !this.#aside || this.#keeper === void 0) return;
		const fd = duplicate(this.#keeper.fd);
		if (fd === void 0) return failed();
		const server = this.#newServer();
		const onError = () => {
			this.#aside = true;
			failed();
		};
		this.#server = server;
		this.#aside = false;
		server.once("error", onError);
		server.listen({
			fd,
			backlog: this.#backlog
		}, () => server.off("error", onError).on("error", acceptFailed));
	}
	/** Closes everything at once; clients that wait are reset. Idempotent. */
	close() {
		if (this.#stopped) return;
		this.#stopped = true;
		this.#server.close();
		this.#keeper?.close();
		if (this.#path !== void 0) rmSync(this.#path, { force: true });
	}
};
// src/transport/node/NodeListener.ts
/** Listening sockets: bind, take connections as admission allows, stop at once. */
/** What the kernel grants at most; also how many connections we hold for it while admission waits. */
const backlog = (() => {
	try {
		const granted = Number(readFileSync("/proc/sys/net/core/somaxconn", "utf8"));
		return granted > 0 ? Math.min(granted, 65535) : 511;
	} catch {
		return 511;
	}
})();
/** Hands connections on in the order they came, asking for each; those nobody may take yet wait unread. */
var AcceptQueue = class {
	#waiting = [];
	#options;
	#paused = true;
	#delivering = false;
	#stopped = false;
	constructor(options) {
		this.#options = options;
	}
	/** How many wait. */
	get length() {
		return this.#waiting.length;
	}
	push(raw) {
		if (this.#stopped || this.#waiting.length >= backlog) return raw.reset();
		this.#waiting.push(raw);
		if (!this.#paused) this.#deliver();
	}
	resume() {
		this.#paused = false;
		this.#deliver();
	}
	stop() {
		this.#stopped = true;
		for (const raw of this.#waiting.splice(0)) raw.reset();
	}
	#deliver() {
		if (this.#delivering) return;
		this.#delivering = true;
		try {
			while (!this.#stopped && this.#waiting.length > 0) {
				if (!this.#options.admit()) {
					this.#paused = true;
					return;
				}
				const raw = this.#waiting.shift();
				if (raw !== void 0) this.#options.onConnection(raw);
				else this.#options.giveBack();
			}
		} finally {
			this.#delivering = false;
		}
	}
};
const resolve$1 = (host) => host === "" || isIP(host) !== 0 ? Effect.succeed(host === "" ? "0.0.0.0" : host) : Effect.callback((resume) => {
	lookup(host, {
		all: true,
		order: "ipv4first"
	}, (error, addresses) => {
		const first = addresses?.[0];
		resume(error === null && first !== void 0 ? Effect.succeed(first.address) : Effect.fail(lookupCause(host, error ?? { code: "ENOTFOUND" })));
	});
});
const placeOf = (options) => {
	const { address, inheritedFd } = options;
	const fails = (message) => new BindError({
		address: address.text,
		message
	});
	if (inheritedFd !== void 0) return Effect.succeed({
		settings: {
			fd: inheritedFd,
			backlog
		},
		doing: `listen fd ${inheritedFd}`
	});
	switch (address._tag) {
		case "Unix": return Effect.succeed({
			settings: {
				path: kernelPath(address.path),
				backlog
			},
			doing: `listen ${written(address)}: bind`
		});
		case "Tcp": return Effect.mapBoth(resolve$1(address.host), {
			onFailure: (message) => fails(`listen tcp: ${message}`),
			onSuccess: (host) => ({
				settings: {
					host,
					port: address.port,
					backlog,
					reusePort: options.reusePort,
					exclusive: true
				},
				doing: `listen tcp ${address.host === "" ? `:${address.port}` : hostPort(host, address.port)}: bind`
			})
		});
		default: return Effect.fail(fails(`listen ${address.text}: no descriptor was inherited`));
	}
};
const bindCause = (error, settings) => {
	return codeOf(error) === "EACCES" && settings.path !== void 0 && !settings.path.startsWith("\0") && !existsSync(dirname(settings.path)) ? "no such file or directory" : cause(error);
};
const boundTo = (server, options) => {
	const address = server.address();
	if (typeof address === "object" && address !== null) return tcp(address.address, address.port);
	if (options.address._tag === "Unix") return unix(options.address.path);
	return unix(writtenPath(address ?? ""));
};
const acceptedFrom = (socket, bound) => {
	if (bound.network === "unix") return new AcceptedSocket(socket, {
		remote: unix(),
		local: bound
	});
	tune(socket);
	return new AcceptedSocket(socket, {
		remote: tcp(socket.remoteAddress, socket.remotePort),
		local: tcp(socket.localAddress, socket.localPort)
	});
};
/** Pauses between looks at the descriptors, in milliseconds (contract: command line, section 4.3). */
const SHORTEST_PAUSE = 5;
const LONGEST_PAUSE = 1e3;
const open = (options, place) => Effect.callback((resume) => {
	const { address, descriptors } = options;
	const queue = new AcceptQueue(options);
	const socket = new ListeningSocket(place.settings.backlog, (accepted, server) => {
		bound ??= boundTo(server, options);
		queue.push(acceptedFrom(accepted, bound));
		if (descriptors === void 0 || retry !== void 0) return;
		pause = SHORTEST_PAUSE;
		if (descriptors.scarce(queue.length)) exhausted(descriptors);
	});
	let bound;
	let retry;
	let pause = SHORTEST_PAUSE;
	const acceptFailed = (why) => options.onAcceptError(`accept ${bound?.network ?? "tcp"} ${bound?.address ?? address.text}: accept4: ${why}`);
	const onAcceptError = (error) => acceptFailed(cause(error));
	const path = address._tag === "Unix" && options.inheritedFd === void 0 && !address.path.startsWith("@") ? address.path : void 0;
	const exhausted = (look) => {
		acceptFailed(cause({ code: "EMFILE" }));
		socket.putAside(path, look.duplicate);
		wait(look);
	};
	const wait = (look) => {
		retry = setTimeout(() => {
			retry = void 0;
			if (look.scarce(queue.length + 1)) return wait(look);
			socket.takeBack(look.duplicate, onAcceptError, () => wait(look));
		}, pause);
		pause = Math.min(2 * pause, LONGEST_PAUSE);
	};
	const stop = () => {
		clearTimeout(retry);
		socket.close();
		queue.stop();
	};
	socket.listen(place.settings, {
		bound: (server) => {
			bound = boundTo(server, options);
			resume(Effect.succeed({
				bound,
				resume: () => queue.resume(),
				stop
			}));
		},
		failed: (error) => resume(Effect.fail(new BindError({
			address: address.text,
			message: `${place.doing}: ${bindCause(error, place.settings)}`
		}))),
		acceptFailed: onAcceptError
	});
	return Effect.sync(stop);
});
/** Binds and listens. Nothing is delivered before the first `resume`. */
const listen = (options) => Effect.acquireRelease(Effect.flatMap(placeOf(options), (place) => open(options, place)), (listener) => Effect.sync(listener.stop));
// src/transport/node/Corking.ts
const corked = [];
const uncork = () => {
	for (const socket of corked.splice(0)) socket.uncork();
};
/** Smaller writes go out at once: they are messages that somebody waits for. */
const large = 8192;
/** Holds what is written to the socket until this turn's reads are done, if the chunk to come is a large one. */
const corkForTurn = (socket, size) => {
	if (size < large || socket.writableCorked > 0) return;
	socket.cork();
	if (corked.push(socket) === 1) setImmediate(uncork);
};
// src/transport/node/Direction.ts
/** One way of a pumped connection: reads from one socket, writes to the other, and knows how it ended. */
/** From here on a chunk counts as part of a stream rather than as a message. */
const bulk = 16384;
/** How often a half-closed TLS sink is looked at, in milliseconds. */
const stallMillis = 200;
/**
* Lets this direction see each write of a socket complete. A failed one ends the direction but not the socket: what the
* peer sent before it went away can still be read.
*/
const watchWrites = (socket, written, failed) => {
	const write = socket._write;
	const writev = socket._writev;
	let broken = false;
	const settle = (bytes, done) => (error) => {
		if (error === void 0 || error === null) written(bytes);
		else if (!broken) {
			broken = true;
			failed(error);
		}
		done();
	};
	socket._write = (chunk, encoding, done) => {
		if (broken) done();
		else write.call(socket, chunk, encoding, settle(chunk.length, done));
	};
	if (writev === void 0) return;
	socket._writev = (chunks, done) => {
		if (broken) return done();
		let bytes = 0;
		for (const { chunk } of chunks) bytes += Buffer$1.isBuffer(chunk) ? chunk.length : 0;
		writev.call(socket, chunks, settle(bytes, done));
	};
};
/** One direction, from `start` until `onEnded` is called. */
var Direction = class {
	/** Bytes whose write has completed. */
	bytes = 0;
	end;
	failure;
	#ends;
	#from;
	#to;
	/** How it ends once what was read is written; undefined while the source still delivers. */
	#finishing;
	/** From TLS come records of 16 KiB at most; to TLS, writing several at a time would only copy them once more. */
	#corking;
	#encrypting;
	#awaitingWrite = false;
	#watching = false;
	#stalled = false;
	#stallCheck;
	#lastActivity = 0;
	#lastQueued = 0;
	constructor(ends) {
		this.#ends = ends;
		this.#from = ends.from.socket;
		this.#to = ends.to.socket;
		this.#encrypting = ends.to.tls !== void 0;
		this.#corking = ends.from.tls !== void 0 && ends.to.tls === void 0;
	}
	/** Attaches to both sockets; nothing flows before `flow`. */
	attach() {
		watchWrites(this.#to, this.#onWritten, this.#onWriteFailed);
		this.#from.on("end", this.#onEnd).on("error", this.#onError).on("close", this.#onSourceClose);
		this.#from.on("_tlsError", this.#onError);
		this.#to.on("drain", this.#onDrain).on("finish", this.#onFlushed).on("close", this.#onSinkClose);
	}
	/** Begins to read, or takes note of what happened to the source before. */
	flow() {
		const from = this.#from;
		if (this.#ends.from.tlsError !== void 0) return this.#onError(this.#ends.from.tlsError);
		if (from.destroyed) return this.#onSourceClose();
		if (from.readableEnded) return this.#onEnd();
		const { reader } = this.#ends.from;
		if (reader === void 0) from.on("data", this.#onData);
		else reader.start(this.#onView);
		from.resume();
	}
	detach() {
		clearInterval(this.#stallCheck);
		const from = this.#from;
		from.off("data", this.#onData).off("end", this.#onEnd).off("error", this.#onError);
		from.off("close", this.#onSourceClose).off("_tlsError", this.#onError);
		this.#to.off("drain", this.#onDrain).off("finish", this.#onFlushed).off("close", this.#onSinkClose);
	}
	/** From now on activity is timed. */
	watch() {
		this.#watching = true;
		this.#lastActivity = performance.now();
		this.#lastQueued = queuedBytes(this.#to);
		if (this.#encrypting) this.#stallCheck = setInterval(this.#onStallCheck, stallMillis);
	}
	/** Milliseconds without a byte read, written, or taken by the kernel. */
	idleMillis() {
		const now = performance.now();
		const queued = queuedBytes(this.#to);
		if (queued !== this.#lastQueued) {
			this.#lastQueued = queued;
			this.#lastActivity = now;
		}
		return now - this.#lastActivity;
	}
	/** Ends it now, as a timeout. */
	cut() {
		if (this.end !== void 0) return;
		const { from, source, sink, to } = this.#ends;
		const writing = this.#to.writableLength > 0;
		const operation = writing ? to.operation("write") : from.operation("read");
		this.failure = ConnectionFailure.CopyFailed({
			source: writing ? sink : source,
			reason: "timeout",
			message: `${operation}: i/o timeout`
		});
		this.#finish("timeout");
	}
	/** Ends it without a word: its TLS session is dead. */
	abandon() {
		this.#finish("reset");
	}
	#onData = (chunk) => {
		if (this.#watching) this.#lastActivity = performance.now();
		if (this.#to.destroyed) return this.#finish("reset");
		if (this.#corking) corkForTurn(this.#to, chunk.length);
		if (!this.#to.write(chunk)) this.#from.pause();
	};
	/** The bytes are good for this call only. TLS encrypts what it is given at once, unless something waits before it. */
	#onView = (view) => {
		if (this.end !== void 0) return;
		const now = this.#encrypting && this.#to.writableLength === 0;
		this.#onData(now ? view : Buffer$1.from(view));
		if (now && view.length >= bulk && this.end === void 0 && !this.#awaitingWrite) {
			this.#awaitingWrite = true;
			this.#from.pause();
		}
	};
	/** A write that has left the kernel's queue without an answer, twice in a row, met a reset. */
	#onStallCheck = () => {
		const stalled = this.#to.writableLength > 0 && queuedBytes(this.#to) === 0;
		if (stalled && this.#stalled) this.#finish("reset");
		else this.#stalled = stalled;
	};
	#onDrain = () => {
		if (this.end === void 0) this.#from.resume();
	};
	#onWritten = (bytes) => {
		this.bytes += bytes;
		this.#ends.carried(bytes);
		this.#stalled = false;
		if (this.#watching) this.#lastActivity = performance.now();
		if (!this.#awaitingWrite) return;
		this.#awaitingWrite = false;
		if (this.end === void 0 && !this.#to.writableNeedDrain) this.#from.resume();
	};
	#onWriteFailed = (error) => {
		if (this.end !== void 0) return;
		if (!isNormalEnd(error)) this.#fail(error, this.#ends.sink, this.#ends.to.operation("write"));
		this.#finish(this.failure === void 0 ? "reset" : "error");
	};
	#onEnd = () => this.#sourceEnded("eof");
	#onError = (error) => {
		if (this.end !== void 0 || this.#finishing !== void 0) return;
		if (isNormalEnd(error)) return this.#sourceEnded("reset");
		this.#fail(error, this.#ends.source, this.#ends.from.operation("read"));
		this.#sourceEnded("error");
		this.#from.destroy();
	};
	#onSourceClose = () => {
		const error = this.#from.errored;
		if (error !== null) this.#onError(error);
		else this.#sourceEnded(this.#from.readableEnded ? "eof" : "reset");
	};
	#onSinkClose = () => {
		if (this.end !== void 0) return;
		if (this.#finishing !== void 0) this.#finish(this.#finishing);
		else if (this.#ends.to.tlsError !== void 0 || this.#from.isPaused()) this.#finish("reset");
	};
	#onFlushed = () => {
		if (this.#finishing !== void 0) this.#finish(this.#finishing);
	};
	#fail(error, source, operation) {
		this.failure = ConnectionFailure.CopyFailed({
			source,
			...explain(error, operation)
		});
	}
	#sourceEnded(how) {
		if (this.end !== void 0 || this.#finishing !== void 0) return;
		this.#finishing = how;
		this.#rescue();
		if (this.#to.destroyed || this.#to.writableFinished) return this.#finish(how);
		this.#to.end();
	}
	/** A socket that was destroyed while it waited for the sink may hold bytes its peer had sent before. */
	#rescue() {
		this.#from.off("data", this.#onData);
		if (this.#to.destroyed || this.#to.writableEnded) return;
		for (;;) {
			const rest = this.#from.read();
			if (!Buffer$1.isBuffer(rest)) return;
			this.#to.write(rest);
		}
	}
	#finish(how) {
		if (this.end !== void 0) return;
		this.end = how;
		this.detach();
		if (!this.#from.destroyed && !this.#from.readableEnded) this.#from.pause();
		if (how !== "timeout" && !this.#to.destroyed && !this.#to.writableEnded) this.#to.end();
		this.#ends.onEnded(this);
	}
};
// src/transport/node/Pump.ts
/**
* Copies both ways between two open connections until both directions have ended (contract: command line, sections 8.2
* and 8.3). Effect sees its beginning and its end only.
*/
const noop = () => {};
var Pump = class {
	#streams;
	#limits;
	#done;
	#forward;
	#back;
	#cut;
	#closing = false;
	#cancelLifetime = noop;
	#cancelIdle = noop;
	constructor(accepted, dialled, limits, done) {
		this.#streams = [accepted, dialled];
		this.#limits = limits;
		this.#done = done;
		const { carried } = limits;
		const onEnded = this.#onEnded;
		const [forwarded, returned] = [(bytes) => carried("forwarded", bytes), (bytes) => carried("returned", bytes)];
		this.#forward = new Direction({
			from: accepted,
			to: dialled,
			source: "peer",
			sink: "backend",
			carried: forwarded,
			onEnded
		});
		this.#back = new Direction({
			from: dialled,
			to: accepted,
			source: "backend",
			sink: "peer",
			carried: returned,
			onEnded
		});
	}
	start() {
		this.#forward.attach();
		this.#back.attach();
		for (const { socket } of this.#streams) if (!socket.closed) socket.once("close", this.#onClose);
		const { lifetime } = this.#limits;
		if (lifetime > 0) this.#cancelLifetime = after(lifetime, () => this.#cutOff("lifetime"));
		this.#forward.flow();
		this.#back.flow();
	}
	/** Cuts everything at once; nobody is told. */
	abort() {
		this.#release();
		for (const { socket } of this.#streams) {
			socket.off("close", this.#onClose);
			socket.destroy();
		}
	}
	#release() {
		this.#cancelLifetime();
		this.#cancelIdle();
		this.#forward.detach();
		this.#back.detach();
	}
	#onEnded = (ended) => {
		const other = ended === this.#forward ? this.#back : this.#forward;
		if (other.end !== void 0) return this.#close();
		if (ended.end === "error") return other.abandon();
		if (this.#cut !== void 0) return;
		if (this.#limits.closeTimeout <= 0) return this.#cutOff("close-timeout");
		other.watch();
		this.#awaitIdle(other, this.#limits.closeTimeout);
	};
	#awaitIdle(direction, millis) {
		this.#cancelIdle = after(millis, () => {
			const turn = setImmediate(() => {
				const left = this.#limits.closeTimeout - direction.idleMillis();
				if (left <= 0) this.#cutOff("close-timeout");
				else this.#awaitIdle(direction, left);
			});
			this.#cancelIdle = () => clearImmediate(turn);
		});
	}
	#cutOff(cut) {
		if (this.#closing) return;
		this.#cut = cut;
		this.#forward.cut();
		this.#back.cut();
	}
	#close() {
		this.#closing = true;
		this.#release();
		for (const stream of this.#streams) {
			closeGently(stream.socket);
			if (this.#cut !== void 0 && stream.tls === void 0) stream.socket.destroy();
		}
		this.#onClose();
	}
	#onClose = () => {
		if (this.#closing && this.#streams.every(({ socket }) => socket.closed)) this.#done(this.#outcome());
	};
	#outcome() {
		const directions = [this.#forward, this.#back];
		const failures = [];
		for (const { failure } of directions) if (failure !== void 0) failures.push(failure);
		const timeouts = directions.filter(({ end }) => end === "timeout").length;
		return {
			forwarded: this.#forward.bytes,
			returned: this.#back.bytes,
			timeouts,
			failures,
			reason: this.#cut ?? (failures.length > 0 ? "error" : directions.some(({ end }) => end === "reset") ? "reset" : "eof")
		};
	}
};
/** Pumps two streams of this transport; any others are a defect. */
const pump = (accepted, dialled, limits) => Effect.callback((resume) => {
	if (!(accepted instanceof NodeStream && dialled instanceof NodeStream)) return resume(Effect.die(/* @__PURE__ */ new TypeError("a stream of another transport")));
	const pair = new Pump(accepted, dialled, limits, (outcome) => resume(Effect.succeed(outcome)));
	pair.start();
	return Effect.sync(() => pair.abort());
});
// src/transport/node/ServerHandshake.ts
/** From an accepted connection to a judged stream. */
/** Takes the connection over; with TLS, completes the handshake and lets the judge speak first. */
const accept = (raw, tls) => Effect.callback((resume) => {
	if (!(raw instanceof AcceptedSocket)) return resume(Effect.die(/* @__PURE__ */ new TypeError("a connection of another transport")));
	const taken = raw.take();
	if (taken === void 0) return resume(Effect.die(/* @__PURE__ */ new Error("a connection can be accepted only once")));
	if (tls === void 0) return resume(Effect.succeed(new NodeStream(taken, raw)));
	if (!(tls.context instanceof NodeServerTls)) {
		taken.destroy();
		return resume(Effect.die(/* @__PURE__ */ new TypeError("TLS of another transport")));
	}
	const asked = tls.context.requestCertificate;
	const options = {
		isServer: true,
		secureContext: tls.context.context,
		requestCert: asked,
		rejectUnauthorized: asked,
		...tls.context.alpn,
		highWaterMark
	};
	const secured = startTls(() => new TLSSocket(taken, options));
	if (Result.isFailure(secured)) {
		taken.destroy();
		const { failure: message } = secured;
		return resume(Effect.fail(ConnectionFailure.HandshakeFailed({
			source: "us",
			reason: "other",
			message
		})));
	}
	const cancel = follow({
		socket: secured.success,
		role: "server",
		certificateAsked: asked,
		judge: tls.judge,
		deadline: tls.deadline,
		remote: raw.remote,
		local: raw.local,
		done: (stream) => resume(Effect.succeed(stream)),
		failed: (why) => resume(Effect.fail(ConnectionFailure.HandshakeFailed({
			source: "peer",
			...why
		})))
	});
	return Effect.sync(cancel);
});
// src/transport/node/NodeTransport.ts
/** The portable transport, on Node's `net` and `tls`. */
/** `Transport` on Node's own sockets and TLS. */
const layer = Layer.succeed(Transport, {
	name: "node",
	listen,
	serverTls,
	clientTls,
	accept,
	dial,
	pump
});
export { layer };

//# sourceMappingURL=lib-NodeTransport-B6A-LVa4.mjs.map