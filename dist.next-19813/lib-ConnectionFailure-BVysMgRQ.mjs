import { Data, Effect, Result, Schema, SchemaIssue, SchemaTransformation } from "effect";
import { isIPv4, isIPv6 } from "node:net";
import { STATUS_CODES } from "node:http";
import { domainToASCII } from "node:url";
// src/config/Address.ts
/**
* The address forms of the command line (contract: command line, section 3.1): `HOST:PORT`, `unix:PATH`, `systemd:NAME`
* and `launchd:NAME`. Every value keeps the text it came from, because logs and `/_status` show it verbatim.
*/
const Tcp = Schema.TaggedStruct("Tcp", {
	text: Schema.String,
	host: Schema.String,
	port: Schema.Int
});
const Unix = Schema.TaggedStruct("Unix", {
	text: Schema.String,
	path: Schema.NonEmptyString
});
const Systemd = Schema.TaggedStruct("Systemd", {
	text: Schema.String,
	name: Schema.String
});
const Launchd = Schema.TaggedStruct("Launchd", {
	text: Schema.String,
	name: Schema.String
});
const Address = Schema.Union([
	Tcp,
	Unix,
	Systemd,
	Launchd
]);
const commonServices = /* @__PURE__ */ new Map([
	["http", 80],
	["https", 443],
	["http-alt", 8080],
	["ldap", 389],
	["ldaps", 636],
	["postgresql", 5432],
	["mysql", 3306],
	["redis", 6379]
]);
const parsePort = (text, services) => {
	if (text === "") return Result.succeed(0);
	if (/^[+-]?\d+$/.test(text)) {
		const port = Number(text);
		return port >= 0 && port <= 65535 ? Result.succeed(port) : Result.fail(`address ${text}: invalid port`);
	}
	const port = commonServices.get(text) ?? services(text);
	return port === void 0 ? Result.fail(`lookup tcp/${text}: unknown port`) : Result.succeed(port);
};
/** Splits `HOST:PORT` as Go does: exactly one colon outside brackets, the brackets removed from the host. */
const splitHostPort = (text) => {
	const fail = (why) => Result.fail(`address ${text}: ${why}`);
	const colon = text.lastIndexOf(":");
	if (colon < 0) return fail("missing port in address");
	if (text.startsWith("[")) {
		const end = text.indexOf("]");
		if (end < 0) return fail("missing ']' in address");
		if (end + 1 === text.length) return fail("missing port in address");
		if (end + 1 !== colon) return fail(text[end + 1] === ":" ? "too many colons in address" : "missing port in address");
		if (text.includes("[", 1)) return fail("unexpected '[' in address");
		if (text.includes("]", end + 1)) return fail("unexpected ']' in address");
		return Result.succeed([text.slice(1, end), text.slice(colon + 1)]);
	}
	const host = text.slice(0, colon);
	if (host.includes(":")) return fail("too many colons in address");
	if (/[[\]]/.test(text)) return fail(`unexpected '${text.includes("[") ? "[" : "]"}' in address`);
	return Result.succeed([host, text.slice(colon + 1)]);
};
/** Parses one address. The failure is the sentence's tail, in the words of the contract. */
const parse = (text, services = () => void 0) => {
	if (text.startsWith("unix:")) {
		const path = text.slice(5);
		return path === "" ? Result.fail(`address ${text}: missing socket path`) : Result.succeed({
			_tag: "Unix",
			text,
			path
		});
	}
	if (text.startsWith("systemd:")) return Result.succeed({
		_tag: "Systemd",
		text,
		name: text.slice(8)
	});
	if (text.startsWith("launchd:")) return Result.succeed({
		_tag: "Launchd",
		text,
		name: text.slice(8)
	});
	return Result.flatMap(splitHostPort(text), ([host, service]) => Result.map(parsePort(service, services), (port) => ({
		_tag: "Tcp",
		text,
		host,
		port
	})));
};
/** Go's name of the network: what error sentences put in quotes. */
const network = (address) => address._tag === "Tcp" ? "tcp" : address._tag === "Unix" ? "unix" : address._tag === "Systemd" ? "systemd" : "launchd";
/** The codec between an address and its text. */
const AddressFromString = Schema.String.pipe(Schema.decodeTo(Address, SchemaTransformation.transformEffect({
	decode: (text, options) => {
		const parsed = parse(text);
		return Result.isSuccess(parsed) ? Effect.succeed(parsed.success) : Effect.fail(new SchemaIssue.InvalidValue({ expected: parsed.failure }, text, options));
	},
	encode: (address) => Effect.succeed(address.text)
})));
/** The codec between a `HOST:PORT` address and its text. */
const TcpAddressFromString = Schema.String.pipe(Schema.decodeTo(Tcp, SchemaTransformation.transformEffect({
	decode: (text, options) => {
		const parsed = parse(text);
		return Result.isSuccess(parsed) && parsed.success._tag === "Tcp" ? Effect.succeed(parsed.success) : Effect.fail(new SchemaIssue.InvalidValue({ expected: "an address HOST:PORT" }, text, options));
	},
	encode: (address) => Effect.succeed(address.text)
})));
// src/transport/UpstreamProxy.ts
/**
* An upstream proxy between a client tunnel and its target: its URL as plain values, and what every negotiation with one
* looks like (contract: command line, section 8.5). Negotiations are pure: a transport moves the bytes, keeps the
* deadline, and starts TLS on what is left.
*/
const Step = Data.taggedEnum();
const percentDecoded = (text) => Uint8Array.from(text.split(/(%[0-9a-f]{2})/i).flatMap((part, index) => [...Buffer.from(part.slice(index % 2), index % 2 ? "hex" : "utf8")]));
const defaultPorts = {
	http: 8080,
	socks5: 1080
};
const hostForm = /^(?:\[(?<six>[^\]]*)\]|(?<name>[^\s\p{Cc}%<>"\\^`{|}[\]:@]*))(?::(?<port>\d*))?$/u;
const userinfoForm = /^(?:[\w.~!$&'()*+,;=:@-]|%[0-9a-f]{2})*$/i;
/**
* Reads `--proxy` (section 8.5). Failures are the tail of `error configuring proxy: ..` and repeat nothing of the URL but
* its scheme or its port. The display form shows a user name only beside a password, which is masked: alone it may be a
* secret itself. Path, query and fragment mean nothing and are not shown.
*/
const parseProxyUrl = (url) => {
	const [whole = "", written] = /^(?:([a-z][a-z0-9+.-]*):)?/i.exec(url) ?? [];
	const name = written?.toLowerCase() ?? "";
	if (name !== "http" && name !== "socks5" && name !== "socks5h") return Result.fail(`proxy: unknown scheme: ${name}`);
	const scheme = name === "http" ? name : "socks5";
	const [, authority, rest = ""] = /^\/\/([^/?#]+)(.*)$/s.exec(url.slice(whole.length)) ?? [];
	if (authority === void 0) return Result.fail("proxy: missing host");
	if (rest.includes("@")) return Result.fail("proxy: invalid userinfo");
	const at = authority.lastIndexOf("@");
	const userinfo = authority.slice(0, Math.max(0, at));
	if (!userinfoForm.test(userinfo)) return Result.fail("proxy: invalid userinfo");
	const place = authority.slice(at + 1);
	const parts = hostForm.exec(place)?.groups;
	const host = parts?.six?.replace("%25", "%") ?? parts?.name ?? "";
	if (parts === void 0 || parts.six !== void 0 && !isIPv6(host)) return Result.fail("proxy: invalid host");
	if (place === "") return Result.fail("proxy: missing host");
	const port = parts.port === void 0 || parts.port === "" ? defaultPorts[scheme] : Number(parts.port);
	if (port > 65535) return Result.fail(`proxy: invalid port ${port}`);
	const [username = "", ...more] = userinfo.split(":");
	const password = more.join(":");
	const credentials = username + password === "" ? void 0 : {
		username: percentDecoded(username),
		password: percentDecoded(password)
	};
	if (scheme === "socks5" && credentials !== void 0 && !fitsSocks(credentials)) return Result.fail("proxy: invalid username/password");
	const shown = credentials === void 0 ? "" : password === "" ? "xxxxx@" : `${username}:xxxxx@`;
	return Result.succeed({
		scheme,
		address: {
			_tag: "Tcp",
			text: hostPort(host, port),
			host,
			port
		},
		credentials,
		display: `${name}://${shown}${place}`
	});
};
/** Whether SOCKS5 can carry them (RFC 1929, section 2; the contract lets the password be empty). */
const fitsSocks = ({ password, username }) => username.length >= 1 && username.length <= 255 && password.length <= 255;
/** `host:port`, IPv6 addresses in brackets. */
const hostPort = (host, port) => host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
// src/transport/HttpConnect.ts
/** The negotiation of HTTP `CONNECT` with an upstream proxy (contract: command line, section 8.5; RFC 9110, section 9.3.6). */
/** What an answer's head may measure. */
const headLimit = 65536;
const nothing = /* @__PURE__ */ new Uint8Array();
const malformed = "malformed HTTP response";
const statusForm = /^HTTP\/\d\.\d +(\d{3})(?: (.*))?$/;
/** A field, or the continuation of one: no field means anything here. */
const fieldForm = /^(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:|[ \t])/;
const nameForm = /^[\w.~!$&'()*+,;=-]+$/;
const internationalForm = /^[\w.~!$&'()*+,;=\u00a0-\u{10ffff}-]+$/u;
/** The target as the request names it, other letters as Go writes them; undefined when that would not stay one word. */
const authorityOf = ({ host, port }) => {
	if (isIPv6(host) || nameForm.test(host)) return hostPort(host, port);
	const name = internationalForm.test(host) ? domainToASCII(host) : "";
	return nameForm.test(name) ? hostPort(name, port) : void 0;
};
/** The words after the number, fit for a log line and without what was sent in confidence. */
const reasonPhrase = (status, phrase, secrets) => secrets.some((secret) => phrase.includes(secret)) ? STATUS_CODES[status] ?? "" : phrase.replace(/[^ -~]/g, "?").slice(0, 256);
/**
* Asks a proxy for a tunnel with `CONNECT`; credentials are sent along (RFC 7617). Only status 200 is success. Fails for
* a target that cannot be written into a request.
*/
const httpConnect = (target, credentials) => {
	const authority = authorityOf(target);
	if (authority === void 0) return Result.fail("http_tunnel: invalid target host");
	const token = (credentials === void 0 ? "" : Buffer.concat([
		credentials.username,
		Buffer.from(":"),
		credentials.password
	])).toString("base64");
	const secrets = [token, credentials === void 0 ? "" : Buffer.from(credentials.password).toString("latin1")].filter((secret) => secret !== "");
	const refused = (line) => {
		const [, status, phrase = ""] = statusForm.exec(line) ?? [];
		if (status === void 0) return malformed;
		if (status === "200") return void 0;
		return `http_tunnel: failed proxying ${status}: ${`${status} ${reasonPhrase(status, phrase, secrets)}`.trimEnd()}`;
	};
	let size = 0;
	let first = true;
	let line = "";
	/** Judges one line of the head; an empty one ends it. */
	const judge = (text) => {
		if (!first) return text === "" || fieldForm.test(text) ? void 0 : malformed;
		first = false;
		return refused(text);
	};
	const receive = (chunk) => {
		for (let at = 0;;) {
			const feed = chunk.indexOf(10, at);
			const end = feed < 0 ? chunk.length : feed + 1;
			size += end - at;
			if (size > headLimit) return Step.Failed({ message: `${malformed}: head longer than ${headLimit} bytes` });
			line += Buffer.from(chunk.subarray(at, end)).toString("latin1");
			if (feed < 0) return Step.NeedMore({ send: nothing });
			const text = line.replace(/\r?\n$/, "");
			const ended = !first && text === "";
			const message = judge(text);
			if (message !== void 0) return Step.Failed({ message });
			if (ended) return Step.Done({
				send: nothing,
				surplus: chunk.subarray(end)
			});
			line = "";
			at = end;
		}
	};
	return Result.succeed({
		start: () => Buffer.from([
			`CONNECT ${authority} HTTP/1.1`,
			`Host: ${authority}`,
			"User-Agent: Go-http-client/1.1",
			...credentials === void 0 ? [] : [`Proxy-Authorization: Basic ${token}`],
			"\r\n"
		].join("\r\n")),
		receive,
		undialled: (cause) => `http_tunnel: failed dialing to proxy: ${cause}`,
		interrupted: (cause) => `http_tunnel: no answer from proxy: ${cause}`
	});
};
// src/transport/ProxyProtocol.ts
/**
* The PROXY protocol, version 2, as a sender: tells the backend who the client is (contract: command line, section 8.6;
* haproxy's `proxy-protocol.txt`, section 2.2). Pure; `ProxyProtocolDecode` is its inverse.
*/
/** What every header begins with. */
const signature = Uint8Array.from([
	13,
	10,
	13,
	10,
	0,
	13,
	10,
	81,
	85,
	73,
	84,
	10
]);
/** The family byte and the size of the addresses of every kind of connection we can name. */
const families = {
	Tcp4: {
		code: 17,
		addresses: 12
	},
	Tcp6: {
		code: 33,
		addresses: 36
	},
	Unix: {
		code: 49,
		addresses: 216
	}
};
/** Types of TLVs, those inside of `ssl` too. */
const TlvType = {
	alpn: 1,
	authority: 2,
	ssl: 32,
	sslVersion: 33,
	sslCommonName: 34,
	sslClientCertificate: 40
};
/** The client speaks TLS; it showed a certificate on this connection; and in this session. */
const SslFlag = {
	tls: 1,
	certificateOnConnection: 2,
	certificateInSession: 4
};
const pathSize = 108;
const largest = 65535;
const tooLong = (what, length) => Result.fail(`${what} of ${length} bytes is longer than ${largest}`);
const hexGroups = (text) => text === "" ? [] : text.split(":").flatMap((group) => {
	if (group.includes(".")) return group.split(".").map(Number);
	const value = Number.parseInt(group, 16);
	return [value >> 8, value & 255];
});
/** The 4 or 16 bytes of an IP address; undefined for any other text, an IPv6 zone included. */
const ipBytes = (text) => {
	if (isIPv4(text)) return Uint8Array.from(text.split(".").map(Number));
	if (!isIPv6(text) || text.includes("%")) return void 0;
	const [head = "", tail = ""] = text.split("::");
	const back = hexGroups(tail);
	const bytes = /* @__PURE__ */ new Uint8Array(16);
	bytes.set(hexGroups(head));
	bytes.set(back, 16 - back.length);
	return bytes;
};
/** The IPv4 address inside of an IPv4-mapped one (RFC 4291, section 2.5.5.2); undefined for all other bytes. */
const unmapped = (bytes) => {
	return bytes.length === 16 && bytes.subarray(0, 12).every((byte, index) => byte === (index < 10 ? 0 : 255)) ? bytes.subarray(12) : void 0;
};
const tlvsLength = (tlvs) => tlvs.reduce((sum, { value }) => sum + 3 + value.length, 0);
/** Writes them behind each other; all fit. */
const writeTlvs = (view, bytes, at, tlvs) => {
	let offset = at;
	for (const { type, value } of tlvs) {
		view.setUint8(offset, type);
		view.setUint16(offset + 1, value.length);
		bytes.set(value, offset + 3);
		offset += 3 + value.length;
	}
};
const writeIp = (view, bytes, size, source, destination) => {
	for (const [index, { host, port }] of [source, destination].entries()) {
		const address = ipBytes(host);
		if (address?.length !== size) return Result.fail(`${host} is not an IPv${size === 4 ? 4 : 6} address`);
		if (!Number.isInteger(port) || port < 0 || port > largest) return Result.fail(`${port} is not a port`);
		bytes.set(address, 16 + index * size);
		view.setUint16(16 + 2 * size + 2 * index, port);
	}
	return Result.void;
};
const writePaths = (bytes, source, destination) => {
	for (const [index, path] of [source, destination].entries()) bytes.set(Buffer.from(path).subarray(0, pathSize), 16 + index * pathSize);
	return Result.void;
};
const blank = (command, family, length) => {
	const bytes = new Uint8Array(16 + length);
	bytes.set(signature);
	bytes.set([
		32 | command,
		family,
		length >> 8,
		length & 255
	], signature.length);
	return bytes;
};
/**
* The header's bytes, to be sent as one write before anything else (section 8.6). Paths beyond 108 bytes are cut, as
* the format wants it. Failures are the tail of `error building proxy header: ..`.
*/
const encode = (header) => {
	if (header._tag === "Local") return Result.succeed(blank(0, 0, 0));
	if (header._tag === "Unspecified") return Result.succeed(blank(1, 0, 0));
	const { code, addresses } = families[header._tag];
	const oversize = header.tlvs.find(({ value }) => value.length > largest);
	if (oversize !== void 0) return tooLong(`TLV 0x${oversize.type.toString(16)}`, oversize.value.length);
	const length = addresses + tlvsLength(header.tlvs);
	if (length > largest) return tooLong("header", length);
	const bytes = blank(1, code, length);
	const view = new DataView(bytes.buffer);
	writeTlvs(view, bytes, 16 + addresses, header.tlvs);
	const written = header._tag === "Unix" ? writePaths(bytes, header.source, header.destination) : writeIp(view, bytes, header._tag === "Tcp4" ? 4 : 16, header.source, header.destination);
	return Result.map(written, () => bytes);
};
/** The value of the TLV `ssl`: flags, verification result, TLVs (`proxy-protocol.txt`, section 2.2.5). */
const encodeSsl = ({ flags, tlvs, verify }) => {
	const length = 5 + tlvsLength(tlvs);
	if (length > largest) return tooLong("TLV 0x20", length);
	const bytes = new Uint8Array(length);
	const view = new DataView(bytes.buffer);
	view.setUint8(0, flags);
	view.setUint32(1, verify);
	writeTlvs(view, bytes, 5, tlvs);
	return Result.succeed(bytes);
};
const text = (type, value) => value === void 0 || value === "" ? [] : [{
	type,
	value: Buffer.from(value)
}];
const tlvsFor = (mode, facts) => {
	const { commonName, tls } = facts;
	if (mode === "conn") return Result.succeed([]);
	if (tls === void 0) return Result.fail("nothing is known about TLS");
	const leaf = mode === "tls-full" ? tls.peerChain[0] : void 0;
	const shown = SslFlag.certificateOnConnection | SslFlag.certificateInSession;
	const ssl = encodeSsl({
		flags: leaf === void 0 ? SslFlag.tls : SslFlag.tls | shown,
		verify: 0,
		tlvs: [
			...text(TlvType.sslVersion, tls.version),
			...leaf === void 0 ? [] : text(TlvType.sslCommonName, commonName),
			...leaf === void 0 ? [] : [{
				type: TlvType.sslClientCertificate,
				value: leaf
			}]
		]
	});
	return Result.map(ssl, (value) => [
		...text(TlvType.alpn, tls.alpn),
		...text(TlvType.authority, tls.serverName),
		{
			type: TlvType.ssl,
			value
		}
	]);
};
const ipEndpoint = ({ address }) => Result.map(splitHostPort(address), ([host, port]) => {
	const plain = host.replace(/%.*$/, "");
	const inner = unmapped(ipBytes(plain) ?? /* @__PURE__ */ new Uint8Array());
	return {
		host: inner === void 0 ? plain : inner.join("."),
		port: Number(port)
	};
});
/** The header for an accepted connection; the client's address decides on the family, IPv4-mapped is IPv4 (section 8.6). */
const headerFor = (mode, facts) => Result.flatMap(tlvsFor(mode, facts), (tlvs) => {
	const { client, local } = facts;
	if (client.network !== local.network) return Result.fail(`${client.network} client of a ${local.network} listener`);
	if (client.network === "unix") return Result.succeed({
		_tag: "Unix",
		source: client.address,
		destination: local.address,
		tlvs
	});
	return Result.flatMap(ipEndpoint(client), (source) => Result.map(ipEndpoint(local), (destination) => {
		return {
			_tag: source.host.includes(":") ? "Tcp6" : "Tcp4",
			source,
			destination,
			tlvs
		};
	}));
});
// src/transport/Socks5.ts
/**
* SOCKS5 as a client (RFC 1928; RFC 1929 for passwords; contract: command line, section 8.5). The package `socks` owns a
* Node socket from dial to reply, so nothing but Node's `net` could sit below it. This is the protocol alone, bytes in and
* bytes out, and any transport can carry it.
*/
const version = 5;
const passwordVersion = 1;
const method = {
	none: 0,
	password: 2,
	notAcceptable: 255
};
const addressType = {
	ipv4: 1,
	name: 3,
	ipv6: 4
};
/** RFC 1928, section 6, in Go's words. */
const replies = [
	"succeeded",
	"general SOCKS server failure",
	"connection not allowed by ruleset",
	"network unreachable",
	"host unreachable",
	"connection refused",
	"TTL expired",
	"command not supported",
	"address type not supported"
];
const refuse = (why) => ({
	_tag: "Refused",
	why
});
const connected = { _tag: "Connected" };
const then = (stage) => ({
	_tag: "Next",
	stage
});
/** The bound address has no use; it has to be skipped to find the target's first byte. */
const skip = (needs) => then({
	needs,
	decide: () => connected
});
const skipBound = (type) => {
	if (type === addressType.ipv4) return skip(6);
	if (type === addressType.ipv6) return skip(18);
	if (type !== addressType.name) return refuse(`unknown address type ${type}`);
	return then({
		needs: 1,
		decide: ([length = 0]) => skip(length + 2)
	});
};
const reply = {
	needs: 4,
	decide: ([spoken, code = 0, reserved, type = 0]) => {
		if (spoken !== version) return refuse(`unexpected protocol version ${spoken}`);
		if (code !== 0) return refuse(`unknown error ${replies[code] ?? `unknown code: ${code}`}`);
		return reserved === 0 ? skipBound(type) : refuse("non-zero reserved field");
	}
};
const connect$1 = ({ connect }) => ({
	_tag: "Next",
	send: connect,
	stage: reply
});
const authenticate = (request, { password, username }) => ({
	_tag: "Next",
	send: Uint8Array.from([
		passwordVersion,
		username.length,
		...username,
		password.length,
		...password
	]),
	stage: {
		needs: 2,
		decide: ([spoken, status]) => {
			if (spoken !== passwordVersion) return refuse("invalid username/password version");
			return status === 0 ? connect$1(request) : refuse("username/password authentication failed");
		}
	}
});
const greeted = (request) => ({
	needs: 2,
	decide: ([spoken, chosen]) => {
		if (spoken !== version) return refuse(`unexpected protocol version ${spoken}`);
		if (chosen === method.none) return connect$1(request);
		if (chosen === method.notAcceptable) return refuse("no acceptable authentication methods");
		return chosen === method.password && request.credentials !== void 0 ? authenticate(request, request.credentials) : refuse(`unsupported authentication method ${chosen}`);
	}
});
/** Type, address and port (RFC 1928, section 4): literal addresses as such, names for the proxy to resolve. */
const destination = ({ host, port }) => {
	const literal = ipBytes(host);
	const ip = literal === void 0 ? void 0 : unmapped(literal) ?? literal;
	const tail = [port >> 8, port & 255];
	if (ip !== void 0) return Result.succeed([
		ip.length === 4 ? addressType.ipv4 : addressType.ipv6,
		...ip,
		...tail
	]);
	const name = Buffer.from(host);
	if (name.length === 0) return Result.fail("missing host");
	if (name.length > 255) return Result.fail("FQDN too long");
	return Result.succeed([
		addressType.name,
		name.length,
		...name,
		...tail
	]);
};
/** Asks the proxy at `proxy` for a connection to `target`. Fails for what the protocol cannot carry. */
const socks5 = (target, proxy, credentials) => {
	const prefix = `socks connect tcp ${hostPort(proxy.host, proxy.port)}->${hostPort(target.host, target.port)}: `;
	const sentence = (why) => prefix + why;
	if (credentials !== void 0 && !fitsSocks(credentials)) return Result.fail(sentence("invalid username/password"));
	return Result.mapBoth(destination(target), {
		onFailure: sentence,
		onSuccess: (address) => {
			let stage = greeted({
				credentials,
				connect: Uint8Array.from([
					version,
					1,
					0,
					...address
				])
			});
			let pending = /* @__PURE__ */ new Uint8Array();
			const receive = (chunk) => {
				const sends = [];
				pending = Buffer.concat([pending, chunk]);
				while (pending.length >= stage.needs) {
					const decision = stage.decide(pending.subarray(0, stage.needs));
					if (decision._tag === "Refused") return Step.Failed({ message: sentence(decision.why) });
					pending = pending.subarray(stage.needs);
					if (decision._tag === "Connected") return Step.Done({
						send: Buffer.concat(sends),
						surplus: pending
					});
					if (decision.send !== void 0) sends.push(decision.send);
					stage = decision.stage;
				}
				return Step.NeedMore({ send: Buffer.concat(sends) });
			};
			const methods = credentials === void 0 ? [method.none] : [method.none, method.password];
			return {
				start: () => Uint8Array.from([
					version,
					methods.length,
					...methods
				]),
				receive,
				undialled: sentence,
				interrupted: sentence
			};
		}
	});
};
// src/transport/Negotiation.ts
/** A fresh conversation with the proxy about the target; fails for a target that its protocol cannot carry. */
const negotiationWith = (proxy, target) => proxy.scheme === "http" ? httpConnect(target, proxy.credentials) : socks5(target, proxy.address, proxy.credentials);
// src/transport/ConnectionFailure.ts
/** How a connection can fail before bytes flow, or while they do: the log line and the metric label come from here. */
const ConnectionFailure = Data.taggedEnum();
export { families as a, parseProxyUrl as c, TcpAddressFromString as d, network as f, encodeSsl as i, Address as l, negotiationWith as n, headerFor as o, parse as p, encode as r, signature as s, ConnectionFailure as t, AddressFromString as u };

//# sourceMappingURL=lib-ConnectionFailure-BVysMgRQ.mjs.map