import { l as hostPort } from "./lib-MaterialChecks-Ce_VxLDQ.mjs";
import { isIP } from "node:net";
import { lookup } from "node:dns";
// src/transport/SystemErrors.ts
const words = /* @__PURE__ */ new Map([
	["EACCES", "permission denied"],
	["EADDRINUSE", "address already in use"],
	["EADDRNOTAVAIL", "cannot assign requested address"],
	["EAFNOSUPPORT", "address family not supported by protocol"],
	["EAGAIN", "resource temporarily unavailable"],
	["EBADF", "bad file descriptor"],
	["ECONNABORTED", "software caused connection abort"],
	["ECONNREFUSED", "connection refused"],
	["ECONNRESET", "connection reset by peer"],
	["EHOSTUNREACH", "no route to host"],
	["EINVAL", "invalid argument"],
	["ELOOP", "too many levels of symbolic links"],
	["EMFILE", "too many open files"],
	["ENAMETOOLONG", "invalid argument"],
	["ENETDOWN", "network is down"],
	["ENETUNREACH", "network is unreachable"],
	["ENFILE", "too many open files in system"],
	["ENOBUFS", "no buffer space available"],
	["ENOENT", "no such file or directory"],
	["ENOMEM", "cannot allocate memory"],
	["ENOTCONN", "transport endpoint is not connected"],
	["ENOTDIR", "not a directory"],
	["ENOTSOCK", "socket operation on non-socket"],
	["EPERM", "operation not permitted"],
	["EPIPE", "broken pipe"],
	["EPROTOTYPE", "protocol wrong type for socket"],
	["EROFS", "read-only file system"],
	["ETIMEDOUT", "connection timed out"]
]);
/** The text property of this name, if the value is an object that has one. */
const textProperty = (value, name) => {
	if (typeof value !== "object" || value === null || !(name in value)) return void 0;
	const found = Reflect.get(value, name);
	return typeof found === "string" ? found : void 0;
};
/** Node's code of an error, such as `ECONNRESET`; empty when it has none. */
const codeOf = (error) => textProperty(error, "code") ?? "";
/** What the operating system's error means, without the call it came from. */
const cause = (error) => words.get(codeOf(error)) ?? textProperty(error, "message") ?? String(error);
/** Whether this is an errno of the operating system. */
const isSystemError = (error) => words.has(codeOf(error));
/** `lookup nosuch: no such host`. */
const lookupCause = (host, error) => {
	const code = codeOf(error);
	if (code === "ENOTFOUND" || code === "ENODATA" || code === "EAI_NODATA") return `lookup ${host}: no such host`;
	if (code === "EAI_AGAIN") return `lookup ${host}: temporary failure in name resolution`;
	return `lookup ${host}: ${cause(error)}`;
};
/** The stable name for a failure of the operating system. */
const reasonOf = (error) => {
	switch (codeOf(error)) {
		case "ECONNRESET":
		case "EPIPE":
		case "ECONNABORTED": return "reset";
		case "ECONNREFUSED": return "connect_refused";
		case "ETIMEDOUT": return "timeout";
		case "EHOSTUNREACH":
		case "ENETUNREACH":
		case "ENETDOWN":
		case "EADDRNOTAVAIL":
		case "ENOENT": return "unreachable";
		default: return "other";
	}
};
/** Whether a copy that meets this error has simply ended: the peer is gone, or we closed the connection ourselves. */
const isNormalEnd = (error) => {
	switch (codeOf(error)) {
		case "ECONNRESET":
		case "EPIPE":
		case "ECONNABORTED":
		case "ENOTCONN":
		case "ECANCELED":
		case "ERR_STREAM_DESTROYED":
		case "ERR_STREAM_WRITE_AFTER_END":
		case "ERR_STREAM_PREMATURE_CLOSE":
		case "ERR_SOCKET_CLOSED":
		case "ERR_SOCKET_CLOSED_BEFORE_CONNECTION": return true;
		default: return false;
	}
};
// src/transport/Timer.ts
/** Timers by hand that also hold for longer than Node's 24.8 days. */
const longest = 2 ** 31 - 1;
/** Runs `action` once `performance.now()` has reached `deadline`. Gives back what cancels it. */
const at = (deadline, action) => {
	let timer;
	const arm = () => {
		const left = deadline - performance.now();
		timer = left > longest ? setTimeout(arm, longest) : setTimeout(action, Math.max(0, Math.ceil(left)));
	};
	arm();
	return () => clearTimeout(timer);
};
/** Runs `action` once after so many milliseconds. */
const after = (millis, action) => at(performance.now() + millis, action);
// src/transport/HappyEyeballs.ts
/** Plain connections to a target, whatever sockets are made of: name, both address families (RFC 8305), one deadline. */
/** Head start of the first address family. */
const headStart = 300;
/** An address gets at least this much of the time that is left, as far as there is that much. */
const fairShare = 2e3;
const noop = () => {};
/** There was no socket to connect with. */
const noDescriptor = (error) => ["EMFILE", "ENFILE"].includes(codeOf(error));
const refusedBy = (where, error) => ({
	reason: reasonOf(error),
	message: `dial ${where}: ${noDescriptor(error) ? "socket" : "connect"}: ${cause(error)}`
});
const timedOut = (where) => ({
	reason: "timeout",
	message: `${where}: i/o timeout`
});
const loopback = {
	address: "127.0.0.1",
	family: 4
};
/** Dials the addresses one after the other; a second family joins in after the head start, or when the first gave up. */
const race = (addresses, port, deadline, attempt, outcome) => {
	const running = /* @__PURE__ */ new Set();
	let first;
	let chains = 0;
	const giveUp = () => {
		for (const cancel of running) cancel();
		running.clear();
	};
	const chain = (list, exhausted) => {
		const next = (index) => {
			const address = list[index];
			if (address === void 0) return exhausted();
			const left = deadline - performance.now();
			const share = Math.max(left / (list.length - index), Math.min(left, fairShare));
			const where = `tcp ${hostPort(address.address, port)}`;
			const stop = () => {
				running.delete(stop);
				cancelTimer();
				cancelAttempt();
			};
			const failed = (why) => {
				stop();
				first ??= why;
				next(index + 1);
			};
			const cancelTimer = after(share, () => failed(timedOut(`dial ${where}`)));
			const cancelAttempt = attempt({
				host: address.address,
				port
			}, {
				done: (socket) => {
					running.delete(stop);
					cancelTimer();
					giveUp();
					outcome.done(socket);
				},
				failed: (error) => failed(refusedBy(where, error))
			});
			running.add(stop);
		};
		chains++;
		next(0);
	};
	const family = addresses[0]?.family;
	const others = addresses.filter((address) => address.family !== family);
	const exhausted = () => {
		if (--chains === 0 && !waiting) outcome.failed(first ?? timedOut("dial tcp"));
	};
	let waiting = others.length > 0;
	const join = () => {
		if (!waiting) return;
		waiting = false;
		running.delete(cancelJoin);
		cancelJoin();
		chain(others, exhausted);
	};
	const cancelJoin = waiting ? after(headStart, join) : noop;
	running.add(cancelJoin);
	chain(addresses.filter((address) => address.family === family), () => {
		join();
		exhausted();
	});
	return giveUp;
};
const connectUnix = (target, deadline, attempt, outcome) => {
	const where = `unix ${target.path}`;
	const cancelAttempt = attempt({ path: target.path }, {
		done: (socket) => {
			cancelTimer();
			outcome.done(socket);
		},
		failed: (error) => {
			cancelTimer();
			outcome.failed(refusedBy(where, error));
		}
	});
	const cancelTimer = at(deadline, () => {
		cancelAttempt();
		outcome.failed(timedOut(`dial ${where}`));
	});
	return () => {
		cancelTimer();
		cancelAttempt();
	};
};
/** Connects by means of `attempt`. Gives back what gives it up. */
const connectBy = (attempt, target, deadline, outcome) => {
	if (target._tag === "Unix") return connectUnix(target, deadline, attempt, outcome);
	const { host, port } = target;
	const family = isIP(host);
	if (host === "" || family !== 0) return race([host === "" ? loopback : {
		address: host,
		family
	}], port, deadline, attempt, outcome);
	let cancelRace;
	let over = false;
	const cancelTimer = at(deadline, () => {
		over = true;
		outcome.failed(timedOut(`dial tcp: lookup ${host}`));
	});
	lookup(host, {
		all: true,
		order: "verbatim"
	}, (error, addresses) => {
		if (over) return;
		cancelTimer();
		if (error === null) cancelRace = race(addresses, port, deadline, attempt, outcome);
		else outcome.failed({
			reason: "resolve",
			message: `dial tcp: ${lookupCause(host, error)}`
		});
	});
	return () => {
		over = true;
		cancelTimer();
		cancelRace?.();
	};
};
// src/transport/TlsErrors.ts
const alerts = /* @__PURE__ */ new Map([
	[0, "close notify"],
	[10, "unexpected message"],
	[20, "bad record MAC"],
	[21, "decryption failed"],
	[22, "record overflow"],
	[30, "decompression failure"],
	[40, "handshake failure"],
	[42, "bad certificate"],
	[43, "unsupported certificate"],
	[44, "revoked certificate"],
	[45, "expired certificate"],
	[46, "unknown certificate"],
	[47, "illegal parameter"],
	[48, "unknown certificate authority"],
	[49, "access denied"],
	[50, "error decoding message"],
	[51, "error decrypting message"],
	[60, "export restriction"],
	[70, "protocol version not supported"],
	[71, "insufficient security level"],
	[80, "internal error"],
	[86, "inappropriate fallback"],
	[90, "user canceled"],
	[100, "no renegotiation"],
	[109, "missing extension"],
	[110, "unsupported extension"],
	[111, "certificate unobtainable"],
	[112, "unrecognized name"],
	[113, "bad certificate status response"],
	[114, "bad certificate hash value"],
	[115, "unknown PSK identity"],
	[116, "certificate required"],
	[120, "no application protocol"],
	[121, "encrypted client hello required"]
]);
/** The alert the peer sent, if that is what the error is about: OpenSSL adds 1000 to its number. */
const alertNumber = (error) => {
	const message = textProperty(error, "message") ?? "";
	const written = /SSL alert number (\d+)/.exec(message)?.[1];
	if (written !== void 0) return Number(written);
	const packed = /error:0A000([0-9A-F]{3}):/i.exec(message)?.[1];
	const reason = packed === void 0 ? 0 : Number.parseInt(packed, 16);
	return reason >= 1e3 && reason <= 1255 ? reason - 1e3 : void 0;
};
const notTls = /* @__PURE__ */ new Set([
	"HTTP_REQUEST",
	"HTTPS_PROXY_REQUEST",
	"WRONG_VERSION_NUMBER",
	"UNKNOWN_PROTOCOL",
	"PACKET_LENGTH_TOO_LONG",
	"UNEXPECTED_MESSAGE",
	"RECORD_LENGTH_MISMATCH",
	"BAD_PACKET"
]);
const handshakeWords = (code, role) => {
	if (notTls.has(code)) return {
		reason: "plaintext",
		message: "tls: first record does not look like a TLS handshake"
	};
	switch (code) {
		case "PEER_DID_NOT_RETURN_A_CERTIFICATE": return {
			reason: "no_cert",
			message: "tls: client didn't provide a certificate"
		};
		case "UNSUPPORTED_PROTOCOL":
		case "WRONG_SSL_VERSION":
		case "VERSION_TOO_LOW": return {
			reason: "protocol",
			message: role === "server" ? "tls: client offered only unsupported versions" : "tls: server selected unsupported protocol version"
		};
		case "NO_SHARED_CIPHER": return {
			reason: "protocol",
			message: "tls: no cipher suite supported by both client and server"
		};
		case "NO_SUITABLE_KEY_SHARE":
		case "NO_SUITABLE_GROUPS":
		case "NO_SHARED_GROUP":
		case "NO_SHARED_GROUPS": return {
			reason: "protocol",
			message: "tls: no key exchanges supported by both client and server"
		};
		case "NO_SUITABLE_SIGNATURE_ALGORITHM":
		case "NO_SHARED_SIGNATURE_ALGORITHMS": return {
			reason: "protocol",
			message: "tls: peer doesn't support any of the certificate's signature algorithms"
		};
		case "NO_APPLICATION_PROTOCOL": return {
			reason: "protocol",
			message: "tls: client requested unsupported application protocols"
		};
		default: return;
	}
};
const tlsWords = (code) => {
	switch (code) {
		case "DECRYPTION_FAILED_OR_BAD_RECORD_MAC": return {
			reason: "protocol",
			message: "local error: tls: bad record MAC"
		};
		case "DATA_LENGTH_TOO_LONG":
		case "ENCRYPTED_LENGTH_TOO_LONG":
		case "RECORD_OVERFLOW": return {
			reason: "protocol",
			message: "local error: tls: record overflow"
		};
		case "UNEXPECTED_EOF_WHILE_READING": return {
			reason: "protocol",
			message: "unexpected EOF"
		};
		default: return;
	}
};
const fallback = (error, code) => {
	return {
		reason: "protocol",
		message: `tls: ${textProperty(error, "reason") ?? code.replaceAll("_", " ").toLowerCase()}`
	};
};
/** An error after the handshake. `read` is the operation it interrupted, as in `read tcp A->B`. */
const explain = (error, read) => {
	const alert = alertNumber(error);
	if (alert !== void 0) return {
		reason: "alert",
		message: `remote error: tls: ${alerts.get(alert) ?? `alert(${alert})`}`
	};
	const code = codeOf(error);
	if (isSystemError(error)) {
		const call = textProperty(error, "syscall") === "write" ? "write" : "read";
		return {
			reason: reasonOf(error),
			message: `${read}: ${call}: ${cause(error)}`
		};
	}
	const ssl = /^ERR_(?:SSL|OSSL_SSL|OSSL)_(.+)$/.exec(code)?.[1];
	if (ssl !== void 0) return tlsWords(ssl) ?? fallback(error, ssl);
	return {
		reason: "other",
		message: cause(error)
	};
};
/** An error before the handshake was done. */
const explainHandshake = (error, role, read) => {
	const code = codeOf(error);
	if (code === "ECONNRESET" && textProperty(error, "syscall") === void 0) return {
		reason: "eof",
		message: "EOF"
	};
	if (alertNumber(error) !== void 0) return explain(error, read);
	const ssl = /^ERR_SSL_(.+)$/.exec(code)?.[1];
	return (ssl === void 0 ? void 0 : handshakeWords(ssl, role)) ?? explain(error, read);
};
export { at as a, isNormalEnd as c, after as i, lookupCause as l, explainHandshake as n, cause as o, connectBy as r, codeOf as s, explain as t, textProperty as u };

//# sourceMappingURL=lib-TlsErrors-BIZxvD8N.mjs.map