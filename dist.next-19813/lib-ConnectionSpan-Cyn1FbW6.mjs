import { createHash } from "node:crypto";
// src/telemetry/ConnectionSpan.ts
/**
* A connection as a span, made of its ending record alone. Names follow OpenTelemetry's semantic conventions where they have
* one; what only a tunnel has begins with `ghostunnel.`. Pure.
*/
/** The same for all records of a connection, so that what is said of it at its beginning already leads to its span. */
const contextOf = (connection) => {
	const hex = createHash("sha512").update(connection).digest("hex");
	return {
		traceId: hex.slice(0, 32),
		spanId: hex.slice(32, 48),
		childIds: [hex.slice(48, 64), hex.slice(64, 80)]
	};
};
const defined = (all) => {
	const found = {};
	for (const [name, value] of Object.entries(all)) if (value !== void 0) found[name] = value;
	return found;
};
/** Address and port as the conventions want them: apart, without brackets. */
const place = (prefix, text, network) => {
	const at = text.lastIndexOf(":");
	if (network === "unix" || at < 0) return { [`${prefix}.address`]: text };
	const address = text.slice(0, at).replace(/^\[|\]$/g, "");
	return {
		[`${prefix}.address`]: address,
		[`${prefix}.port`]: Number(text.slice(at + 1))
	};
};
const tlsAttributes = ({ tls }, mode) => tls === void 0 ? {} : defined({
	"tls.established": true,
	"tls.protocol.name": "tls",
	"tls.protocol.version": tls.version.replace("TLS ", ""),
	"tls.cipher": tls.cipher,
	"tls.curve": tls.group,
	"tls.next_protocol": tls.alpn,
	"tls.resumed": tls.resumed,
	"tls.client.server_name": tls.serverName,
	[mode === "server" ? "tls.client.subject" : "tls.server.subject"]: tls.subject,
	"ghostunnel.admitted_by": tls.admittedBy
});
/** What is our fault, or broke under way. */
const broken = /* @__PURE__ */ new Map([
	["error", "the copy failed"],
	["thread_lost", "the thread of this connection died"],
	["defect", "internal error"]
]);
const stageOf = (facts, opened) => opened ? "copy" : facts.dialNanos !== void 0 ? "proxy_header" : facts.handshakeNanos === void 0 ? "handshake" : "dial";
const nothing = {
	forwarded: 0,
	returned: 0
};
const endOf = (record, facts) => {
	switch (record._tag) {
		case "Closed": {
			const { forwarded, reason, returned } = record;
			return {
				stage: "copy",
				reason,
				error: broken.get(reason),
				bytes: {
					forwarded,
					returned
				}
			};
		}
		case "Aborted": {
			const { bytes, nanos, reason } = record;
			return {
				stage: stageOf(facts, nanos !== void 0),
				reason,
				error: broken.get(reason),
				bytes
			};
		}
		case "HandshakeFailed": return {
			stage: "handshake",
			reason: record.reason,
			error: record.message,
			bytes: nothing
		};
		case "DialFailed": return {
			stage: "dial",
			reason: record.reason,
			error: record.message,
			bytes: nothing
		};
		case "PrefixFailed": return {
			stage: "proxy_header",
			reason: record.reason,
			error: record.message,
			bytes: nothing
		};
		default: return;
	}
};
const childrenOf = (facts, { error, reason, stage }, { mode, target }) => {
	const { acceptedAt, dialNanos, handshakeNanos } = facts;
	const dialStart = acceptedAt + (handshakeNanos ?? 0) / 1e6;
	const failed = (at) => stage === at ? error : void 0;
	const why = (at) => failed(at) === void 0 ? {} : { "error.type": reason };
	const children = [];
	if (handshakeNanos !== void 0) {
		const attributes = {
			...tlsAttributes(facts, mode),
			...why("handshake")
		};
		const times = {
			start: acceptedAt,
			end: acceptedAt + handshakeNanos / 1e6
		};
		children.push({
			name: "handshake",
			kind: "internal",
			...times,
			attributes,
			error: failed("handshake")
		});
	}
	if (dialNanos !== void 0) {
		const peer = facts.target === void 0 ? {} : place("network.peer", facts.target.address, facts.target.network);
		const attributes = {
			...place("server", target, target.startsWith("unix:") ? "unix" : "tcp"),
			...peer,
			...why("dial")
		};
		const times = {
			start: dialStart,
			end: dialStart + dialNanos / 1e6
		};
		children.push({
			name: "dial",
			kind: "client",
			...times,
			attributes,
			error: failed("dial")
		});
	}
	return children;
};
/** The span that a record ends; undefined for records that end none, or that carry no facts. */
const spanOf = (record, tunnel) => {
	const { at, facts } = record;
	const end = facts === void 0 ? void 0 : endOf(record, facts);
	if (facts === void 0 || end === void 0) return void 0;
	return {
		connection: facts.id,
		name: "connection",
		kind: "server",
		start: facts.acceptedAt,
		end: Math.max(at, facts.acceptedAt),
		attributes: {
			"ghostunnel.connection": facts.id,
			"ghostunnel.target": tunnel.target,
			"network.transport": facts.client.network,
			...place("network.peer", facts.client.address, facts.client.network),
			...tlsAttributes(facts, tunnel.mode),
			...defined({
				"ghostunnel.bytes.forwarded": end.bytes?.forwarded,
				"ghostunnel.bytes.returned": end.bytes?.returned,
				"ghostunnel.close.stage": end.stage,
				"ghostunnel.close.reason": end.reason,
				"error.type": end.error === void 0 ? void 0 : end.reason
			})
		},
		error: end.error,
		children: childrenOf(facts, end, tunnel)
	};
};
export { spanOf as n, contextOf as t };

//# sourceMappingURL=lib-ConnectionSpan-Cyn1FbW6.mjs.map