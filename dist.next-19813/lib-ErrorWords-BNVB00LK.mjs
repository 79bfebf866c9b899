// src/runtime/ErrorWords.ts
const text = (value) => typeof value === "string" ? value : void 0;
/** Reads an error of Node's; of several connect attempts the first. */
const nodeError = (error) => {
	if (error instanceof AggregateError && error.errors.length > 0) return nodeError(error.errors[0]);
	const fields = typeof error === "object" && error !== null ? new Map(Object.entries(error)) : /* @__PURE__ */ new Map();
	const port = fields.get("port");
	return {
		code: text(fields.get("code")),
		syscall: text(fields.get("syscall")),
		address: text(fields.get("address")),
		port: typeof port === "number" ? port : void 0,
		hostname: text(fields.get("hostname")),
		message: error instanceof Error ? error.message : String(error)
	};
};
const errnos = /* @__PURE__ */ new Map([
	["EACCES", "permission denied"],
	["EADDRINUSE", "address already in use"],
	["EADDRNOTAVAIL", "cannot assign requested address"],
	["EAFNOSUPPORT", "address family not supported by protocol"],
	["EBADF", "bad file descriptor"],
	["ECONNREFUSED", "connection refused"],
	["ECONNRESET", "connection reset by peer"],
	["EHOSTUNREACH", "no route to host"],
	["EINVAL", "invalid argument"],
	["EMFILE", "too many open files"],
	["ENETUNREACH", "network is unreachable"],
	["ENFILE", "too many open files in system"],
	["ENOENT", "no such file or directory"],
	["ENOTDIR", "not a directory"],
	["ENOTSOCK", "socket operation on non-socket"],
	["EPERM", "operation not permitted"],
	["EPIPE", "broken pipe"],
	["EROFS", "read-only file system"],
	["ETIMEDOUT", "connection timed out"]
]);
/** The system's own sentence for an error code; the error's message where we do not know it. */
const errnoWords = (error) => errnos.get(error.code ?? "") ?? error.message;
/** `HOST:PORT` with IPv6 in brackets and IPv4-mapped addresses as IPv4. */
const joinHostPort = (host, port) => {
	const plain = host.startsWith("::ffff:") && host.includes(".") ? host.slice(7) : host;
	return plain.includes(":") ? `[${plain}]:${port}` : `${plain}:${port}`;
};
/** Go's sentence for a name that does not resolve, without what was attempted. */
const lookupWords = (error, host) => `lookup ${error.hostname ?? host}: ${error.code === "ENOTFOUND" || error.code === "ENODATA" ? "no such host" : errnoWords(error)}`;
const handshakes = /* @__PURE__ */ new Map([
	["ERR_SSL_HTTP_REQUEST", "client sent an HTTP request to an HTTPS server"],
	["ERR_SSL_WRONG_VERSION_NUMBER", "tls: first record does not look like a TLS handshake"],
	["ERR_SSL_PACKET_LENGTH_TOO_LONG", "tls: oversized record received"],
	["ERR_SSL_UNSUPPORTED_PROTOCOL", "tls: client offered only unsupported versions"],
	["ERR_SSL_VERSION_TOO_LOW", "tls: client offered only unsupported versions"],
	["ERR_SSL_NO_SHARED_CIPHER", "tls: no cipher suite supported by both client and server"],
	["ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM", "tls: peer doesn't support any of the certificate's signature algorithms"],
	["ERR_SSL_NO_SUITABLE_KEY_SHARE", "tls: no key exchanges supported by both client and server"],
	["ERR_SSL_UNEXPECTED_EOF_WHILE_READING", "EOF"],
	["ERR_TLS_HANDSHAKE_TIMEOUT", "i/o timeout"]
]);
const alerts = /* @__PURE__ */ new Map([
	["unknown ca", "unknown certificate authority"],
	["certificate unknown", "unknown certificate"],
	["certificate expired", "expired certificate"],
	["certificate revoked", "revoked certificate"],
	["access denied", "access denied"],
	["protocol version", "protocol version not supported"]
]);
/** Why a handshake failed, without the log line's prefix. */
const handshakeWords = (cause) => {
	const error = nodeError(cause);
	const known = handshakes.get(error.code ?? "");
	if (known !== void 0) return known;
	if (error.code === "ECONNRESET" && error.syscall === void 0) return "EOF";
	if (error.syscall !== void 0) return `${error.syscall}: ${errnoWords(error)}`;
	const alert = /^ERR_SSL_(?:SSLV3|TLSV1|TLSV13)_ALERT_(.+)$/.exec(error.code ?? "")?.[1];
	if (alert !== void 0) {
		const name = alert.toLowerCase().replaceAll("_", " ");
		return `remote error: tls: ${alerts.get(name) ?? name}`;
	}
	const reason = /:SSL routines:[^:]*:([^:\n]+)/.exec(error.message)?.[1];
	return reason === void 0 ? error.message : `tls: ${reason}`;
};
export { nodeError as a, lookupWords as i, handshakeWords as n, joinHostPort as r, errnoWords as t };

//# sourceMappingURL=lib-ErrorWords-BNVB00LK.mjs.map