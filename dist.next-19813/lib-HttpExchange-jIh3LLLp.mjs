import { a as nodeError, n as handshakeWords } from "./lib-ErrorWords-BNVB00LK.mjs";
import { Effect } from "effect";
import * as Net from "node:net";
import * as Http from "node:http";
import * as Tls from "node:tls";
// src/runtime/HttpExchange.ts
/**
* One HTTP/1.1 request and the head of its reply, each on a connection of its own: what health checks and pushed metrics
* are made of. No proxy of the environment is used, and nothing is sent that the caller did not name.
*/
/** Statuses that say to ask elsewhere. */
const redirects = /* @__PURE__ */ new Set([
	301,
	302,
	303,
	307,
	308
]);
/** Sends the request and waits for the reply's head, no more; fails in Go's words. Interruption closes the connection. */
const exchange = (options) => Effect.callback((resume) => {
	const { url } = options;
	if (url.protocol !== "http:" && url.protocol !== "https:") return resume(Effect.fail(`unsupported protocol scheme "${url.protocol.slice(0, -1)}"`));
	const request = Http.request({
		method: options.method,
		path: `${url.pathname}${url.search}`,
		setHost: false,
		headers: { ...options.headers },
		createConnection: options.connect
	});
	request.removeHeader("Connection");
	const done = (reply) => {
		request.destroy();
		resume(reply);
	};
	const onReply = (response) => {
		const { headers, statusCode = 0 } = response;
		response.on("error", () => {});
		done(Effect.succeed({
			status: statusCode,
			location: headers.location,
			retryAfter: headers["retry-after"]
		}));
	};
	request.on("response", onReply);
	request.on("upgrade", (response, socket) => {
		socket.destroy();
		onReply(response);
	});
	request.on("error", (error) => done(Effect.fail(words(error, options.dialWords))));
	request.end(options.body);
	return Effect.sync(() => request.destroy());
});
/** TLS 1.2 or later to the host that the URL names, which a name of the certificate's must be. */
const verifiedAs = (url) => {
	const name = url.hostname.replace(/^\[|\]$/g, "");
	return {
		...Net.isIP(name) === 0 ? { servername: name } : {},
		minVersion: "TLSv1.2",
		checkServerIdentity: (_host, certificate) => certificate.subjectaltname === void 0 ? /* @__PURE__ */ new Error(`x509: certificate is not valid for any names, but wanted to match ${name}`) : Tls.checkServerIdentity(name, certificate)
	};
};
const certificateErrors = /* @__PURE__ */ new Map([
	["DEPTH_ZERO_SELF_SIGNED_CERT", "certificate signed by unknown authority"],
	["SELF_SIGNED_CERT_IN_CHAIN", "certificate signed by unknown authority"],
	["UNABLE_TO_GET_ISSUER_CERT", "certificate signed by unknown authority"],
	["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "certificate signed by unknown authority"],
	["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "certificate signed by unknown authority"],
	["CERT_HAS_EXPIRED", "certificate has expired or is not yet valid"],
	["CERT_NOT_YET_VALID", "certificate has expired or is not yet valid"]
]);
const words = (cause, dialWords) => {
	const error = nodeError(cause);
	const certificate = certificateErrors.get(error.code ?? "");
	if (certificate !== void 0) return `tls: failed to verify certificate: x509: ${certificate}`;
	if (error.code === "ERR_TLS_CERT_ALTNAME_INVALID") return `tls: failed to verify certificate: x509: ${error.message}`;
	if (error.message.startsWith("x509: ")) return `tls: failed to verify certificate: ${error.message}`;
	if (error.code?.startsWith("HPE_") === true) return `net/http: HTTP/1.x transport connection broken: malformed HTTP response ${firstLine(cause)}`;
	if (error.syscall === "connect" || error.syscall?.startsWith("getaddrinfo") === true) return dialWords(error);
	return handshakeWords(cause);
};
const firstLine = (cause) => {
	const packet = "rawPacket" in cause && Buffer.isBuffer(cause.rawPacket) ? cause.rawPacket : Buffer.alloc(0);
	return JSON.stringify(packet.toString("latin1", 0, 256).split(/\r?\n/, 1)[0] ?? "");
};
export { redirects as n, verifiedAs as r, exchange as t };

//# sourceMappingURL=lib-HttpExchange-jIh3LLLp.mjs.map