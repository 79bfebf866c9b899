import { a as families, c as parseProxyUrl, d as TcpAddressFromString, f as network, i as encodeSsl, l as Address, n as negotiationWith, o as headerFor, p as parse$2, r as encode, s as signature, t as ConnectionFailure, u as AddressFromString } from "./lib-ConnectionFailure-BVysMgRQ.mjs";
import { a as StartError, o as startError, r as sink, s as GoDuration, t as interestOf } from "./lib-ConnectionLog-B_GDKb2e.mjs";
import { t as TlsOptions } from "./lib-TlsOptions-CwdAeYlL.mjs";
import { a as expectTag, c as oidOf, d as readElements, f as unsignedOf, i as bitsOf, l as readDer, n as Tag, o as isUniversal, r as TagClass, s as malformed, t as Malformed } from "./lib-Der-DOXNgYwV.mjs";
import { i as writePem, n as isKey, r as readPem, t as isEncrypted } from "./lib-Pem-BsbKgdwx.mjs";
import { n as writer, t as ConnectionStats } from "./lib-ConnectionStats-byneFtsB.mjs";
import { t as FiberCount } from "./lib-FiberCount-CzQSwXD5.mjs";
import { r as asFiber, t as FiberSubject } from "./lib-ProfiledThread-DKI0Ps8G.mjs";
import { a as unlimited, n as makeShared, o as DataPlane, r as slotsTaken, t as join$1 } from "./lib-Admission-BSs7yqwG.mjs";
import { n as watch$1, r as Lifecycle } from "./lib-Descriptors-FKh8Bk7j.mjs";
import { t as loadFfi } from "./lib-Ffi-DdtWtOUB.mjs";
import { n as wallMillis, t as Log } from "./lib-Logging-DMGFDEle.mjs";
import { t as Status } from "./lib-Status-DgwCP4L3.mjs";
import { r as redacted } from "./lib-UrlText-Bxv3suSX.mjs";
import { n as TlsMaterialError, r as Transport, t as BindError } from "./lib-Transport-CSs_2P36.mjs";
import { r as joinHostPort } from "./lib-ErrorWords-BNVB00LK.mjs";
import { n as version, t as CurrentRecordReader } from "./lib-RecordReader-CFjUXZqS.mjs";
import { r as workerFacts, t as sandboxFacts } from "./lib-StatusFacts-DP1cdeo5.mjs";
import { Context, Deferred, Duration, Effect, Exit, FiberSet, Layer, Option, Queue, Redacted, Result, Schedule, Scheduler, Schema, Scope, ScopedRef, Semaphore, SubscriptionRef, identity } from "effect";
import { dirname, join, resolve } from "node:path";
import { closeSync, fstatSync, openSync, readFileSync, readSync, readdirSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { X509Certificate, constants, createPrivateKey, hash, randomBytes, timingSafeEqual, verify } from "node:crypto";
import { SocketAddress, isIPv4, isIPv6 } from "node:net";
import { getSystemErrorMessage } from "node:util";
import { spawn } from "node:child_process";
import * as Dns from "node:dns/promises";
import { availableParallelism } from "node:os";
// src/config/AccessRules.ts
/** Who may pass, as a value: it crosses threads and carries no behaviour (contract: credentials, section 4.1). */
const names$1 = Schema.Array(Schema.String).pipe(Schema.withDecodingDefaultKey(Effect.succeed([])));
/** Names a peer certificate may carry. One match is enough; without any entry the rules name nobody. */
const NameRules = Schema.Struct({
	/** The subject's common name, compared byte for byte. */
	commonNames: names$1,
	/** Any of the subject's organizational units. */
	organizationalUnits: names$1,
	/** A DNS name among the subject alternative names, compared literally. */
	dnsNames: names$1,
	/** An IP address among the subject alternative names. */
	ipAddresses: names$1,
	/** Patterns for URIs among the subject alternative names (contract, section 4.2). */
	uriPatterns: names$1
});
const AccessRules = Schema.Union([
	Schema.TaggedStruct("AnyVerified", {}),
	Schema.TaggedStruct("Names", { rules: NameRules }),
	Schema.TaggedStruct("Pins", { pins: Schema.Array(Schema.String) }),
	Schema.TaggedStruct("Anonymous", {})
]);
// src/config/TunnelConfig.ts
/**
* What a tunnel is, as a value: the command line, an embedding program and Nix all produce it, and nothing in it knows
* how it was written. The encoded form takes plain strings (`"localhost:8080"`, `"10s"`).
*/
const duration = (byDefault) => GoDuration.pipe(Schema.withDecodingDefaultKey(Effect.succeed(byDefault)));
const flag = Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(false)));
/** The password of a keystore or of an encrypted key, or the file that holds it: a path, or `credential:NAME`. */
const password = {
	password: Schema.optionalKey(Schema.Redacted(Schema.String)),
	passwordPath: Schema.optionalKey(Schema.String)
};
/** Where the tunnel's own certificate and key come from. */
const CredentialSource = Schema.Union([
	Schema.TaggedStruct("KeyPair", {
		certificatePath: Schema.String,
		keyPath: Schema.String,
		...password
	}),
	Schema.TaggedStruct("Keystore", {
		path: Schema.String,
		...password
	}),
	Schema.TaggedStruct("None", {})
]);
const StatusConfig = Schema.Struct({
	address: AddressFromString,
	/** HTTPS with the tunnel's own certificate; only TCP addresses can. */
	https: flag,
	/** Whether `POST /_shutdown` exists. */
	enableShutdown: flag,
	/** Whether `/debug/pprof/` exists. */
	enableProfiling: flag,
	/** Whether `/` is a page for people. */
	page: flag,
	/** Servers only: checks the backend with a GET of this URL instead of a bare connect. */
	targetStatus: Schema.optionalKey(Schema.String)
});
/** Pushes by OTLP over HTTP; how, is told by the `OTEL_*` variables. */
const OtlpConfig = Schema.Struct({
	/** The collector's `http` or `https` URL, without `/v1/metrics`; may hold credentials. */
	endpoint: Schema.Redacted(Schema.String),
	/** Whether spans and log records of connections are pushed besides metrics. */
	traces: flag
});
const MetricsConfig = Schema.Struct({
	prefix: Schema.String.pipe(Schema.withDecodingDefaultKey(Effect.succeed("ghostunnel"))),
	/** How many peers' identities get series of their own; 0: none. */
	identities: Schema.Int.pipe(Schema.check(Schema.isBetween({
		minimum: 0,
		maximum: 1e3
	})), Schema.withDecodingDefaultKey(Effect.succeed(0))),
	/** Period of the runtime gauges and of pushes by HTTP. Zero or negative: never. */
	interval: duration("30s"),
	/** Where to push to by the Graphite protocol, every second. */
	graphite: Schema.optionalKey(TcpAddressFromString),
	/** Where to post the JSON form to, every interval: `http` or `https`; may hold credentials. */
	postUrl: Schema.optionalKey(Schema.Redacted(Schema.String)),
	otlp: Schema.optionalKey(OtlpConfig)
});
const QuietClass = Schema.Literals([
	"all",
	"conns",
	"conn-errs",
	"handshake-errs"
]);
/** Threads that carry connections: a number of workers, 0 for the main thread itself, or as many as there are processors. */
const Workers = Schema.Union([Schema.Literal("auto"), Schema.Int.pipe(Schema.check(Schema.isBetween({
	minimum: 0,
	maximum: 64
})))]);
/** Certificate revocation lists. Pinned keys and anonymous clients are never looked up in them. */
const RevocationConfig = Schema.Struct({
	/** Files with lists, PEM or DER. */
	listPaths: Schema.NonEmptyArray(Schema.String),
	/** What becomes of peers when a list of an issuer in their chain is missing, stale or unusable. */
	mode: Schema.Literals(["strict", "warn"]).pipe(Schema.withDecodingDefaultKey(Effect.succeed("strict")))
});
/** What carries the bytes: Node's own sockets and TLS, or the kernel's and OpenSSL directly (Linux). */
const TransportChoice = Schema.Literals([
	"auto",
	"native",
	"node"
]);
const common = {
	listen: AddressFromString,
	target: AddressFromString,
	credentials: CredentialSource,
	/** PEM bundle of trust anchors; the system's roots without it. */
	caBundlePath: Schema.optionalKey(Schema.String),
	/** Without it certificates are not checked for revocation. */
	revocation: Schema.optionalKey(RevocationConfig),
	tls: TlsOptions.pipe(Schema.withDecodingDefaultKey(Effect.succeed({}))),
	/** One budget from accept on for handshake and dial together. */
	connectTimeout: duration("10s"),
	/** How long the other direction may be idle after a half-close. */
	closeTimeout: duration("60s"),
	/** Hard limit on a connection's life once bytes flow; zero or negative: none. */
	maxConnectionLifetime: duration("0s"),
	/** Connections at a time over all threads; further ones wait. 0: no limit. */
	maxConcurrentConnections: Schema.Int.pipe(Schema.withDecodingDefaultKey(Effect.succeed(0))),
	/** How long open connections may go on after a shutdown request. */
	shutdownTimeout: duration("5m"),
	/** Period of unconditional reloads; zero or negative: never. */
	reloadInterval: duration("0s"),
	/** Whether certificate, key and trust anchors are reloaded when their files change. */
	watchFiles: flag,
	/** Whether the target's name must resolve at start. */
	resolveTarget: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(true))),
	status: Schema.optionalKey(StatusConfig),
	metrics: MetricsConfig.pipe(Schema.withDecodingDefaultKey(Effect.succeed({}))),
	/** `json`: connection records carry every fact; whoever writes the lines decides how they look. */
	logFormat: Schema.Literals(["text", "json"]).pipe(Schema.withDecodingDefaultKey(Effect.succeed("text"))),
	quiet: Schema.Array(QuietClass).pipe(Schema.withDecodingDefaultKey(Effect.succeed([]))),
	workers: Workers.pipe(Schema.withDecodingDefaultKey(Effect.succeed("auto"))),
	transport: TransportChoice.pipe(Schema.withDecodingDefaultKey(Effect.succeed("auto")))
};
/** A TLS listener in front of a plaintext target. */
var ServerConfig = class extends Schema.Class("ghostunnel/ServerConfig")({
	mode: Schema.tag("server").pipe(Schema.withDecodingDefaultKey(Effect.succeed("server"))),
	...common,
	access: AccessRules,
	/** Sends a PROXY protocol v2 header to the target: addresses alone, with TLS facts, or with the client certificate too. */
	proxyProtocol: Schema.optionalKey(Schema.Literals([
		"conn",
		"tls",
		"tls-full"
	]))
}) {};
/** A plaintext listener in front of a TLS target. */
var ClientConfig = class extends Schema.Class("ghostunnel/ClientConfig")({
	mode: Schema.tag("client").pipe(Schema.withDecodingDefaultKey(Effect.succeed("client"))),
	...common,
	/** What the server must be beyond a verified chain and host name; pins replace both. */
	access: AccessRules.pipe(Schema.withDecodingDefaultKey(Effect.succeed({ _tag: "AnyVerified" }))),
	/** The name to ask for and to verify, when it is not the target's host. */
	serverName: Schema.optionalKey(Schema.String),
	/** URL of a proxy (`http`, `socks5` or `socks5h`) to connect through; may hold credentials. */
	proxyUrl: Schema.optionalKey(Schema.Redacted(Schema.String))
}) {};
// src/access/SubjectName.ts
const named = [
	{
		oid: "2.5.4.5",
		label: "SERIALNUMBER",
		single: true
	},
	{
		oid: "2.5.4.3",
		label: "CN",
		single: true
	},
	{
		oid: "2.5.4.11",
		label: "OU",
		single: false
	},
	{
		oid: "2.5.4.10",
		label: "O",
		single: false
	},
	{
		oid: "2.5.4.17",
		label: "POSTALCODE",
		single: false
	},
	{
		oid: "2.5.4.9",
		label: "STREET",
		single: false
	},
	{
		oid: "2.5.4.7",
		label: "L",
		single: false
	},
	{
		oid: "2.5.4.8",
		label: "ST",
		single: false
	},
	{
		oid: "2.5.4.6",
		label: "C",
		single: false
	}
];
/** Besides the contract's characters, whatever could break a log line is written as RFC 4514's `\0a`. */
const breaking = /[\p{Cc}\p{Zl}\p{Zp}]/u;
const escapeValue = (text) => {
	const characters = Array.from(text);
	const last = characters.length - 1;
	return characters.map((character, index) => {
		if (breaking.test(character)) return Buffer.from(character).toString("hex").replace(/../g, "\\$&");
		return character === " " && (index === 0 || index === last) || character === "#" && index === 0 || ",+\"\\<>;".includes(character) ? `\\${character}` : character;
	}).join("");
};
/** The value encoded once more, as Go does: a PrintableString where its characters allow it, else a UTF8String. */
const hexOf = (text) => {
	const content = Buffer.from(text);
	const tag = /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text) ? 19 : 12;
	const size = content.length.toString(16);
	const bytes = size.padStart(size.length + size.length % 2, "0");
	const length = content.length < 128 ? [content.length] : [128 | bytes.length / 2, ...Buffer.from(bytes, "hex")];
	return Buffer.concat([Buffer.from([tag, ...length]), content]).toString("hex");
};
const written$1 = /* @__PURE__ */ new WeakMap();
/** The subject in one line; empty for an empty subject. */
const subjectName = (subject) => {
	const known = written$1.get(subject);
	if (known !== void 0) return known;
	const text = write$1(subject);
	written$1.set(subject, text);
	return text;
};
const write$1 = ({ attributes }) => {
	const common = named.flatMap(({ oid, label, single }) => {
		const values = attributes.filter((attribute) => attribute.oid === oid).map(({ text }) => text);
		const shown = single ? values.slice(-1).filter((value) => value !== "") : values;
		return shown.length === 0 ? [] : [shown.map((value) => `${label}=${escapeValue(value)}`).join("+")];
	});
	const others = attributes.filter(({ oid }) => named.every((known) => known.oid !== oid));
	return [...common, ...others.toReversed().map(({ oid, text }) => `${oid}=#${hexOf(text)}`)].join(",");
};
// src/config/SecretPath.ts
/** Where a file with a secret is: a path, or the name of a credential that the service manager hands over. */
const prefix$2 = "credential:";
/**
* The path that a text stands for: `credential:NAME` is `$CREDENTIALS_DIRECTORY/NAME` (systemd.exec(5), LoadCredential=),
* everything else is a path itself. Pure.
*/
const resolveSecretPath = (text, environment) => {
	if (!text.startsWith(prefix$2)) return Result.succeed(text);
	const name = text.slice(11);
	if (name === "" || name === "." || name === ".." || /[/\0]/.test(name)) return Result.fail(`${JSON.stringify(name)} is no name of a credential: it must be a single file name`);
	const directory = environment.CREDENTIALS_DIRECTORY ?? "";
	return directory === "" ? Result.fail("$CREDENTIALS_DIRECTORY is not set: systemd sets it for units with LoadCredential=") : Result.succeed(join(directory, name));
};
// src/credentials/CredentialError.ts
/** Certificate, key or trust anchors that cannot be used. */
/** The message is the contract's `<err>`, such as `reading certificate file "P": open P: no such file or directory`. */
var CredentialError = class extends Schema.TaggedError()("CredentialError", { message: Schema.String }) {};
const sentences = /* @__PURE__ */ new Map([
	["ENOENT", "no such file or directory"],
	["EACCES", "permission denied"],
	["EPERM", "operation not permitted"],
	["EISDIR", "is a directory"],
	["ENOTDIR", "not a directory"],
	["ELOOP", "too many levels of symbolic links"],
	["ENAMETOOLONG", "file name too long"],
	["EMFILE", "too many open files"],
	["ENFILE", "too many open files in system"],
	["ENXIO", "no such device or address"],
	["EIO", "input/output error"]
]);
const sentence$1 = (cause) => {
	if (!(cause instanceof Error)) return String(cause);
	const code = "code" in cause ? cause.code : void 0;
	return sentences.get(code) ?? (typeof code === "string" ? code : cause.message);
};
const attempt$1 = (what, path, run) => Result.try({
	try: run,
	catch: (cause) => `${what} ${path}: ${sentence$1(cause)}`
});
const readOpen = (descriptor) => {
	const chunks = [];
	const chunkSize = Math.min(Math.max(fstatSync(descriptor).size + 1, 4096), 1048576);
	let total = 0;
	for (;;) {
		const chunk = Buffer.allocUnsafe(chunkSize);
		const count = readSync(descriptor, chunk);
		if (count === 0) return Buffer.concat(chunks, total);
		chunks.push(chunk.subarray(0, count));
		total += count;
		if (total > 52428800) throw new Error("file is larger than 50 MB");
	}
};
/** The file's bytes. The failure reads `open P: no such file or directory`. */
const readCredentialFile = (path) => Result.flatMap(attempt$1("open", path, () => openSync(path, "r")), (descriptor) => {
	try {
		return attempt$1("read", path, () => readOpen(descriptor));
	} finally {
		closeSync(descriptor);
	}
});
/** Whether every user of the machine may read a file; only regular files count, and one that is gone does not. */
const isReadableByAll = (path) => {
	const found = Result.try(() => statSync(path));
	return Result.isSuccess(found) && found.success.isFile() && (found.success.mode & 4) !== 0;
};
// src/credentials/FileState.ts
/** Tells whether files are still the ones that were read: by identity, size and times of what their names lead to. */
const written = ({ ctimeNs, dev, ino, mtimeNs, size }) => [
	dev,
	ino,
	size,
	mtimeNs,
	ctimeNs
].join(":");
/** A file that cannot be looked at has a state too. */
const failed$1 = (error) => error instanceof Error && "code" in error ? `unreadable ${error.code}` : "unreadable";
const joined = (states) => states.join("\n");
/** One text for the state of all files; equal texts mean that none was written, replaced, or led elsewhere by a link. */
const stateSync = (paths) => joined(paths.map((path) => Result.getOrElse(Result.try(() => written(statSync(path, { bigint: true }))), failed$1)));
/** The same without blocking the thread. Never rejects. */
const state = (paths) => Promise.all(paths.map((path) => stat(path, { bigint: true }).then(written, failed$1))).then(joined);
// src/access/DirectoryString.ts
/** The text of a name's attribute in any of the string types X.509 knows. */
const utf8 = new TextDecoder("utf-8", {
	fatal: true,
	ignoreBOM: true
});
const latin1 = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
const bmp = (bytes) => {
	if (bytes.length % 2 !== 0) return malformed("invalid BMPString");
	const units = Array.from({ length: bytes.length / 2 }, (_, i) => (bytes[2 * i] ?? 0) << 8 | (bytes[2 * i + 1] ?? 0));
	const unassignable = (unit) => unit >= 55296 && unit <= 57343 || unit >= 64976 && unit <= 65007;
	if (units.some((unit) => unassignable(unit) || unit >= 65534)) return malformed("invalid BMPString");
	return units.map((unit) => String.fromCharCode(unit)).join("");
};
const checked = (bytes, allowed, type) => {
	const text = latin1(bytes);
	return allowed.test(text) ? text : malformed(`invalid ${type}`);
};
const ascii = /^[\0-\x7f]*$/;
const printable = /^[A-Za-z0-9 '()+,\-./:=?*&]*$/;
const numeric = /^[0-9 ]*$/;
/** Text of ASCII characters alone. Throws `Malformed`. */
const asciiText = (bytes, what) => checked(bytes, ascii, what);
/** An attribute's text. Throws `Malformed` for other types and for bytes that the type does not allow. */
const directoryText = (node) => {
	if (node.tagClass !== TagClass.universal || node.constructed) return malformed("invalid attribute value");
	switch (node.tag) {
		case Tag.utf8String: try {
			return utf8.decode(node.content);
		} catch {
			return malformed("invalid UTF-8 string");
		}
		case Tag.printableString: return checked(node.content, printable, "PrintableString");
		case Tag.ia5String: return checked(node.content, ascii, "IA5String");
		case Tag.numericString: return checked(node.content, numeric, "NumericString");
		case Tag.t61String: return latin1(node.content);
		case Tag.bmpString: return bmp(node.content);
		default: return malformed("unsupported string type in a name");
	}
};
// src/access/PublicKeyInfo.ts
/** What kind of key a certificate certifies: as much as is needed to refuse kinds that nobody should accept. */
const curves$1 = /* @__PURE__ */ new Map([
	["1.3.132.0.33", "P-224"],
	["1.2.840.10045.3.1.7", "P-256"],
	["1.3.132.0.34", "P-384"],
	["1.3.132.0.35", "P-521"]
]);
const names = /* @__PURE__ */ new Map([
	["1.2.840.10040.4.1", "DSA"],
	["1.2.840.113549.1.1.10", "RSA-PSS"],
	["1.3.101.110", "X25519"],
	["1.3.101.111", "X448"],
	["1.3.101.113", "Ed448"]
]);
const rsaBits = (key) => {
	const [modulus, exponent] = expectTag(readDer(key), Tag.sequence, "RSA public key").children;
	unsignedOf(exponent, "RSA public exponent");
	const bytes = unsignedOf(modulus, "RSA modulus");
	return bytes.length * 8 - (Math.clz32(bytes[0] ?? 0) - 24);
};
/** Reads a SubjectPublicKeyInfo. Throws `Malformed`. */
const publicKeyKind = (info) => {
	const [algorithm, key, ...rest] = expectTag(info, Tag.sequence, "public key").children;
	const [id, parameters] = expectTag(algorithm, Tag.sequence, "public key algorithm").children;
	const oid = oidOf(id, "public key algorithm");
	const bits = bitsOf(rest.length === 0 ? key : void 0, "public key");
	switch (oid) {
		case "1.2.840.113549.1.1.1": return {
			_tag: "Rsa",
			bits: rsaBits(bits)
		};
		case "1.2.840.10045.2.1": return {
			_tag: "Ecdsa",
			curve: curves$1.get(oidOf(parameters, "elliptic curve"))
		};
		case "1.3.101.112": return { _tag: "Ed25519" };
		default: return {
			_tag: "Unsupported",
			algorithm: names.get(oid) ?? oid
		};
	}
};
// src/access/IpAddress.ts
/** IP addresses as certificates and rules carry them; an IPv4-mapped IPv6 address is its IPv4 address. */
const mappedPrefix = [
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	255,
	255
];
const groupBytes = (part) => part === "" ? [] : part.split(":").flatMap((group) => {
	if (group.includes(".")) return group.split(".").map(Number);
	const value = Number.parseInt(group, 16);
	return [value >> 8, value & 255];
});
const bytesOf = (text) => {
	if (isIPv4(text)) return text.split(".").map(Number);
	if (!isIPv6(text) || text.includes("%")) return void 0;
	const [head = "", tail] = text.split("::");
	const front = groupBytes(head);
	if (tail === void 0) return front;
	const back = groupBytes(tail);
	return [
		...front,
		...new Array(Math.max(0, 16 - front.length - back.length)).fill(0),
		...back
	];
};
/** The canonical text of an address of 4 or 16 bytes; undefined for any other length. */
const formatIpAddress = (bytes) => {
	const all = Array.from(bytes);
	if (all.length === 4) return all.join(".");
	if (all.length !== 16) return void 0;
	if (mappedPrefix.every((byte, index) => all[index] === byte)) return all.slice(12).join(".");
	const groups = Array.from({ length: 8 }, (_, index) => (all[2 * index] ?? 0) << 8 | (all[2 * index + 1] ?? 0));
	const zeros = longestZeros(groups);
	const hex = (from, to) => groups.slice(from, to).map((group) => group.toString(16)).join(":");
	return zeros.length < 2 ? hex(0, 8) : `${hex(0, zeros.start)}::${hex(zeros.start + zeros.length, 8)}`;
};
const longestZeros = (groups) => {
	let best = {
		start: 0,
		length: 0
	};
	let start = 0;
	for (const [index, group] of groups.entries()) if (group !== 0) start = index + 1;
	else if (index + 1 - start > best.length) best = {
		start,
		length: index + 1 - start
	};
	return best;
};
/** The canonical text of an address; undefined when it is none. Zones are not addresses. */
const canonicalIpAddress = (text) => {
	const bytes = bytesOf(text);
	return bytes === void 0 ? void 0 : formatIpAddress(bytes);
};
// src/access/UriText.ts
/**
* Whether a URI in a certificate is one that Go's parser reads: a certificate with another one counts as malformed
* (contract: credentials, section 4.2). What matches is always the text itself.
*/
const badEscape = /%(?![0-9A-Fa-f]{2})/;
const userCharacters = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/;
const hostCharacters = /^[A-Za-z0-9\-._~!$&'()*+,;=:[\]<>"%]*$/;
const portProblem = (port) => /^(:\d*)?$/.test(port) ? void 0 : "invalid port after host";
const hostProblem = (host) => {
	if (!hostCharacters.test(host)) return "invalid character in host name";
	if (/%(?!25|[89A-Fa-f][0-9A-Fa-f])/.test(host)) return "invalid URL escape";
	const end = host.lastIndexOf("]");
	if (host.startsWith("[")) return end < 0 ? "missing ']' in host" : portProblem(host.slice(end + 1));
	const colon = host.lastIndexOf(":");
	if (colon >= 0 && portProblem(host.slice(colon)) !== void 0) return portProblem(host.slice(colon));
	return host !== "" && host.split(".").includes("") ? "invalid domain" : void 0;
};
const authorityProblem = (authority) => {
	const at = authority.lastIndexOf("@");
	const user = authority.slice(0, Math.max(at, 0));
	if (!userCharacters.test(user) || badEscape.test(user)) return "invalid userinfo";
	return hostProblem(authority.slice(at + 1));
};
/** Why this text is not a URI; undefined when it is one. */
const uriProblem = (text) => {
	if (/[\0-\x1f\x7f]/.test(text)) return "invalid control character in URL";
	const [beforeFragment = ""] = text.split("#", 1);
	if (badEscape.test(text.slice(beforeFragment.length))) return "invalid URL escape";
	if (beforeFragment.startsWith(":")) return "missing protocol scheme";
	const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/.exec(beforeFragment)?.[0] ?? "";
	const [rest = ""] = beforeFragment.slice(scheme.length).split("?", 1);
	if (!rest.startsWith("/")) {
		if (scheme !== "") return void 0;
		const [segment = ""] = rest.split("/", 1);
		return segment.includes(":") ? "first path segment in URL cannot contain colon" : badEscape.test(rest) ? "invalid URL escape" : void 0;
	}
	const hasAuthority = rest.startsWith("//") && (scheme !== "" || !rest.startsWith("///"));
	const [authority = ""] = hasAuthority ? rest.slice(2).split("/", 1) : [];
	const path = hasAuthority ? rest.slice(2 + authority.length) : rest;
	if (badEscape.test(path)) return "invalid URL escape";
	return hasAuthority ? authorityProblem(authority) : void 0;
};
// src/access/SubjectAltName.ts
/** The names of a certificate's subject alternative name extension. */
const kind = {
	email: 1,
	dns: 2,
	uri: 6,
	ip: 7
};
const uriText = (name) => {
	const text = asciiText(name.content, "URI in the subject alternative names");
	const problem = uriProblem(text);
	return problem === void 0 ? text : malformed(`cannot parse URI ${JSON.stringify(text)}: ${problem}`);
};
const primitive = (name) => name.constructed ? malformed("malformed subject alternative name") : name;
/** Reads the extension's value. Kinds of names nobody asks about are skipped. Throws `Malformed`. */
const readSubjectAltNames = (extension) => {
	const names = expectTag(readDer(extension), Tag.sequence, "subject alternative names").children;
	if (names.some((name) => name.tagClass !== TagClass.contextSpecific)) return malformed("malformed subject alternative names");
	const of = (tag) => names.filter((name) => name.tag === tag).map(primitive);
	return {
		dnsNames: of(kind.dns).map((name) => asciiText(name.content, "DNS name in the subject alternative names")),
		ipAddresses: of(kind.ip).map((name) => formatIpAddress(name.content) ?? malformed(`IP address of length ${name.content.length}`)),
		uris: of(kind.uri).map(uriText),
		emailAddresses: of(kind.email).map((name) => asciiText(name.content, "e-mail in the subject alternative names"))
	};
};
// src/access/PeerCertificate.ts
/**
* What a certificate says, read strictly from its DER: the names rules are about, the key pins are about, the dates.
* Signatures are OpenSSL's business. Whatever is malformed fails; nothing here throws to callers.
*/
const commonName = "2.5.4.3";
const organizationalUnit = "2.5.4.11";
const readAttribute = (node) => {
	const [type, value, ...rest] = expectTag(node, Tag.sequence, "name").children;
	if (value === void 0 || rest.length > 0) return malformed("malformed name");
	return {
		oid: oidOf(type, "attribute type"),
		der: value.raw.slice(),
		text: directoryText(value)
	};
};
/** A name's attributes. Throws `Malformed`. */
const readName = (node) => {
	const attributes = expectTag(node, Tag.sequence, "name").children.flatMap((set) => expectTag(set, Tag.set, "name").children.map(readAttribute));
	return {
		attributes,
		commonName: attributes.findLast(({ oid }) => oid === commonName)?.text ?? "",
		organizationalUnits: attributes.filter(({ oid }) => oid === organizationalUnit).map(({ text }) => text)
	};
};
/** A time of either type. Throws `Malformed`. */
const readTime = (node) => {
	if (node === void 0) return malformed("malformed validity");
	const short = isUniversal(node, Tag.utcTime);
	const { content } = short ? node : expectTag(node, Tag.generalizedTime, "validity");
	const text = asciiText(content, "time");
	const full = short ? `${Number(text.slice(0, 2)) >= 50 ? "19" : "20"}${text}` : text;
	const fields = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full)?.slice(1);
	if (fields === void 0) return malformed("malformed time");
	const [year, month, day, ...clock] = fields;
	const time = /* @__PURE__ */ new Date(`${year}-${month}-${day}T${clock.join(":")}Z`);
	return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(`${year}-${month}-${day}T`) ? time : malformed("malformed time");
};
const readExtension = (node) => {
	const [id, ...rest] = expectTag(node, Tag.sequence, "extension").children;
	const critical = rest.length === 2 ? expectTag(rest[0], Tag.boolean, "extension").content : void 0;
	if (rest.length > 2 || critical !== void 0 && (critical.length !== 1 || critical[0] !== 255)) return malformed("malformed extension");
	const { content: value } = expectTag(rest.at(-1), Tag.octetString, "extension");
	return [oidOf(id, "extension"), {
		critical: critical !== void 0,
		value
	}];
};
/** The extensions in a sequence of them, by object identifier. Throws `Malformed`. */
const readExtensionList = (list) => {
	const pairs = expectTag(list, Tag.sequence, "extensions").children.map(readExtension);
	const extensions = new Map(pairs);
	return extensions.size === pairs.length ? extensions : malformed("certificate contains duplicate extensions");
};
const readExtensions = (node) => {
	if (node === void 0) return /* @__PURE__ */ new Map();
	const [list, ...rest] = node.children;
	return readExtensionList(rest.length === 0 ? list : void 0);
};
const readUsages = (value) => expectTag(readDer(value), Tag.sequence, "extended key usage").children.map((node) => oidOf(node, "key usage"));
const readIsAuthority = (constraints) => {
	if (constraints === void 0) return false;
	const [first] = expectTag(readDer(constraints.value), Tag.sequence, "basic constraints").children;
	return first !== void 0 && isUniversal(first, Tag.boolean) && first.content[0] === 255;
};
/** The optional fields after the public key: unique identifiers and extensions, in this order, each at most once. */
const readTail = (fields, version) => {
	const tags = fields.map((field) => field.tagClass === TagClass.contextSpecific ? field.tag : -1);
	const ordered = tags.every((tag, index) => tag >= 1 && tag <= 3 && (index === 0 || tag > (tags[index - 1] ?? 0)));
	const extensions = fields.find((field) => field.tag === 3);
	if (!ordered || extensions !== void 0 && version !== 3) return malformed("malformed certificate");
	if (extensions !== void 0 && !extensions.constructed) return malformed("malformed extensions");
	return readExtensions(extensions);
};
const readVersion = (node) => {
	const [number, ...rest] = node.children;
	const bytes = unsignedOf(rest.length === 0 ? number : void 0, "version");
	const version = (bytes[0] ?? 0) + 1;
	return bytes.length === 1 && (version === 2 || version === 3) ? version : malformed("invalid version");
};
const read$3 = (der) => {
	const [toBeSigned, algorithm, signature, ...rest] = expectTag(readDer(der), Tag.sequence, "certificate").children;
	const fields = expectTag(toBeSigned, Tag.sequence, "certificate").children;
	expectTag(algorithm, Tag.sequence, "signature algorithm");
	bitsOf(rest.length === 0 ? signature : void 0, "signature");
	const [first] = fields;
	const explicit = first !== void 0 && first.tagClass === TagClass.contextSpecific && first.tag === 0;
	const version = explicit ? readVersion(first) : 1;
	const [serial, innerAlgorithm, issuer, validity, subject, key, ...tail] = explicit ? fields.slice(1) : fields;
	unsignedOf(serial, "serial number");
	const inner = expectTag(innerAlgorithm, Tag.sequence, "signature algorithm").raw;
	if (algorithm === void 0 || Buffer.compare(inner, algorithm.raw) !== 0) return malformed("inner and outer signature algorithm identifiers don't match");
	readName(issuer);
	const [notBefore, notAfter, ...moreTimes] = expectTag(validity, Tag.sequence, "validity").children;
	const info = expectTag(key, Tag.sequence, "public key");
	const extensions = readTail(tail, version);
	const names = extensions.get("2.5.29.17");
	const usages = extensions.get("2.5.29.37");
	return {
		subject: readName(subject),
		...names === void 0 ? {
			dnsNames: [],
			ipAddresses: [],
			uris: [],
			emailAddresses: []
		} : readSubjectAltNames(names.value),
		hasSanExtension: names !== void 0,
		publicKeyInfo: info.raw.slice(),
		publicKey: publicKeyKind(info),
		isAuthority: readIsAuthority(extensions.get("2.5.29.19")),
		extendedKeyUsages: usages === void 0 ? void 0 : readUsages(usages.value),
		notBefore: readTime(notBefore),
		notAfter: moreTimes.length === 0 ? readTime(notAfter) : malformed("malformed validity")
	};
};
/** Reads a certificate. The failure says what is wrong with it (`x509: ..`). */
const parsePeerCertificate = (der) => Result.try({
	try: () => read$3(der),
	catch: (cause) => `x509: ${cause instanceof Malformed ? cause.message : "malformed certificate"}`
});
// src/credentials/KeyPair.ts
/** From PEM blocks to a certificate chain with its key (contract: credentials, section 1.3). */
const prefix$1 = "parsing X509 key pair: ";
const isCertificate$1 = ({ type }) => type === "CERTIFICATE";
const curves = [
	"prime256v1",
	"secp384r1",
	"secp521r1"
];
const typesOf = (blocks) => `[${blocks.map(({ type }) => type).join(" ")}]`;
const noCertificate = (blocks) => {
	const [only, ...others] = blocks;
	return only !== void 0 && others.length === 0 && isKey(only) ? "tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched" : `tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: ${typesOf(blocks)}`;
};
const noKey = (blocks) => blocks.every(isCertificate$1) ? "tls: found a certificate rather than a key in the PEM for the private key" : `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: ${typesOf(blocks)}`;
/** The key, whatever of the three formats its block claims to be. */
const decodeKey = ({ der }) => {
	for (const type of [
		"pkcs1",
		"pkcs8",
		"sec1"
	]) {
		const decoded = Result.try(() => createPrivateKey({
			key: Buffer.from(der),
			format: "der",
			type
		}));
		if (Result.isSuccess(decoded)) return decoded.success;
	}
};
const isUsable = (key) => {
	switch (key.asymmetricKeyType) {
		case "rsa": return (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 1024;
		case "ec": return curves.includes(key.asymmetricKeyDetails?.namedCurve);
		default: return key.asymmetricKeyType === "ed25519";
	}
};
const needsPassword = "it is encrypted: give its password with --storepass-file";
const parseKey = (block, sealed) => {
	const failed = "tls: failed to parse private key";
	if (isEncrypted(block)) return Result.fail(`${failed} (${sealed})`);
	const key = decodeKey(block);
	return key !== void 0 && isUsable(key) ? Result.succeed(key) : Result.fail(failed);
};
const keyType = {
	Rsa: "rsa",
	Ecdsa: "ec",
	Ed25519: "ed25519",
	Unsupported: void 0
};
const parseLeaf = (der) => Result.flatMap(parsePeerCertificate(der), (leaf) => {
	const { publicKey } = leaf;
	return publicKey._tag === "Ecdsa" && publicKey.curve === void 0 ? Result.fail("x509: unsupported elliptic curve") : Result.succeed(leaf);
});
/** Certificates that OpenSSL would not take either are better reported here than by a handshake. */
const checkOthers = (others) => {
	const bad = others.findIndex(({ der }) => Result.isFailure(Result.try(() => new X509Certificate(der))));
	return bad < 0 ? Result.void : Result.fail(`x509: malformed certificate (number ${bad + 2} of the chain)`);
};
const pair = (blocks, sealed) => Result.gen(function* () {
	const chain = blocks.filter(isCertificate$1);
	const [first, ...others] = chain;
	if (first === void 0) return yield* Result.fail(noCertificate(blocks));
	const keyBlock = blocks.find(isKey);
	if (keyBlock === void 0) return yield* Result.fail(noKey(blocks));
	const leaf = yield* parseLeaf(first.der);
	const key = yield* parseKey(keyBlock, sealed);
	if (leaf.publicKey._tag === "Unsupported") return yield* Result.fail("tls: unknown public key algorithm");
	if (keyType[leaf.publicKey._tag] !== key.asymmetricKeyType) return yield* Result.fail("tls: private key type does not match public key type");
	const matches = Result.try(() => new X509Certificate(first.der).checkPrivateKey(key));
	if (Result.isFailure(matches)) return yield* Result.fail("x509: malformed certificate");
	if (!matches.success) return yield* Result.fail("tls: private key does not match public key");
	yield* checkOthers(others);
	return {
		chainPem: chain.map(({ der }) => writePem("CERTIFICATE", der)).join(""),
		keyPem: key.export({
			type: "pkcs8",
			format: "pem"
		}).toString(),
		leaf
	};
});
/**
* Finds the chain and the key among the blocks. The failure is the contract's wording; `sealed` is what it says of a key
* that is encrypted.
*/
const keyPairFromBlocks = (blocks, sealed = needsPassword) => blocks.length === 0 ? Result.fail("no certificates found") : Result.mapError(pair(blocks, sealed), (why) => `${prefix$1}${why}`);
// src/credentials/KeystoreFormat.ts
/** Which format a keystore file has (contract: credentials, section 1.2). */
const extensions = /* @__PURE__ */ new Map([
	[".pem", "PEM"],
	[".crt", "PEM"],
	[".p7b", "PEM"],
	[".p7c", "PEM"],
	[".p12", "PKCS12"],
	[".pfx", "PKCS12"],
	[".jceks", "JCEKS"],
	[".jks", "JCEKS"],
	[".der", "DER"]
]);
const extensionOf = (path) => /\.[^./]*$/.exec(path)?.[0].toLowerCase() ?? "";
/** PKCS#12 begins with its version, 3, where a certificate has a sequence and PKCS#7 an identifier. */
const isShortPkcs12 = (bytes) => bytes[4] === 2 && bytes[5] === 1 && bytes[6] === 3;
/** The format by the path's extension, which always wins, or by the first four bytes. */
const detectKeystoreFormat = (path, bytes) => {
	const byExtension = extensions.get(extensionOf(path));
	if (byExtension !== void 0) return Result.succeed(byExtension);
	if (bytes.length < 4) return Result.fail("unable to read file: EOF");
	const magic = Buffer.from(bytes.subarray(0, 4)).toString("hex");
	if (magic === "cececece" || magic === "feedfeed") return Result.succeed("JCEKS");
	if (magic === "2d2d2d2d" || magic === "434f4e4e") return Result.succeed("PEM");
	if (magic.startsWith("308203")) return Result.succeed(isShortPkcs12(bytes) ? "PKCS12" : "DER");
	return magic.startsWith("3082") ? Result.succeed("PKCS12") : Result.fail("unable to guess file format");
};
// src/credentials/Keystore.ts
/** Keystore files of every format, as the PEM blocks they amount to. */
const unable = (why) => `unable to read keystore: ${why}`;
/** A reader whose code is loaded when the first such file is there. */
const lazily = (load) => (bytes, password) => Effect.tryPromise({
	try: load,
	catch: String
}).pipe(Effect.flatMap((read) => read(bytes, password)), Effect.mapError(unable));
/** The place for further formats. */
const readers = {
	PEM: (bytes) => Effect.succeed(readPem(bytes)),
	PKCS12: lazily(async () => (await import("./lib-Pkcs12-xau9TuXW.mjs")).readPkcs12),
	JCEKS: lazily(async () => (await import("./lib-Jceks-CqjRe92l.mjs")).readJceks),
	DER: lazily(async () => {
		const { readDerCertificates } = await import("./lib-DerCertificates-Cq8lwttc.mjs");
		return (bytes) => Effect.fromResult(readDerCertificates(bytes));
	})
};
/** The blocks of a keystore file. */
const readKeystore = (path, bytes, password) => Effect.gen(function* () {
	const format = yield* Effect.fromResult(detectKeystoreFormat(path, bytes));
	return yield* Effect.mapError(readers[format](bytes, password), (why) => `failed to parse '${path}': ${why}`);
});
// src/access/EscapedText.ts
/** Text of strangers inside our sentences: no control characters, no unbounded length. */
/** Characters that move the cursor, end a line or reorder what follows. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const escapeOne = (character) => {
	const code = character.codePointAt(0) ?? 0;
	return code <= 65535 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\u{${code.toString(16)}}`;
};
/** The text with everything unprintable written as `\u000a`. */
const escapeControl = (text) => text.replace(unprintable, escapeOne);
/** The escaped text, cut to `limit` characters at most; a cut shows as `..`. */
const bounded = (text, limit) => {
	const escaped = escapeControl(text.length > limit ? text.slice(0, limit) : text);
	return escaped.length < text.length || escaped.length > limit ? `${escaped.slice(0, limit)}..` : escaped;
};
/** At most `count` of these, each of at most 64 characters; the rest is counted. */
const boundedList = (values, count) => {
	const shown = values.slice(0, count).map((value) => bounded(value, 64));
	return values.length > count ? `${shown.join(", ")} and ${values.length - count} more` : shown.join(", ");
};
// src/access/ListSignature.ts
/** Signatures on revocation lists (RFC 5280, section 5.1.1.2). SHA-1 and older hashes are no signatures here. */
const scheme = (key, hash, saltLength = 0) => ({
	key,
	hash,
	saltLength
});
const plain$1 = /* @__PURE__ */ new Map([
	["1.2.840.113549.1.1.11", scheme("rsa", "sha256")],
	["1.2.840.113549.1.1.12", scheme("rsa", "sha384")],
	["1.2.840.113549.1.1.13", scheme("rsa", "sha512")],
	["1.2.840.10045.4.3.2", scheme("ec", "sha256")],
	["1.2.840.10045.4.3.3", scheme("ec", "sha384")],
	["1.2.840.10045.4.3.4", scheme("ec", "sha512")],
	["1.3.101.112", scheme("ed25519", null)]
]);
const hashes = /* @__PURE__ */ new Map([
	["2.16.840.1.101.3.4.2.1", "sha256"],
	["2.16.840.1.101.3.4.2.2", "sha384"],
	["2.16.840.1.101.3.4.2.3", "sha512"]
]);
const hashOf = (node) => hashes.get(oidOf(node?.children[0], "hash algorithm"));
/** Both hashes have to be the same one, as OpenSSL and everybody else write them. The defaults are SHA-1. */
const pssOf = (parameters) => {
	if (parameters === void 0 || !isUniversal(parameters, Tag.sequence)) return void 0;
	const field = (tag) => parameters.children.find((node) => node.tagClass === TagClass.contextSpecific && node.tag === tag)?.children[0];
	const mask = field(1);
	const hash = hashOf(field(0));
	const salt = field(2);
	if (hash === void 0 || mask === void 0 || salt === void 0 || field(3) !== void 0) return void 0;
	if (oidOf(mask.children[0], "mask generation") !== "1.2.840.113549.1.1.8" || hashOf(mask.children[1]) !== hash) return;
	const [length, ...more] = unsignedOf(salt, "salt length");
	return length === void 0 || more.length > 0 ? void 0 : scheme("rsa-pss", hash, length);
};
/** The scheme an algorithm identifier names; undefined for those that are not taken. Throws `Malformed`. */
const signatureScheme = (algorithm) => {
	const [id, parameters] = expectTag(readDer(algorithm), Tag.sequence, "signature algorithm").children;
	const oid = oidOf(id, "signature algorithm");
	return oid === "1.2.840.113549.1.1.10" ? pssOf(parameters) : plain$1.get(oid);
};
/** Whether this key made this signature. A key of another kind did not. */
const isSignedBy = (by, signed, signature, publicKey) => {
	const kind = publicKey.asymmetricKeyType;
	if (kind !== by.key && !(by.key === "rsa-pss" && kind === "rsa")) return false;
	const padding = by.key === "rsa-pss" ? {
		padding: constants.RSA_PKCS1_PSS_PADDING,
		saltLength: by.saltLength
	} : {};
	try {
		return verify(by.hash, signed, {
			key: publicKey,
			...padding
		}, signature);
	} catch {
		return false;
	}
};
// src/access/RevocationList.ts
/**
* A certificate revocation list, read strictly from its DER (RFC 5280, section 5). Only complete lists of one issuer say
* that a certificate is good; partial, indirect and unknown kinds never do. A list as read here is a plain value: whose
* signature it carries is for those to check who know its issuer.
*/
/** A name as names are compared (RFC 5280, section 7.1): whatever its string types, letter case and spacing. */
const comparableName = (name) => name.attributes.map(({ oid, text }) => `${oid}=${text.trim().replace(/\s+/g, " ").toLowerCase()}`).join("\0");
const hex = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
/**
* The serial number of a certificate or an entry, in the shortest form only: one number has one text. Throws `Malformed`.
*/
const serialOf = (node) => {
	const { content } = expectTag(node, Tag.integer, "serial number");
	const [first, second = 0] = content;
	const isPadded = content.length > 1 && (first === 0 ? second < 128 : first === 255 && second >= 128);
	return first === void 0 || isPadded ? malformed("malformed serial number") : hex(content);
};
/** The key identifier in an authority key identifier extension. Throws `Malformed`. */
const authorityKeyId = (extension) => {
	if (extension === void 0) return void 0;
	const id = expectTag(readDer(extension.value), Tag.sequence, "authority key identifier").children.find((field) => field.tagClass === TagClass.contextSpecific && field.tag === 0);
	return id === void 0 ? void 0 : hex(id.content);
};
const oid = {
	keyId: "2.5.29.35",
	issuingDistributionPoint: "2.5.29.28",
	deltaIndicator: "2.5.29.27",
	reason: "2.5.29.21",
	certificateIssuer: "2.5.29.29"
};
/** Those whose meaning is kept, or that change nothing: alternative name, number, fresher lists. */
const understood = /* @__PURE__ */ new Set([
	oid.keyId,
	"2.5.29.18",
	"2.5.29.20",
	"2.5.29.46"
]);
const understoodOfEntries = /* @__PURE__ */ new Set([
	oid.reason,
	"2.5.29.23",
	"2.5.29.24"
]);
const removeFromList = 8;
const readEntry = (raw, entries) => {
	const [serial, date, extensions, ...rest] = expectTag(readDer(raw), Tag.sequence, "entry").children;
	readTime(date);
	const known = extensions === void 0 ? void 0 : readExtensionList(extensions);
	if (rest.length > 0) return malformed("malformed entry");
	for (const [id, { critical }] of known ?? []) if (id === oid.certificateIssuer) entries.indirect = true;
	else if (critical && !understoodOfEntries.has(id)) entries.unknown = id;
	const reason = known?.get(oid.reason);
	if ((reason === void 0 ? 0 : expectTag(readDer(reason.value), Tag.enumerated, "reason").content[0]) !== removeFromList) entries.serials.add(serialOf(serial));
};
const isIndirect = (point) => point !== void 0 && expectTag(readDer(point.value), Tag.sequence, "issuing distribution point").children.some((field) => field.tagClass === TagClass.contextSpecific && field.tag === 4);
const partialBy = (extensions, entries) => {
	if (extensions.has(oid.deltaIndicator)) return "it is a delta of another list";
	if (extensions.has(oid.issuingDistributionPoint)) return "it is a list of some certificates only";
	if (entries.indirect) return "it is a list for other issuers";
	const unknown = [...extensions].find(([id, { critical }]) => critical && !understood.has(id))?.[0] ?? entries.unknown;
	return unknown === void 0 ? void 0 : `it has an unknown critical extension (${bounded(unknown, 64)})`;
};
const isTime = (field) => field !== void 0 && (isUniversal(field, Tag.utcTime) || isUniversal(field, Tag.generalizedTime));
const only = (bytes) => {
	const [element, ...rest] = readElements(bytes);
	return element !== void 0 && rest.length === 0 ? element : malformed("trailing data");
};
const sequence = (element, what) => element !== void 0 && isUniversal(element, Tag.sequence) ? [...readElements(element.content)] : malformed(`malformed ${what}`);
const read$2 = (der) => {
	const [signed, algorithm, signature, ...rest] = sequence(only(der), "revocation list");
	if (signed === void 0 || algorithm === void 0 || signature === void 0 || rest.length > 0) return malformed("malformed revocation list");
	const fields = [...sequence(signed, "revocation list")];
	const next = (wanted) => {
		const [field] = fields;
		return field !== void 0 && wanted(field) ? fields.shift() : void 0;
	};
	const version = next((field) => isUniversal(field, Tag.integer));
	if (version !== void 0 && hex(version.content) !== "01") return malformed("invalid version");
	const inner = next((field) => isUniversal(field, Tag.sequence));
	if (inner === void 0 || hex(inner.raw) !== hex(algorithm.raw)) return malformed("inner and outer signature algorithm identifiers don't match");
	const issuer = next((field) => isUniversal(field, Tag.sequence));
	const thisUpdate = next(isTime);
	const nextUpdate = next(isTime);
	const revoked = next((field) => isUniversal(field, Tag.sequence));
	const tail = next((field) => field.tagClass === TagClass.contextSpecific && field.tag === 0 && field.constructed);
	if (issuer === void 0 || thisUpdate === void 0 || fields.length > 0) return malformed("malformed revocation list");
	if (version === void 0 && tail !== void 0) return malformed("malformed revocation list");
	const scheme = signatureScheme(algorithm.raw);
	if (scheme === void 0) return malformed("its signature algorithm is not accepted");
	const extensions = tail === void 0 ? /* @__PURE__ */ new Map() : readExtensionList(readDer(tail.content));
	const entries = {
		serials: /* @__PURE__ */ new Set(),
		indirect: false,
		unknown: void 0
	};
	if (revoked !== void 0) for (const entry of readElements(revoked.content)) readEntry(entry.raw, entries);
	return {
		issuer: comparableName(readName(readDer(issuer.raw))),
		thisUpdate: readTime(readDer(thisUpdate.raw)).getTime(),
		nextUpdate: nextUpdate === void 0 ? void 0 : readTime(readDer(nextUpdate.raw)).getTime(),
		keyId: authorityKeyId(extensions.get(oid.keyId)),
		serials: entries.serials,
		partial: partialBy(extensions, entries),
		indirect: entries.indirect || isIndirect(extensions.get(oid.issuingDistributionPoint)),
		scheme,
		signed: new Uint8Array(signed.raw),
		signature: new Uint8Array(bitsOf(readDer(signature.raw), "signature"))
	};
};
/** Reads one list. The failure says what is wrong with it. */
const parseRevocationList = (der) => Result.try({
	try: () => read$2(der),
	catch: (cause) => cause instanceof Malformed ? cause.message : "malformed revocation list"
});
// src/credentials/RevocationFiles.ts
/** Reads files of certificate revocation lists: PEM with any number of them, or one in DER. */
const type = "X509 CRL";
const occurrences = (bytes, text) => bytes.toString("latin1").split(text).length - 1;
/** What of a file is a list. A damaged block is a failure: leaving it out would forget whom it revokes. */
const listsIn = (bytes) => {
	const blocks = readPem(bytes).filter((block) => block.type === type);
	if (blocks.length < occurrences(bytes, `-----BEGIN ${type}`)) return Result.fail("a block of it is damaged");
	if (blocks.length > 0) return Result.succeed(blocks.map(({ der }) => der));
	return bytes[0] === 48 ? Result.succeed([bytes]) : Result.fail("it holds none, neither PEM nor DER");
};
const parse$1 = (bytes) => Result.flatMap(listsIn(bytes), (lists) => Result.mapError(Result.all(lists.map(parseRevocationList)), (why) => `unusable revocation list: ${why}`));
/** Every list of the files, in order. The failure names the file. */
const readRevocationLists = (paths) => Result.map(Result.all(paths.map((path) => Result.flatMap(Result.mapError(readCredentialFile(path), (why) => `loading revocation lists: ${why}`), (bytes) => Result.mapError(parse$1(bytes), (why) => `loading revocation lists: ${path}: ${why}`)))), (lists) => lists.flat());
// src/credentials/SecretFile.ts
/** Secrets in files of their own, so that no process list and no environment shows them. */
/** No password is longer, in bytes. */
const sizeLimit = 4096;
const decode$2 = (bytes) => {
	if (bytes.length > sizeLimit) return Result.fail(`file is larger than ${sizeLimit} bytes, which no password is`);
	return Result.try({
		try: () => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
		catch: () => "file is not UTF-8 text"
	});
};
/**
* Reads the secret at a path, or that of `credential:NAME`. One line break at the end is no part of it. The failure says
* which of them and why.
*/
const readSecretFile = (what, text, environment) => Result.gen(function* () {
	const path = yield* resolveSecretPath(text, environment);
	const secret = yield* Result.flatMap(readCredentialFile(path), decode$2);
	return {
		secret: Redacted.make(secret.replace(/\r?\n$/, "")),
		isExposed: isReadableByAll(path)
	};
}).pipe(Result.mapError((why) => `reading ${what} file "${text}": ${why}`));
// src/credentials/TrustStore.ts
/** Trust anchors: a CA bundle, or the system's roots (contract: credentials, section 2.1). */
const rootFiles = [
	"/etc/ssl/certs/ca-certificates.crt",
	"/etc/pki/tls/certs/ca-bundle.crt",
	"/etc/ssl/ca-bundle.pem",
	"/etc/pki/tls/cacert.pem",
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
	"/etc/ssl/cert.pem"
];
const rootDirectories = ["/etc/ssl/certs", "/etc/pki/tls/certs"];
/** Whether OpenSSL reads it as a certificate and as nothing more. */
const isCertificate = (der) => {
	const parsed = Result.try(() => new X509Certificate(der));
	return Result.isSuccess(parsed) && parsed.success.raw.length === der.length;
};
/** Adds what a bundle holds: blocks of type CERTIFICATE without headers that parse; the rest is skipped. */
const addAnchors = (anchors, bundle) => {
	for (const { type, headers, der } of readPem(bundle)) {
		if (type !== "CERTIFICATE" || headers.size > 0) continue;
		const id = hash("sha256", der, "base64");
		if (!anchors.has(id) && isCertificate(der)) anchors.set(id, writePem("CERTIFICATE", der));
	}
};
/** The anchors of a bundle; none is a failure. */
const parseCaBundle = (bundle) => {
	const anchors = /* @__PURE__ */ new Map();
	addAnchors(anchors, bundle);
	return anchors.size === 0 ? Result.fail("unable to read certificates from CA bundle") : Result.succeed([...anchors.values()]);
};
/** Reads a bundle file. */
const readCaBundle = (path) => Result.mapError(Result.flatMap(readCredentialFile(path), parseCaBundle), (why) => `loading trust store: ${why}`);
/** Links within the directory name files that are listed anyway. */
const filesIn = (directory) => {
	const listed = Result.try(() => readdirSync(directory, { withFileTypes: true }));
	if (Result.isFailure(listed)) return [];
	const isDouble = (path) => Result.getOrElse(Result.try(() => !readlinkSync(path).includes("/")), () => true);
	return listed.success.map((entry) => ({
		entry,
		path: join(directory, entry.name)
	})).filter(({ entry, path }) => entry.isFile() || entry.isSymbolicLink() && !isDouble(path)).map(({ path }) => path);
};
/**
* The system's roots: the first bundle file that exists and every file of the directories. Having none is no failure:
* nobody is trusted then.
*/
const readSystemRoots = (environment) => {
	const anchors = /* @__PURE__ */ new Map();
	const file = environment.SSL_CERT_FILE || void 0;
	const directories = environment.SSL_CERT_DIR || void 0;
	for (const path of file === void 0 ? rootFiles : [file]) {
		const bundle = readCredentialFile(path);
		if (Result.isFailure(bundle)) continue;
		addAnchors(anchors, bundle.success);
		break;
	}
	for (const path of (directories?.split(":") ?? rootDirectories).flatMap(filesIn)) {
		const bundle = readCredentialFile(path);
		if (Result.isSuccess(bundle)) addAnchors(anchors, bundle.success);
	}
	return [...anchors.values()];
};
// src/credentials/Credentials.ts
/**
* The tunnel's own certificate and the authorities it trusts: loaded when the layer is built, replaced as a whole by every
* reload that succeeds, untouched by one that fails (contract: credentials, sections 1 to 2.3).
*/
var Credentials = class Credentials extends Context.Service()("ghostunnel/Credentials") {
	/**
	* Loads from files. Without a CA bundle the system's roots are trusted, which are read once and never again.
	*/
	static layer = (source, caBundlePath, environment = process.env, more = {}) => Layer.effect(Credentials, Effect.gen(function* () {
		let systemRoots;
		const readAnchors = () => {
			if (caBundlePath !== void 0) return readCaBundle(caBundlePath);
			systemRoots ??= readSystemRoots(environment);
			return Result.succeed(systemRoots);
		};
		const paths = filesOf(source, caBundlePath, more.revocation, environment);
		let read = "";
		let warned = false;
		const passwordOf = (from) => Result.map(readPassword(from, environment), ({ password, exposed }) => {
			if (exposed !== void 0 && !warned) {
				warned = true;
				more.warn?.(`warning: the permissions of the password file "${exposed}" let every user read it`);
			}
			return password;
		});
		const load = (generation) => Effect.gen(function* () {
			read = stateSync(paths);
			const pair = yield* readKeyPair(source, passwordOf);
			const anchors = yield* Effect.fromResult(readAnchors());
			return toMaterial(generation, pair, anchors, yield* Effect.fromResult(readRevocation(more.revocation)));
		}).pipe(Effect.mapError((message) => new CredentialError({ message })));
		let current = yield* load(1);
		const turn = yield* Semaphore.make(1);
		return {
			current: () => current,
			reload: Effect.suspend(() => load(current.generation + 1)).pipe(Effect.tap((material) => Effect.sync(() => {
				current = material;
			})), turn.withPermit, Effect.withSpan("Credentials.reload")),
			files: {
				now: Effect.promise(() => state(paths)),
				read: () => read
			}
		};
	}));
};
/** The log line that names the source. */
const certificateSourceLine = (source) => {
	switch (source._tag) {
		case "KeyPair": return "using cert/key files on disk as certificate source";
		case "Keystore": return "using keystore file on disk as certificate source";
		case "None": return "no cert source configured -- running without certificate";
	}
};
/** Every file that a reload reads. */
const filesOf = (source, caBundlePath, revocation, environment) => {
	const anchors = [...caBundlePath === void 0 ? [] : [caBundlePath], ...revocation?.listPaths ?? []];
	if (source._tag === "None") return anchors;
	const password = source.passwordPath === void 0 ? [] : [Result.getOrElse(resolveSecretPath(source.passwordPath, environment), () => "")];
	return source._tag === "KeyPair" ? [
		source.certificatePath,
		source.keyPath,
		...password,
		...anchors
	] : [
		source.path,
		...password,
		...anchors
	];
};
const readRevocation = (config) => config === void 0 ? Result.succeed(void 0) : Result.map(readRevocationLists(config.listPaths), (lists) => ({
	lists,
	mode: config.mode
}));
const toMaterial = (generation, pair, trustAnchors, revocation) => ({
	generation,
	identity: pair === void 0 ? void 0 : {
		chainPem: pair.chainPem,
		keyPem: pair.keyPem
	},
	subject: pair === void 0 ? "" : subjectName(pair.leaf.subject),
	trustAnchors,
	...revocation === void 0 ? {} : { revocation }
});
const readFile$1 = (what, path) => Result.mapError(readCredentialFile(path), (why) => `reading ${what} file "${path}": ${why}`);
const naming = (path) => (why) => `reading certificate file "${path}": ${why}`;
/** The password of a source; `exposed` names the file of one that any user can read. */
const readPassword = ({ password, passwordPath }, environment) => {
	if (passwordPath === void 0) return Result.succeed({
		password,
		exposed: void 0
	});
	if (password !== void 0) return Result.fail("both a password and a password file are given: choose one");
	return Result.map(readSecretFile("password", passwordPath, environment), ({ secret, isExposed }) => ({
		password: secret,
		exposed: isExposed ? passwordPath : void 0
	}));
};
const readKeyPair = Effect.fnUntraced(function* (source, passwordOf) {
	switch (source._tag) {
		case "None": return;
		case "KeyPair": {
			const certificate = yield* Effect.fromResult(readFile$1("certificate", source.certificatePath));
			const key = yield* Effect.fromResult(readFile$1("private key", source.keyPath));
			const password = yield* Effect.fromResult(passwordOf(source));
			return yield* pairOf(source.certificatePath, [...readPem(certificate), ...readPem(key)], password);
		}
		case "Keystore": {
			const bytes = yield* Effect.fromResult(readFile$1("certificate", source.path));
			const password = yield* Effect.fromResult(passwordOf(source));
			const blocks = yield* readKeystore(source.path, bytes, password).pipe(Effect.mapError(naming(source.path)));
			return yield* pairOf(source.path, blocks, password);
		}
	}
});
const pairOf = Effect.fnUntraced(function* (path, blocks, password) {
	if (blocks.length === 0) return yield* Effect.mapError(Effect.fromResult(keyPairFromBlocks(blocks)), naming(path));
	const isSealed = blocks.some((block) => isKey(block) && isEncrypted(block));
	if (password === void 0 || !isSealed) return yield* Effect.fromResult(keyPairFromBlocks(blocks));
	const { openEncryptedKey } = yield* Effect.tryPromise({
		try: () => import("./lib-EncryptedKey-D_Z3PvNt.mjs"),
		catch: String
	});
	const opened = yield* openEncryptedKey(blocks, password);
	return yield* Effect.fromResult(keyPairFromBlocks(opened.blocks, opened.sealed));
});
// src/profiling/MainThread.ts
/** The thread that everything but connections runs on, and its fibers. */
/** The main thread as profiles see it; undefined where none were asked for. */
const MainThread = Context.Reference("ghostunnel/profiling/MainThread", { defaultValue: () => void 0 });
/** The main thread measures itself from here on, and fibers below it are seen: provide it outermost. */
const layer$3 = Layer.unwrap(Effect.gen(function* () {
	const { start } = yield* Effect.promise(() => import("./lib-ThreadProfiler-PqGamoF6.mjs"));
	const main = yield* Effect.acquireRelease(Effect.promise(() => start("main")), ({ close }) => Effect.sync(close));
	return Layer.merge(Layer.succeed(Scheduler.Scheduler, main.watch), Layer.succeed(MainThread, main));
}));
// src/proxy/Plan.ts
/** From a configuration to plain values and numbers, as every thread takes them. */
/** The proxy to connect through; one that could never be asked for the target is refused here, not per connection. */
const upstreamOf = (config, target) => {
	if (config.mode === "server" || config.proxyUrl === void 0) return Result.succeed(void 0);
	const proxy = Result.flatMap(parseProxyUrl(Redacted.value(config.proxyUrl)), (parsed) => target._tag === "Unix" ? Result.fail("proxy: the target is a UNIX socket") : Result.map(negotiationWith(parsed, target), () => parsed));
	return Result.mapError(proxy, (why) => startError(`error configuring proxy: ${why}`, `error: error configuring proxy: ${why}`, `error: unable to build dialer: error configuring proxy: ${why}`));
};
/** The plan that a configuration describes, or what is wrong with it. */
const planOf = (config) => {
	const { target } = config;
	if (target._tag !== "Tcp" && target._tag !== "Unix") {
		const message = `invalid --target network "${network(target)}"`;
		return Result.fail(startError(message, `error: ${message}`));
	}
	const serverName = config.mode === "client" ? config.serverName ?? (target._tag === "Tcp" ? target.host : "") : "";
	if (config.mode === "client" && serverName === "" && target._tag === "Unix" && config.access._tag !== "Pins") {
		const message = "the target is a UNIX socket: without a server name there is nothing to verify its certificate by";
		return Result.fail(startError(message, `error: ${message}`));
	}
	const upstream = upstreamOf(config, target);
	if (Result.isFailure(upstream)) return Result.fail(upstream.failure);
	return Result.succeed({
		mode: config.mode,
		listen: config.listen,
		inheritedFd: void 0,
		target,
		upstream: upstream.success,
		proxyProtocol: config.mode === "server" ? config.proxyProtocol : void 0,
		tls: config.tls,
		access: config.access,
		serverName,
		connectTimeout: Duration.toMillis(config.connectTimeout),
		closeTimeout: Duration.toMillis(config.closeTimeout),
		lifetime: Duration.toMillis(config.maxConnectionLifetime),
		profiled: config.status?.enableProfiling
	});
};
// src/runtime/FileWatch.ts
/** Asks for a reload when files have changed. Looks at them at intervals: no kind of link, mount or rename escapes that. */
const interval = Duration.millis(500);
/** A change counts once the files have held still for so long, .. */
const quiet = Duration.millis(250);
/** .. or have been restless for so many times as long. */
const patience$1 = 4;
const settled = Effect.fnUntraced(function* (files) {
	let last = yield* files.now;
	for (let round = 0; round < patience$1 && last !== files.read(); round++) {
		yield* Effect.sleep(quiet);
		const next = yield* files.now;
		if (next === last) return;
		last = next;
	}
});
/** Watches while its scope is open; a change is asked for within two seconds, and those that come together only once. */
const layer$2 = (files) => Layer.effectDiscard(Effect.gen(function* () {
	const { reloads } = yield* Lifecycle;
	const look = Effect.gen(function* () {
		yield* Effect.sleep(interval);
		if ((yield* files.now) === files.read()) return;
		yield* settled(files);
		if ((yield* files.now) !== files.read() && Queue.sizeUnsafe(reloads) === 0) Queue.offerUnsafe(reloads, { _tag: "FilesChanged" });
	});
	yield* Effect.forkScoped(Effect.forever(look));
}));
// src/runtime/native/LibC.ts
/**
* What we call of libc: every signature, layout and constant in one place (Linux on x86-64 and arm64, glibc or musl).
* The calls are synchronous and nothing here hands out an address: C sees a buffer only while its own call lasts.
*/
const i32 = "i32";
const u64 = "u64";
const buffer = "buffer";
const signatures = {
	__errno_location: {
		arguments: [],
		return: "pointer"
	},
	socket: {
		arguments: [
			i32,
			i32,
			i32
		],
		return: i32
	},
	connect: {
		arguments: [
			i32,
			buffer,
			"u32"
		],
		return: i32
	},
	send: {
		arguments: [
			i32,
			buffer,
			u64,
			i32
		],
		return: "i64"
	},
	close: {
		arguments: [i32],
		return: i32
	},
	setsockopt: {
		arguments: [
			i32,
			i32,
			i32,
			buffer,
			"u32"
		],
		return: i32
	},
	getsockopt: {
		arguments: [
			i32,
			i32,
			i32,
			buffer,
			buffer
		],
		return: i32
	},
	fcntl: {
		arguments: [
			i32,
			i32,
			u64
		],
		return: i32
	},
	prctl: {
		arguments: [
			i32,
			u64,
			u64,
			u64,
			u64
		],
		return: i32
	},
	getaddrinfo: {
		arguments: [
			buffer,
			"pointer",
			buffer,
			buffer
		],
		return: i32
	},
	freeaddrinfo: {
		arguments: ["pointer"],
		return: "void"
	},
	getnameinfo: {
		arguments: [
			"pointer",
			"u32",
			buffer,
			"u32",
			"pointer",
			"u32",
			i32
		],
		return: i32
	}
};
const plainSyscall = { syscall: {
	arguments: [
		"i64",
		u64,
		u64,
		u64
	],
	return: "i64"
} };
const createSyscall = { syscall: {
	arguments: [
		"i64",
		buffer,
		u64,
		u64
	],
	return: "i64"
} };
const addSyscall = { syscall: {
	arguments: [
		"i64",
		u64,
		u64,
		buffer,
		u64
	],
	return: "i64"
} };
/**
* Constants of `<sys/socket.h>`, `<fcntl.h>`, `<sys/prctl.h>` and `<linux/landlock.h>`, the same on x86-64 and arm64.
*/
const Constant = {
	AF_UNIX: 1,
	AF_INET: 2,
	AF_INET6: 10,
	SOCK_STREAM: 1,
	SOCK_DGRAM: 2,
	SOCK_CLOEXEC: 524288,
	SOL_SOCKET: 1,
	SO_TYPE: 3,
	SO_SNDTIMEO: 21,
	SO_ACCEPTCONN: 30,
	SO_DOMAIN: 39,
	MSG_NOSIGNAL: 16384,
	F_GETFD: 1,
	F_DUPFD_CLOEXEC: 1030,
	F_SETFD: 2,
	FD_CLOEXEC: 1,
	PR_SET_NO_NEW_PRIVS: 38,
	SYS_landlock_create_ruleset: 444n,
	SYS_landlock_add_rule: 445n,
	SYS_landlock_restrict_self: 446n,
	LANDLOCK_CREATE_RULESET_VERSION: 1n,
	LANDLOCK_RULE_PATH_BENEATH: 1n,
	LANDLOCK_RULE_NET_PORT: 2n,
	NI_NUMERICHOST: 1,
	EINTR: 4,
	EBADF: 9,
	ENAMETOOLONG: 36,
	ENOSYS: 38
};
/** Zeroed memory of which the garbage collector moves nothing. */
const offHeap = (bytes) => Buffer.from(new ArrayBuffer(bytes));
const open = (ffi) => {
	const load = (definitions) => new ffi.DynamicLibrary(null).getFunctions(definitions);
	const functions = load(signatures);
	const errnoAt = functions.__errno_location();
	return {
		...functions,
		syscall: load(plainSyscall).syscall,
		syscallCreate: load(createSyscall).syscall,
		syscallAdd: load(addSyscall).syscall,
		/**
		* The entries of a list that `getaddrinfo` made (`struct addrinfo` of 64-bit Linux), to be read before it is freed.
		*/
		addresses: (list) => {
			const found = [];
			for (let entry = list; entry !== 0n; entry = ffi.getUint64(entry, 40)) {
				const [length, address] = [ffi.getUint32(entry, 16), ffi.getUint64(entry, 24)];
				const numeric = () => {
					const text = offHeap(64);
					return functions.getnameinfo(address, length, text, text.length, 0n, 0, Constant.NI_NUMERICHOST) === 0 ? text.toString("latin1", 0, text.indexOf(0)) : void 0;
				};
				found.push({
					family: ffi.getInt32(entry, 4),
					numeric
				});
			}
			return found;
		},
		/** The error of the call just made on this thread; only to be asked after a result that says there was one. */
		errno: () => ffi.getInt32(errnoAt)
	};
};
/**
* libc as this process has it, or undefined where it cannot be called: another platform, a Node without FFI, a denial.
*/
const loadLibC = () => {
	if (process.platform !== "linux" || process.arch !== "x64" && process.arch !== "arm64") return void 0;
	try {
		const ffi = loadFfi();
		if (ffi === void 0) return void 0;
		const libc = open(ffi);
		return libc.fcntl(-1, Constant.F_GETFD, 0n) === -1 && libc.errno() === Constant.EBADF ? libc : void 0;
	} catch {
		return;
	}
};
// src/runtime/Native.ts
/**
* The system calls that Node has no API for, through `node:ffi`: UNIX datagrams (contract: command line, sections 5.6
* and 6.5), facts of inherited sockets (4.2) and Landlock (7). Where FFI is missing every call fails with ENOSYS.
*/
/** libc, for the parts of the contract that Node has no API for (command line, sections 4.2, 5.6, 6.5 and 7). */
var Native = class Native extends Context.Service()("ghostunnel/Native") {
	/** libc where it can be called, else the same as `layerNull`. Never warns on stderr. */
	static layer = Layer.sync(Native, () => loadNative());
	/** Every call fails. */
	static layerNull = Layer.sync(Native, () => nullCalls);
};
/** Says what failed in the system's words. */
const describe = (error) => `${error.call}: ${getSystemErrorMessage(-error.errno)}`;
/** The calls of this thread, without a layer: for what runs before Effect does. */
const loadNative = () => {
	const libc = loadLibC();
	return libc === void 0 ? nullCalls : calls(libc);
};
const failed = (call, errno) => Result.fail({
	_tag: "NativeError",
	call,
	errno
});
const missing = (call) => () => failed(call, Constant.ENOSYS);
const nullCalls = {
	available: false,
	connectUnix: missing("connect"),
	send: missing("send"),
	close: () => {},
	sendDatagram: missing("send"),
	socketFacts: missing("getsockopt"),
	setCloseOnExec: missing("fcntl"),
	duplicate: missing("fcntl"),
	setNoNewPrivileges: missing("prctl"),
	lookup: missing("getaddrinfo"),
	landlock: {
		abi: missing("landlock_create_ruleset"),
		createRuleset: missing("landlock_create_ruleset"),
		allowPath: missing("landlock_add_rule"),
		allowPort: missing("landlock_add_rule"),
		restrictSelf: missing("landlock_restrict_self")
	}
};
/** `struct sockaddr_un` for a path or an abstract name, or undefined when it does not fit. */
const unixAddress = (path) => {
	const abstract = path.startsWith("@");
	const name = Buffer.from(abstract ? `\0${path.slice(1)}` : path);
	if (name.length === 0 || name.length > 107 || !abstract && name.includes(0)) return void 0;
	const address = offHeap(2 + name.length + (abstract ? 0 : 1));
	address.writeUInt16LE(Constant.AF_UNIX, 0);
	name.copy(address, 2);
	return address;
};
const calls = (libc) => {
	/** The outcome of a call that returns a negative number when it fails. */
	const checked = (call, result) => result < 0 ? failed(call, libc.errno()) : Result.succeed(result);
	const done = (call, result) => result < 0 ? failed(call, libc.errno()) : Result.succeed(void 0);
	const option = (fd, name) => {
		const value = offHeap(4);
		const length = offHeap(4);
		length.writeUInt32LE(4);
		const result = libc.getsockopt(fd, Constant.SOL_SOCKET, name, value, length);
		return Result.map(checked("getsockopt", result), () => value.readInt32LE());
	};
	const connectUnix = (path, type, timeout) => {
		const address = unixAddress(path);
		if (address === void 0) return failed("connect", Constant.ENAMETOOLONG);
		const kind = type === "stream" ? Constant.SOCK_STREAM : Constant.SOCK_DGRAM;
		return Result.flatMap(checked("socket", libc.socket(Constant.AF_UNIX, kind | Constant.SOCK_CLOEXEC, 0)), (fd) => {
			const limit = offHeap(16);
			limit.writeBigInt64LE(BigInt(Math.floor(timeout / 1e3)), 0);
			limit.writeBigInt64LE(BigInt(Math.floor(timeout % 1e3 * 1e3)), 8);
			libc.setsockopt(fd, Constant.SOL_SOCKET, Constant.SO_SNDTIMEO, limit, limit.length);
			const connected = done("connect", libc.connect(fd, address, address.length));
			if (Result.isFailure(connected)) libc.close(fd);
			return Result.map(connected, () => fd);
		});
	};
	const send = (fd, bytes) => {
		const copy = offHeap(bytes.length);
		copy.set(bytes);
		const once = () => checked("send", Number(libc.send(fd, copy, BigInt(copy.length), Constant.MSG_NOSIGNAL)));
		const sent = once();
		return Result.isFailure(sent) && sent.failure.errno === Constant.EINTR ? once() : sent;
	};
	return {
		available: true,
		connectUnix,
		send,
		close: (fd) => void libc.close(fd),
		sendDatagram: (path, bytes) => Result.flatMap(connectUnix(path, "datagram", NOTIFY_PATIENCE), (fd) => {
			const sent = send(fd, bytes);
			libc.close(fd);
			return Result.map(sent, () => void 0);
		}),
		socketFacts: (fd) => Result.gen(function* () {
			const family = yield* option(fd, Constant.SO_DOMAIN);
			const type = yield* option(fd, Constant.SO_TYPE);
			const accepts = yield* option(fd, Constant.SO_ACCEPTCONN);
			return {
				family: familyName(family),
				stream: type === Constant.SOCK_STREAM,
				listening: accepts === 1
			};
		}),
		setCloseOnExec: (fd) => done("fcntl", libc.fcntl(fd, Constant.F_SETFD, BigInt(Constant.FD_CLOEXEC))),
		duplicate: (fd) => checked("fcntl", libc.fcntl(fd, Constant.F_DUPFD_CLOEXEC, 3n)),
		setNoNewPrivileges: () => done("prctl", libc.prctl(Constant.PR_SET_NO_NEW_PRIVS, 1n, 0n, 0n, 0n)),
		lookup: (host) => lookup(libc, host),
		landlock: landlockCalls(libc, checked, done)
	};
};
/** How long a datagram waits for room at the service manager. */
const NOTIFY_PATIENCE = 250;
const familyName = (family) => family === Constant.AF_INET ? "inet" : family === Constant.AF_INET6 ? "inet6" : family === Constant.AF_UNIX ? "unix" : "other";
const lookup = (libc, host) => {
	const hints = offHeap(48);
	hints.writeInt32LE(Constant.SOCK_STREAM, 8);
	const list = offHeap(8);
	if (libc.getaddrinfo(Buffer.concat([Buffer.from(host), offHeap(1)]), 0n, hints, list) !== 0) return Result.succeed(void 0);
	const head = list.readBigUInt64LE();
	const addresses = libc.addresses(head);
	const text = (addresses.find(({ family }) => family === Constant.AF_INET) ?? addresses[0])?.numeric();
	libc.freeaddrinfo(head);
	return Result.succeed(text);
};
const landlockCalls = (libc, checked, done) => {
	const create = "landlock_create_ruleset";
	const addRule = (ruleset, type, rule) => done("landlock_add_rule", Number(libc.syscallAdd(Constant.SYS_landlock_add_rule, BigInt(ruleset), type, rule, 0n)));
	return {
		abi: () => checked(create, Number(libc.syscall(Constant.SYS_landlock_create_ruleset, 0n, 0n, Constant.LANDLOCK_CREATE_RULESET_VERSION))),
		createRuleset: ({ fs, net }) => {
			const attributes = offHeap(net === 0 ? 8 : 16);
			attributes.writeBigUInt64LE(BigInt(fs), 0);
			if (net !== 0) attributes.writeBigUInt64LE(BigInt(net), 8);
			const size = BigInt(attributes.length);
			return checked(create, Number(libc.syscallCreate(Constant.SYS_landlock_create_ruleset, attributes, size, 0n)));
		},
		allowPath: (ruleset, rights, fd) => {
			const rule = offHeap(12);
			rule.writeBigUInt64LE(BigInt(rights), 0);
			rule.writeInt32LE(fd, 8);
			return addRule(ruleset, Constant.LANDLOCK_RULE_PATH_BENEATH, rule);
		},
		allowPort: (ruleset, rights, port) => {
			const rule = offHeap(16);
			rule.writeBigUInt64LE(BigInt(rights), 0);
			rule.writeBigUInt64LE(BigInt(port), 8);
			return addRule(ruleset, Constant.LANDLOCK_RULE_NET_PORT, rule);
		},
		restrictSelf: (ruleset, flags) => done("landlock_restrict_self", Number(libc.syscall(Constant.SYS_landlock_restrict_self, BigInt(ruleset), BigInt(flags), 0n)))
	};
};
// src/runtime/InheritedSockets.ts
/** Sockets that systemd opened for us (contract: command line, section 4.2): taken by name, looked at once. */
/** The listeners that systemd handed over (contract: command line, section 4.2). */
var InheritedSockets = class InheritedSockets extends Context.Service()("ghostunnel/InheritedSockets") {
	/**
	* Listeners of this process; reads the environment when it is first asked, removes its three variables, marks every
	* descriptor close-on-exec. What is no stream listener is passed over.
	*/
	static layer = (env = process.env, pid = process.pid) => Layer.effect(InheritedSockets, Effect.map(Native, (native) => {
		let listeners;
		return {
			duplicate: (fd) => Result.mapError(native.duplicate(fd), ({ errno }) => `cannot duplicate descriptor ${fd} (errno ${errno})`),
			take: (name) => {
				if (process.platform !== "linux") return Result.fail("systemd socket activation is only supported on linux");
				listeners ??= claim(env, pid, native);
				return choose(listeners, name);
			}
		};
	}));
	/** No socket was inherited. */
	static layerNone = Layer.succeed(InheritedSockets, {
		duplicate: (fd) => Result.fail(`descriptor ${fd} was not inherited`),
		take: (name) => choose([], name)
	});
};
const FIRST_FD = 3;
/** More descriptors than any service has: a bound on how many are looked at. */
const MOST_FDS = 4096;
const wholeNumber$1 = (text) => text !== void 0 && /^[+-]?\d{1,15}$/.test(text) ? Number(text) : void 0;
/** What the three variables promise to process `pid`; nothing when they are for another one or make no sense. Pure. */
const parseListenFds = (env, pid) => {
	const count = wholeNumber$1(env.LISTEN_FDS) ?? 0;
	if (wholeNumber$1(env.LISTEN_PID) !== pid || count <= 0) return [];
	const names = (env.LISTEN_FDNAMES ?? "").split(":");
	return Array.from({ length: Math.min(count, MOST_FDS) }, (_, index) => {
		const fd = FIRST_FD + index;
		const name = names[index] ?? "";
		return {
			fd,
			name: name === "" ? `LISTEN_FD_${fd}` : name
		};
	});
};
/** Exactly one listener of a name, or the contract's sentence. Pure. */
const choose = (listeners, name) => {
	const [first, ...others] = listeners.filter((listener) => listener.name === name);
	if (first === void 0) return Result.fail(`expected listener with name ${name}, but found none`);
	return others.length === 0 ? Result.succeed(first.fd) : Result.fail(`expected exactly 1 listening socket configured in systemd for name ${name}, found ${others.length + 1}`);
};
const isSocket = (fd) => {
	try {
		return fstatSync(fd).isSocket();
	} catch {
		return false;
	}
};
const isListener = (native, fd) => {
	if (!isSocket(fd)) return false;
	const facts = native.socketFacts(fd);
	if (Result.isFailure(facts)) return !native.available;
	return facts.success.stream && facts.success.listening;
};
const claim = (env, pid, native) => {
	const promised = parseListenFds(env, pid);
	for (const variable of [
		"LISTEN_PID",
		"LISTEN_FDS",
		"LISTEN_FDNAMES"
	]) delete env[variable];
	for (const { fd } of promised) native.setCloseOnExec(fd);
	return promised.filter(({ fd }) => isListener(native, fd));
};
// src/runtime/ServiceNotify.ts
/** Tells the service manager what the tunnel does (contract: command line, section 5.6): systemd's notify protocol. */
/** The way to the service manager (contract: command line, section 5.6). */
var ServiceNotify = class ServiceNotify extends Context.Service()("ghostunnel/ServiceNotify") {
	/** Sends to `NOTIFY_SOCKET`: itself where libc can be called, else by `systemd-notify`. Says nothing without one. */
	static layer = (env = process.env) => Layer.unwrap(Effect.map(Native, (native) => {
		const socket = env.NOTIFY_SOCKET ?? "";
		if (socket === "" || process.platform !== "linux") return ServiceNotify.layerNone;
		return layerOf(native.available ? direct(native, socket) : spawned(env));
	}));
	/** Nobody wants to know. For embedding and tests. */
	static layerNone = Layer.succeed(ServiceNotify, { send: () => Effect.void });
};
const layerOf = (send) => Layer.sync(ServiceNotify, () => {
	const turn = Semaphore.makeUnsafe(1);
	return { send: (datagrams) => turn.withPermits(1)(Effect.suspend(() => Effect.forEach(datagrams(), send, { discard: true }))) };
});
const direct = (native, socket) => (datagram) => Effect.sync(() => void native.sendDatagram(socket, Buffer.from(datagram)));
/** `systemd-notify` waits for the manager to have read; a manager that does not read must not hold us up. */
const PATIENCE = 2e3;
const spawned = (env) => (datagram) => Effect.callback((resume) => {
	const done = () => resume(Effect.void);
	spawn("systemd-notify", datagram.split("\n"), {
		env,
		stdio: "ignore",
		timeout: PATIENCE
	}).once("error", done).once("exit", done);
});
/** CLOCK_MONOTONIC in microseconds: Node's clock is that one. */
const monotonicMicros = () => process.hrtime.bigint() / 1000n;
/** What one moment sends, in order (contract: command line, section 5.6). Pure. */
const datagrams = (state, facts, monotonic) => {
	const status = (word) => `STATUS=${word} | ${facts.mode} proxying ${facts.listen} => ${facts.target}`;
	if (state.stopping) return ["STOPPING=1", status("stopping")];
	if (state.reloading) return [`RELOADING=1\nMONOTONIC_USEC=${monotonic()}`, status("reloading")];
	return state.listening ? ["READY=1", status("listening")] : [];
};
/**
* The same status, whose every change is told before it completes (contract: command line, sections 5.3, 5.4 and 5.6).
* Each one looks at the state in its turn, so a change that a shutdown overtook says nothing any more, and STOPPING is
* said once and last.
*/
const observed = Effect.fnUntraced(function* (status, facts) {
	const notify = yield* ServiceNotify;
	let stopped = false;
	const tell = notify.send(() => {
		const state = SubscriptionRef.getUnsafe(status.state);
		if (stopped) return [];
		stopped = state.stopping;
		return datagrams(state, facts, monotonicMicros);
	});
	const told = (change) => Effect.andThen(change, tell);
	return {
		state: status.state,
		listening: told(status.listening),
		reloading: told(status.reloading),
		reloaded: told(status.reloaded),
		stopping: told(status.stopping)
	};
});
// src/runtime/Watchdog.ts
/** Keeps systemd's watchdog quiet (contract: command line, section 5.6): `WATCHDOG=1` at half its interval. */
const wholeNumber = (text) => /^[+-]?\d{1,15}$/.test(text) ? Number(text) : void 0;
/**
* How often to report (contract: command line, section 5.6): half of `WATCHDOG_USEC`, though not more often than each
* millisecond. Undefined when there is no watchdog, when it is another process's, or when the variables are junk. Pure.
*/
const watchdogInterval = (env, pid) => {
	const micros = wholeNumber(env.WATCHDOG_USEC ?? "") ?? 0;
	const owner = env.WATCHDOG_PID ?? "";
	if (micros <= 0 || owner !== "" && wholeNumber(owner) !== pid) return void 0;
	return Duration.millis(Math.max(1, micros / 2e3));
};
/**
* Reports until it is interrupted, first after one interval, whatever the tunnel does; ends at once without a watchdog.
* To be forked where it outlives the drain.
*/
const watch = Effect.fnUntraced(function* (env = process.env, pid = process.pid) {
	const notify = yield* ServiceNotify;
	const interval = watchdogInterval(env, pid);
	if (interval === void 0) return;
	yield* notify.send(() => ["WATCHDOG=1"]).pipe(Effect.repeat(Schedule.fixed(interval)), Effect.delay(interval), Effect.asVoid);
});
// src/transport/TransportChoice.ts
/** What `auto` means on x86-64; elsewhere the native transport is only known to compile. */
const automatic = "node";
/** Decides. The native transport has to pass its self-test first. */
const chooseTransport = async (wish) => {
	const name = wish !== "auto" ? wish : process.arch === "x64" ? automatic : "node";
	if (name === "node") return {
		name,
		instead: void 0
	};
	const { selfTest } = await import("./lib-SelfTest-DiFg19h4.mjs");
	const problem = selfTest();
	return problem === void 0 ? {
		name,
		instead: void 0
	} : {
		name: "node",
		instead: problem
	};
};
/** The layer of that name. */
const loadTransport = async (name) => name === "native" ? (await import("./lib-NativeTransport-CkxjzXxT.mjs")).layer : (await import("./lib-NodeTransport-B6A-LVa4.mjs")).layer;
// src/tunnel/Addresses.ts
/** What a tunnel's addresses need before anything listens: sockets that were handed over, names that mean something. */
/** The descriptor that stands in for an address; none where the address is bound. */
const inherited = Effect.fnUntraced(function* (address, failed) {
	if (address._tag === "Launchd") return yield* failed(`launchd socket activation is ${process.platform === "darwin" ? "not supported yet" : "only supported on darwin"}`);
	if (address._tag !== "Systemd") return void 0;
	const taken = (yield* InheritedSockets).take(address.name);
	return Result.isFailure(taken) ? yield* failed(taken.failure) : taken.success;
});
/** The target's name must mean something at start; every dial looks it up again. */
const resolveTarget = (config) => {
	const { target } = config;
	const proxied = config.mode === "client" && config.proxyUrl !== void 0;
	if (!config.resolveTarget || proxied || target._tag !== "Tcp" || target.host === "") return Effect.void;
	return Effect.tryPromise({
		try: () => Dns.lookup(target.host),
		catch: () => {
			const message = `lookup ${target.host}: no such host`;
			return startError(message, `error: invalid target address: ${message}`);
		}
	});
};
// src/config/SpkiPin.ts
/** Pins of public keys as text, with the sentences that refuse bad ones (contract: credentials, section 4.3). */
const sizes = {
	sha256: 32,
	sha384: 48,
	sha512: 64
};
const algorithms = [
	"sha256",
	"sha384",
	"sha512"
];
/**
* Where Go's decoder of standard padded base64 stops, or how many bytes there are. Line breaks are skipped and the bits
* left over at the end do not matter, as in Go.
*/
const decode$1 = (text) => {
	let digits = 0;
	let at = 0;
	const skipBreaks = () => {
		while (text[at] === "\n" || text[at] === "\r") at++;
	};
	for (skipBreaks(); at < text.length; skipBreaks()) {
		if (/[A-Za-z0-9+/]/.test(text[at] ?? "")) {
			digits++;
			at++;
			continue;
		}
		const inQuantum = digits % 4;
		if (text[at] !== "=" || inQuantum < 2) return { corruptAt: at };
		const first = at++;
		if (inQuantum === 2) {
			skipBreaks();
			if (at === text.length) return { corruptAt: at };
			if (text[at] !== "=") return { corruptAt: first };
			at++;
		}
		skipBreaks();
		return at < text.length ? { corruptAt: at } : { length: Math.floor(digits * 6 / 8) };
	}
	return digits % 4 === 0 ? { length: digits / 4 * 3 } : { corruptAt: text.length - digits % 4 };
};
/** Reads `<algo>:<base64-digest>`. The failure is the contract's sentence. */
const parse = (text) => {
	const fail = (why) => Result.fail(`invalid pin ${JSON.stringify(text)}: ${why}`);
	const colon = text.indexOf(":");
	if (colon < 0) return fail("expected format <algo>:<base64-digest>");
	const name = text.slice(0, colon).toLowerCase();
	const algorithm = algorithms.find((known) => known === name);
	if (algorithm === void 0) return fail(`unsupported hash algorithm ${JSON.stringify(name)} (supported: ${algorithms.join(", ")})`);
	const encoded = text.slice(colon + 1);
	const decoded = decode$1(encoded);
	if ("corruptAt" in decoded) return fail(`base64 decode failed: illegal base64 data at input byte ${decoded.corruptAt}`);
	const size = sizes[algorithm];
	if (decoded.length !== size) return fail(`expected ${size} bytes for ${algorithm}, got ${decoded.length}`);
	return Result.succeed({
		algorithm,
		digest: Buffer.from(encoded, "base64")
	});
};
// src/access/ChainErrors.ts
const prefix = "tls: failed to verify certificate: x509: ";
const problem = (reason, text) => ({
	reason,
	message: `${prefix}${text}`
});
const unknownAuthority = problem("untrusted", "certificate signed by unknown authority");
const untrusted = (why) => problem("untrusted", `certificate signed by unknown authority (possibly because of ${why})`);
const notAnAuthority = problem("untrusted", "certificate is not authorized to sign other certificates");
const known = /* @__PURE__ */ new Map([
	["UNABLE_TO_GET_ISSUER_CERT", unknownAuthority],
	["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", unknownAuthority],
	["UNABLE_TO_VERIFY_LEAF_SIGNATURE", unknownAuthority],
	["SELF_SIGNED_CERT_IN_CHAIN", unknownAuthority],
	["DEPTH_ZERO_SELF_SIGNED_CERT", unknownAuthority],
	["CERT_UNTRUSTED", unknownAuthority],
	["CERT_REJECTED", unknownAuthority],
	["CERT_SIGNATURE_FAILURE", untrusted("a signature that does not match")],
	["UNABLE_TO_DECRYPT_CERT_SIGNATURE", untrusted("a signature that cannot be read")],
	["UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY", untrusted("an issuer's key that cannot be read")],
	["CA_MD_TOO_WEAK", untrusted("a signature with a weak hash algorithm")],
	["CA_KEY_TOO_SMALL", untrusted("an issuer's key that is too small")],
	["EE_KEY_TOO_SMALL", untrusted("a key that is too small: OpenSSL takes RSA from 2048 bits")],
	["KEYUSAGE_NO_CERTSIGN", untrusted("an authority whose key usage lacks keyCertSign")],
	["INVALID_CA", notAnAuthority],
	["INVALID_NON_CA", notAnAuthority],
	["PATH_LENGTH_EXCEEDED", problem("untrusted", "too many intermediates for path length constraint")],
	["CERT_CHAIN_TOO_LONG", problem("untrusted", "too many certificates in the chain")],
	["PERMITTED_VIOLATION", problem("untrusted", "a root or intermediate certificate is not authorized to sign for this name")],
	["EXCLUDED_VIOLATION", problem("untrusted", "a root or intermediate certificate is not authorized to sign for this name")],
	["UNHANDLED_CRITICAL_EXTENSION", problem("untrusted", "unhandled critical extension")],
	["INVALID_PURPOSE", problem("key_usage", "certificate specifies an incompatible key usage")],
	["CERT_REVOKED", problem("revoked", "certificate has been revoked")]
]);
/** A wrong extended key usage. */
const keyUsageProblem = problem("key_usage", "certificate specifies an incompatible key usage");
/** A revoked certificate: the peer's own, or the authority of this name. */
const revokedProblem = (authority) => problem("revoked", `certificate has been revoked${authority === void 0 ? "" : ` (the authority "${authority}")`}`);
/** A chain of which it is not known whether a certificate in it is revoked. */
const revocationProblem = (why) => problem("untrusted", `certificate's revocation status is unknown: ${why}`);
/** A time as sentences show it (RFC 3339). */
const seconds = (date) => date.toISOString().replace(/\.\d+Z$/, "Z");
/** What is wrong with a certificate's dates; undefined when nothing is. */
const validityProblem = ({ notBefore, notAfter }, now) => {
	const side = now < notBefore ? `before ${seconds(notBefore)}` : now > notAfter ? `after ${seconds(notAfter)}` : void 0;
	if (side === void 0) return void 0;
	return problem("expired", `certificate has expired or is not yet valid: current time ${seconds(now)} is ${side}`);
};
/**
* What is wrong with a chain that OpenSSL refused with this error. `above` gives the certificates behind the leaf, which
* strangers may send a hundred of: they are asked for only where the sentence is about them.
*/
const chainProblem = (error, above, now) => {
	if (error === "CERT_HAS_EXPIRED" || error === "CERT_NOT_YET_VALID") {
		const dated = above().map((certificate) => validityProblem(certificate, now)).find((found) => found !== void 0);
		const unseen = `an authority's dates do not include the current time ${seconds(now)}`;
		return dated ?? problem("expired", `certificate has expired or is not yet valid: ${unseen}`);
	}
	if (error === "INVALID_PURPOSE" && above().some(({ isAuthority }) => !isAuthority)) return notAnAuthority;
	return known.get(error) ?? untrusted(`an unexpected verification error, ${plain(error)}`);
};
const plain = (error) => error.replace(/[^A-Za-z0-9_]+/g, " ").slice(0, 64).replaceAll("_", " ").toLowerCase();
// src/access/HostName.ts
/**
* Whether a server's certificate is for the name that was asked for (contract: credentials, section 3.5): by subject
* alternative names only.
*/
/** The longest list of names a sentence repeats. */
const listLimit = 100;
const lower = (text) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
const withoutDot = (text) => text.endsWith(".") ? text.slice(0, -1) : text;
const validLabel = (label) => /^[A-Za-z0-9_][A-Za-z0-9_-]*$/.test(label);
const isHostName = (name) => withoutDot(name).split(".").every(validLabel);
const isPattern = (name) => {
	const [first = "", ...others] = name.split(".");
	return (validLabel(first) || first === "*" && others.length > 0) && others.every(validLabel);
};
const matchesLabels = (pattern, host) => {
	const wanted = lower(withoutDot(host)).split(".");
	const labels = lower(pattern).split(".");
	if (pattern === "" || wanted.length !== labels.length) return false;
	return labels.every((label, index) => index === 0 && label === "*" ? true : label === wanted[index]);
};
const matchesExactly = (name, host) => ![name, host].some((text) => text === "" || text === ".") && lower(name) === lower(host);
const matchesName = (name, host) => isHostName(host) && isPattern(name) ? matchesLabels(name, host) : matchesExactly(name, host);
/** Why the certificate is not for this host (`x509: ..`); undefined when it is. */
const hostNameProblem = (certificate, host) => {
	const bare = /^\[.+\]$/.test(host) ? host.slice(1, -1) : host;
	const address = canonicalIpAddress(bare);
	return (address === void 0 ? certificate.dnsNames.some((name) => matchesName(name, host)) : certificate.ipAddresses.includes(address)) ? void 0 : sentence(certificate, escapeControl(address === void 0 ? host : bare), address);
};
const sentence = (certificate, host, address) => {
	const { commonName } = certificate.subject;
	if (!certificate.hasSanExtension && commonName !== "" && host !== "" && matchesLabels(commonName, host)) return "x509: certificate relies on legacy Common Name field, use SANs instead";
	const names = address === void 0 ? certificate.dnsNames : certificate.ipAddresses;
	if (address !== void 0 && names.length === 0) return `x509: cannot validate certificate for ${host} because it doesn't contain any IP SANs`;
	if (names.length > listLimit) return `x509: certificate is valid for ${names.length} names, but none matched ${host}`;
	const valid = names.map((name) => bounded(name, 255)).join(", ");
	return valid === "" ? `x509: certificate is not valid for any names, but wanted to match ${host}` : `x509: certificate is valid for ${valid}, not ${host}`;
};
// src/access/PeerCertificateCache.ts
/** Certificates of peers that come back need not be read again. One per thread, bounded, the least recently used goes. */
/** An empty cache for at most `capacity` certificates. */
const makePeerCertificateCache = (capacity = 1024) => {
	const known = /* @__PURE__ */ new Map();
	return {
		read: (der, keep) => {
			const id = hash("sha256", der, "base64");
			const found = known.get(id);
			if (found !== void 0) {
				known.delete(id);
				known.set(id, found);
				return found;
			}
			const parsed = parsePeerCertificate(der);
			if (keep && Result.isSuccess(parsed)) {
				known.set(id, parsed);
				const [oldest] = known.keys();
				if (known.size > capacity && oldest !== void 0) known.delete(oldest);
			}
			return parsed;
		},
		size: () => known.size
	};
};
/** This thread's cache, shared by judges and logs. */
const peerCertificates = makePeerCertificateCache();
// src/access/Pins.ts
/** Pinned public keys (contract: credentials, section 4.3). */
/** Whether the key is any of the pinned ones; takes the same time whichever it is. */
const matchesPin = (pins, publicKeyInfo) => {
	let matched = false;
	for (const { algorithm, digest } of pins) {
		const actual = hash(algorithm, publicKeyInfo, "buffer");
		matched = actual.length === digest.length && timingSafeEqual(actual, digest) || matched;
	}
	return matched;
};
/** The pin that would admit this key, as it is written in flags. */
const pinText = (algorithm, publicKeyInfo) => `${algorithm}:${hash(algorithm, publicKeyInfo, "base64")}`;
// src/access/EditDistance.ts
/** How many typing mistakes lie between two words: a character too many, missing, another one, or two exchanged. */
/** From these places on. What is equal at the front costs nothing and is never worth a mistake. */
const from = (a, i, b, j, limit) => {
	let [left, right] = [i, j];
	while (left < a.length && a[left] === b[right]) {
		left++;
		right++;
	}
	if (left === a.length && right === b.length) return 0;
	if (limit === 0) return 1;
	const rest = limit - 1;
	const swapped = left + 1 < a.length && a[left] === b[right + 1] && a[left + 1] === b[right];
	const tries = [
		left < a.length && right < b.length ? from(a, left + 1, b, right + 1, rest) : limit,
		left < a.length ? from(a, left + 1, b, right, rest) : limit,
		right < b.length ? from(a, left, b, right + 1, rest) : limit,
		swapped ? from(a, left + 2, b, right + 2, rest) : limit
	];
	return 1 + Math.min(...tries);
};
/**
* The number of mistakes, or `limit + 1` when there are more. Meant for limits of one or two, where it is a matter of a few
* steps whatever the length. Compares UTF-16 units.
*/
const editDistance = (a, b, limit) => Math.abs(a.length - b.length) > limit ? limit + 1 : from(a, 0, b, 0, limit);
// src/access/NearestMiss.ts
/**
* Which rule a refused peer came closest to: the answer to "but I allowed it". Bounded in time and length whatever the peer
* presents; depends on the set of rules, not on their order.
*/
/** Values of one kind that are compared; longer lists are cut. */
const compared = 3;
/** Longer names are not compared by spelling. */
const longest = 64;
/** Without case and surrounding space. */
const folded = (value) => value.trim().toLowerCase();
const one = (value) => boundedList([value], 1);
const byCase = ({ byFolded, label, presented }) => {
	for (const value of presented) {
		const near = byFolded(folded(value));
		if (near !== void 0) return `${label} ${one(near)} differs only in case or surrounding space`;
	}
};
const byPlace = ({ label, match }, everything) => {
	for (const [other, values] of everything) {
		const misplaced = other === label ? void 0 : values.find((value) => value !== "" && match(value) !== void 0);
		if (misplaced !== void 0) return `${one(misplaced)} is presented as ${other}, not as ${label}`;
	}
};
/** How many mistakes a name may hold; short ones few, and a `*` is none. */
const mistakes = (value) => value.length < 3 || value.length > longest || value.includes("*") ? 0 : value.length < 6 ? 1 : 2;
const bySpelling = (asked) => {
	let nearest;
	for (const { allowed, label, presented } of asked) {
		if (label === "IP") continue;
		for (const value of presented.slice(0, compared)) for (const rule of allowed) {
			const limit = Math.min(mistakes(value), mistakes(rule), (nearest?.distance ?? 3) - 1);
			if (limit < 1) continue;
			const distance = editDistance(value, rule, limit);
			if (distance <= limit) nearest = {
				distance,
				text: `${label} ${one(rule)} is spelled almost like it`
			};
		}
	}
	return nearest?.text;
};
const bySegments = ({ bySegment, label, presented }) => {
	for (const value of presented.slice(0, compared)) {
		const near = bySegment(value);
		if (near !== void 0) return `${label} ${one(near)} differs in one segment`;
	}
};
const firstOf = (all, look) => {
	for (const each of all) {
		const found = look(each);
		if (found !== void 0) return found;
	}
};
/** In words, the rule that would match if the peer's name were written, or placed, only a little differently. */
const nearestMiss = (asked, everything) => firstOf(asked, (each) => byCase(each) ?? byPlace(each, everything)) ?? bySpelling(asked) ?? firstOf(asked, bySegments);
// src/access/UriPattern.ts
/** Patterns for URIs (contract: credentials, section 4.2): `*` is one whole segment, a final `**` is whatever follows. */
const segmentMatches = (pattern, segment) => pattern === "*" ? segment !== void 0 && segment !== "" : pattern === segment;
const matchesAll = (patterns, segments) => patterns.every((pattern, index) => segmentMatches(pattern, segments[index]));
/** Compiles a pattern. The failure is the contract's wording. */
const compileUriPattern = (text) => {
	if (text === "") return Result.fail("input pattern was empty string");
	const segments = (text.endsWith("/") ? text.slice(0, -1) : text).split("/");
	const open = segments.at(-1) === "**";
	const fixed = open ? segments.slice(0, -1) : segments;
	for (const segment of fixed) {
		if (segment === "**") return Result.fail("wildcard '**' can only appear at end of pattern");
		if (segment !== "*" && segment.includes("*")) return Result.fail("wildcard '*' can only appear between two separators");
	}
	const exactly = (uri) => {
		const parts = uri.split("/");
		return parts.length === fixed.length && matchesAll(fixed, parts);
	};
	return Result.succeed({
		text,
		fixed,
		open,
		matches: open ? (uri) => matchesAll(fixed, uri.split("/")) : (uri) => exactly(uri) || uri.endsWith("/") && exactly(uri.slice(0, -1))
	});
};
/** Whether the URI would match if a single segment of it were another one. */
const missesByOneSegment = ({ fixed, open }, uri) => {
	const parts = uri.split("/");
	if (!open && parts.length !== fixed.length) return false;
	if (open && parts.length < fixed.length) return false;
	return fixed.filter((pattern, index) => !segmentMatches(pattern, parts[index])).length === 1;
};
// src/access/UriPatternIndex.ts
const none = Number.POSITIVE_INFINITY;
const makeNode = () => ({
	next: /* @__PURE__ */ new Map(),
	any: void 0,
	end: none,
	open: none
});
const insert = (root, { fixed, open }, place) => {
	let node = root;
	for (const segment of fixed) {
		if (segment === "*") {
			node.any ??= makeNode();
			node = node.any;
			continue;
		}
		const next = node.next.get(segment) ?? makeNode();
		node.next.set(segment, next);
		node = next;
	}
	if (open) node.open = Math.min(node.open, place);
	else node.end = Math.min(node.end, place);
};
/** The first pattern that matches the segments from `depth` on. Visits each node of the tree at most once. */
const first$1 = (node, segments, depth) => {
	if (node === void 0) return none;
	const segment = segments[depth];
	if (segment === void 0) return Math.min(node.open, node.end);
	const any = segment === "" ? none : first$1(node.any, segments, depth + 1);
	return Math.min(node.open, any, first$1(node.next.get(segment), segments, depth + 1));
};
/** Gives back the first pattern in the list that matches a URI. */
const indexUriPatterns = (patterns) => {
	const root = makeNode();
	patterns.forEach((pattern, place) => insert(root, pattern, place));
	return (uri) => {
		const segments = uri.split("/");
		const bare = uri.endsWith("/") ? first$1(root, segments.slice(0, -1), 0) : none;
		return patterns[Math.min(first$1(root, segments, 0), bare)];
	};
};
// src/access/Rules.ts
/** Which names may pass (contract: credentials, section 4.1). The decision always says why. */
const presented = {
	CN: (peer) => [peer.subject.commonName],
	OU: (peer) => peer.subject.organizationalUnits,
	DNS: (peer) => peer.dnsNames,
	IP: (peer) => peer.ipAddresses,
	URI: (peer) => peer.uris
};
const sorted = (values) => [...new Set(values)].sort();
/** The first of the rules by their folded text; an empty name is nobody's near miss. */
const foldedLookup = (allowed) => {
	const known = new Map(allowed.toReversed().map((rule) => [folded(rule), rule]));
	known.delete("");
	return (value) => known.get(value);
};
const exact = (label, values) => {
	const allowed = sorted(values);
	const known = new Set(allowed);
	return {
		label,
		allowed,
		presented: presented[label],
		match: (value) => known.has(value) ? value : void 0,
		byFolded: foldedLookup(allowed),
		bySegment: () => void 0
	};
};
const uris = (patterns) => {
	const allowed = patterns.map(({ text }) => text);
	const find = indexUriPatterns(patterns);
	return {
		label: "URI",
		allowed,
		presented: presented.URI,
		match: (value) => find(value)?.text,
		byFolded: foldedLookup(allowed),
		bySegment: (value) => patterns.find((pattern) => missesByOneSegment(pattern, value))?.text
	};
};
const canonical = (text) => {
	const address = canonicalIpAddress(text);
	return address === void 0 ? Result.fail(`'${text}' is not an IP address`) : Result.succeed(address);
};
/** Compiles rules. The failure is the contract's wording; `uriFlag` is the flag it names for bad URI patterns. */
const compileRules = (rules, uriFlag) => Result.gen(function* () {
	const addresses = yield* Result.all(rules.ipAddresses.map(canonical));
	const compiled = Result.all([...new Set(rules.uriPatterns)].map(compileUriPattern));
	const patterns = yield* Result.mapError(compiled, (why) => `invalid URI pattern in ${uriFlag} flag (${why})`);
	return [
		exact("CN", rules.commonNames),
		exact("OU", rules.organizationalUnits),
		exact("DNS", rules.dnsNames),
		exact("IP", addresses),
		uris(patterns.toSorted((a, b) => a.text < b.text ? -1 : 1))
	].filter(({ allowed }) => allowed.length > 0);
});
const quoted = (value) => value === "" ? "\"\"" : value;
/** Whether any rule names the peer. Without rules nobody passes. */
const decide = (rules, peer) => {
	for (const kind of rules) for (const value of kind.presented(peer)) {
		const rule = kind.match(value);
		if (rule !== void 0) return {
			allowed: true,
			by: `${kind.label} ${boundedList([quoted(rule)], 1)}`
		};
	}
	const why = explain$1(rules, peer);
	return {
		allowed: false,
		detail: worded(rules, why),
		why
	};
};
/** All of it bounded: what peers present is theirs to choose. */
const explain$1 = (rules, peer) => {
	const asked = rules.map((kind) => ({
		...kind,
		presented: kind.presented(peer)
	}));
	const shown = asked.map(({ label, presented: of }) => {
		const values = of.filter((value) => value !== "");
		return values.length === 0 ? `no ${label}` : `${label}=${boundedList(values, 3)}`;
	});
	const required = asked.map(({ allowed, label }) => `${label} ${boundedList(allowed.map(quoted), 3)}`);
	const everything = Object.entries(presented).map(([label, of]) => [label, of(peer)]);
	return {
		presented: bounded(shown.join(", "), 400),
		required: bounded(required.join(" or "), 400),
		nearest: nearestMiss(asked, everything)
	};
};
const worded = (rules, { nearest, presented: shown, required }) => {
	if (rules.length === 0) return "no rule allows anybody";
	const near = nearest === void 0 ? [] : [nearest];
	return bounded([
		`presented ${shown}`,
		`allowed ${required}`,
		...near
	].join("; "), 1e3);
};
// src/access/AccessJudge.ts
/**
* Judges of peers: the one place where a verdict is made. They fail closed: a peer passes only where a branch below says
* `Admitted`, a chain that OpenSSL refused never does except by a pin, and whatever goes wrong inside is a refusal.
*/
const refuse = (reason, message) => ({
	_tag: "Refused",
	reason,
	message
});
const explain = (reason, message, why) => ({
	_tag: "Refused",
	reason,
	message,
	why
});
const admit = (by) => ({
	_tag: "Admitted",
	by
});
/** Judges clients. The failure says which rule cannot be understood. */
const serverJudge = (rules, options = {}) => {
	if (rules._tag === "Anonymous") return Result.succeed(judgeAnonymous);
	const role = {
		peer: "client",
		noCertificate: "tls: client didn't provide a certificate",
		usage: "1.3.6.1.5.5.7.3.2",
		hostNameProblem: () => void 0,
		now: options.now ?? (() => /* @__PURE__ */ new Date()),
		cache: options.cache ?? peerCertificates
	};
	return Result.map(compile(rules, options.uriFlag ?? "--allow-uri"), (policy) => judgeBy(role, policy));
};
/** Judges servers that were asked for as `serverName`. The failure says which rule cannot be understood. */
const clientJudge = (rules, serverName, options = {}) => {
	if (rules._tag === "Anonymous") return Result.fail("servers cannot be anonymous: a client always verifies them");
	const role = {
		peer: "server",
		noCertificate: "tls: received empty certificates message",
		usage: "1.3.6.1.5.5.7.3.1",
		hostNameProblem: (certificate) => hostNameProblem(certificate, serverName),
		now: options.now ?? (() => /* @__PURE__ */ new Date()),
		cache: options.cache ?? peerCertificates
	};
	return Result.map(compile(rules, options.uriFlag ?? "--verify-uri"), (policy) => judgeBy(role, policy));
};
const compile = (rules, uriFlag) => {
	switch (rules._tag) {
		case "AnyVerified": return Result.succeed({ _tag: "AnyVerified" });
		case "Names": return Result.map(compileRules(rules.rules, uriFlag), (compiled) => ({
			_tag: "Names",
			rules: compiled
		}));
		case "Pins": return Result.map(Result.all(rules.pins.map(parse)), (pins) => ({
			_tag: "Pins",
			pins
		}));
	}
};
/** No certificate is asked for, so one that comes nevertheless means that something is set up wrongly. */
const judgeAnonymous = (peer) => peer.chain.length === 0 ? admit("no certificate asked for") : refuse("bad_certificate", "tls: client sent a certificate although none was asked for");
const judgeBy = (role, policy) => (peer) => {
	try {
		return judge(role, policy, peer);
	} catch (cause) {
		const why = cause instanceof Error ? cause.message : String(cause);
		return refuse("bad_certificate", `tls: failed to verify certificate: ${bounded(why, 200)}`);
	}
};
const judge = (role, policy, peer) => {
	const [leaf] = peer.chain;
	if (leaf === void 0) return refuse("no_cert", role.noCertificate);
	const parsed = role.cache.read(leaf, peer.chainError === void 0);
	if (Result.isFailure(parsed)) return badCertificate(role, parsed.failure);
	const certificate = parsed.success;
	const badKey = keyProblem(role, certificate);
	if (badKey !== void 0) return badKey;
	if (policy._tag === "Pins") return judgePin(role, policy.pins, leaf, certificate);
	const unverified = verificationProblem(role, peer, certificate);
	if (unverified !== void 0) return unverified;
	return policy._tag === "AnyVerified" ? admit("verified chain") : judgeNames(policy.rules, certificate);
};
const badCertificate = (role, why) => refuse("bad_certificate", `tls: failed to parse certificate from ${role.peer}: ${bounded(why, 200)}`);
/** Kinds of keys that OpenSSL takes and the contract does not. */
const keyProblem = (role, { publicKey }) => {
	switch (publicKey._tag) {
		case "Rsa": return publicKey.bits > 8192 ? refuse("bad_certificate", `tls: ${role.peer} sent certificate containing RSA key larger than 8192 bits`) : void 0;
		case "Ecdsa": return publicKey.curve === void 0 ? badCertificate(role, "x509: unsupported elliptic curve") : void 0;
		case "Ed25519": return;
		case "Unsupported": {
			const subject = role.peer === "client" ? "client certificate" : "server's certificate";
			const type = bounded(publicKey.algorithm, 64);
			return refuse("bad_certificate", `tls: ${subject} contains an unsupported type of public key: ${type}`);
		}
	}
};
const judgePin = (role, pins, leaf, certificate) => {
	if (!matchesPin(pins, certificate.publicKeyInfo)) {
		const presented = pinText(pins[0]?.algorithm ?? "sha256", certificate.publicKeyInfo);
		const required = pins.length === 1 ? "1 pin" : `${pins.length} pins`;
		const message = `unauthorized: pin verification failed (presented ${presented}; allowed ${required})`;
		return explain("pin", message, {
			presented,
			required
		});
	}
	role.cache.read(leaf, true);
	return admit("pinned key");
};
/** The contract's order: the leaf's dates, its host name, the chain, its key usage. */
const verificationProblem = (role, peer, leaf) => {
	const now = role.now();
	const dates = validityProblem(leaf, now);
	if (dates !== void 0) return refuse(dates.reason, dates.message);
	const host = role.hostNameProblem(leaf);
	if (host !== void 0) return refuse("hostname", `tls: failed to verify certificate: ${host}`);
	if (peer.chainError !== void 0) {
		const above = () => peer.chain.slice(1).flatMap((der) => {
			const parsed = role.cache.read(der, false);
			return Result.isSuccess(parsed) ? [parsed.success] : [];
		});
		const chain = chainProblem(peer.chainError, above, now);
		return refuse(chain.reason, chain.message);
	}
	const usages = leaf.extendedKeyUsages;
	return usages === void 0 || usages.includes(role.usage) || usages.includes("2.5.29.37.0") ? void 0 : refuse(keyUsageProblem.reason, keyUsageProblem.message);
};
const judgeNames = (rules, certificate) => {
	const decision = decide(rules, certificate);
	if (decision.allowed) return admit(decision.by);
	const { detail, why } = decision;
	return explain("acl", `unauthorized: invalid principal, or principal not allowed (${detail})`, why);
};
// src/access/ChainCertificate.ts
/** What a certificate says about its place in a chain, beside what rules ask of it. */
/** The fingerprint by which certificates are the same. */
const fingerprint = (der) => hash("sha256", der, "base64");
const listSigning = 2;
const maySign = (usage) => {
	if (usage === void 0) return true;
	const [unused, bits = 0] = expectTag(readDer(usage.value), Tag.bitString, "key usage").content;
	return unused !== void 0 && (bits & listSigning) !== 0;
};
const keyIdOf = (extension) => extension === void 0 ? void 0 : hex(expectTag(readDer(extension.value), Tag.octetString, "subject key identifier").content);
const extensionsOf = (tail) => {
	const explicit = tail.find((field) => field.tagClass === TagClass.contextSpecific && field.tag === 3);
	return explicit === void 0 ? /* @__PURE__ */ new Map() : readExtensionList(explicit.children[0]);
};
const read$1 = (der) => {
	const [toBeSigned] = expectTag(readDer(der), Tag.sequence, "certificate").children;
	const fields = expectTag(toBeSigned, Tag.sequence, "certificate").children;
	const [serial, , issuer, , subject, key, ...tail] = fields[0]?.tagClass === TagClass.contextSpecific ? fields.slice(1) : fields;
	if (key === void 0) return malformed("malformed certificate");
	const subjectText = readName(subject);
	const extensions = extensionsOf(tail);
	return {
		id: fingerprint(der),
		subject: comparableName(subjectText),
		issuer: comparableName(readName(issuer)),
		name: bounded(subjectName(subjectText), 200),
		serial: serialOf(serial),
		keyId: keyIdOf(extensions.get("2.5.29.14")),
		maySignLists: maySign(extensions.get("2.5.29.15")),
		x509: new X509Certificate(der)
	};
};
/** Reads a certificate. The failure says what is wrong with it. */
const parseChainCertificate = (der) => Result.try({
	try: () => read$1(der),
	catch: (cause) => cause instanceof Malformed ? cause.message : "malformed certificate"
});
// src/access/ChainLinks.ts
/**
* Who may have issued what in a chain that OpenSSL has verified. OpenSSL does not tell which way it went, so every way
* it could have gone counts: whoever looks for something bad in a chain finds it on each of them. Nothing here admits
* anybody.
*/
/** Signatures tried for one peer. No real chain needs as many; a made-up one must not cost more. */
const patience = 64;
/** RSA keys with greater exponents are as slow to verify with as to sign with; OpenSSL takes the small ones of them. */
const greatestExponent = 1n << 64n;
/** Says why no more is looked for. */
var OutOfPatience = class extends Error {};
const isSlow = ({ x509 }) => (x509.publicKey.asymmetricKeyDetails?.publicExponent ?? 0n) > greatestExponent;
/** Reads anchors (PEM). One that cannot be read issues nothing: chains that need it cannot be followed. */
const readAnchors = (anchors) => {
	const certificates = anchors.flatMap((pem) => {
		const parsed = Result.flatMap(Result.try(() => new X509Certificate(pem).raw), parseChainCertificate);
		return Result.isSuccess(parsed) ? [parsed.success] : [];
	});
	const ids = new Set(certificates.map(({ id }) => id));
	const bySubject = Map.groupBy(certificates, ({ subject }) => subject);
	return {
		has: ({ id }) => ids.has(id),
		named: (subject) => bySubject.get(subject) ?? []
	};
};
/**
* Every link on every way from the leaf to an anchor, and those above anchors. The failure says why the chain cannot be
* followed: it then counts as one nobody knows anything good about.
*/
const chainLinks = (chain, anchors) => Result.gen(function* () {
	const sent = yield* Result.all(chain.map(parseChainCertificate));
	return yield* Result.try({
		try: () => linksOf(sent, anchors),
		catch: (cause) => cause instanceof OutOfPatience ? cause.message : "a certificate in it is unreadable"
	});
}).pipe(Result.flatMap((links) => links === void 0 ? Result.fail("no way to a trust anchor") : Result.succeed(links)));
const linksOf = (sent, anchors) => {
	const [leaf] = sent;
	if (leaf === void 0) return void 0;
	let tries = 0;
	const signed = (certificate, issuer) => {
		if (++tries > patience) throw new OutOfPatience("it holds too many certificates of one name");
		if (isSlow(issuer)) throw new OutOfPatience("a key in it is made to be slow");
		return certificate.x509.verify(issuer.x509.publicKey);
	};
	const issuers = /* @__PURE__ */ new Map();
	const known = /* @__PURE__ */ new Map();
	const find = (certificate) => {
		if (issuers.has(certificate.id)) return;
		known.set(certificate.id, certificate);
		const named = [...anchors.named(certificate.issuer), ...sent.filter(({ subject }) => subject === certificate.issuer)];
		const found = [...new Map(named.map((candidate) => [candidate.id, candidate])).values()].filter((candidate) => signed(certificate, candidate));
		issuers.set(certificate.id, found);
		found.forEach(find);
	};
	find(leaf);
	const issuersOf = ({ id }) => issuers.get(id) ?? [];
	const leading = new Set([...known.values()].filter(anchors.has).map(({ id }) => id));
	for (let size = -1; size !== leading.size;) {
		size = leading.size;
		for (const [id, certificate] of known) if (issuersOf(certificate).some((up) => leading.has(up.id))) leading.add(id);
	}
	if (!leading.has(leaf.id)) return void 0;
	const below = /* @__PURE__ */ new Set();
	const descend = (certificate) => {
		if (anchors.has(certificate) || below.has(certificate.id)) return;
		below.add(certificate.id);
		issuersOf(certificate).forEach(descend);
	};
	descend(leaf);
	return [...known.values()].flatMap((certificate) => issuersOf(certificate).filter((issuer) => !below.has(certificate.id) || leading.has(issuer.id)).map((issuer) => ({
		certificate,
		leaf: certificate === leaf,
		issuer,
		below: below.has(certificate.id)
	})));
};
// src/access/Revocation.ts
/**
* Revocation by lists that the operator gives. OpenSSL verifies chains without them: an error about a list would hide any
* other one. Here is then decided about peers that everything else admits, so this can only refuse.
*
* Good news is believed of a complete, fresh list alone, whose signature is that of the certificate's own issuer. Bad news
* is believed of old and partial lists too, unless a newer good one has no such entry.
*/
const capacity = 512;
/**
* The status of verified chains by these lists, as a function of chain and time. Work that depends on the chain alone is
* remembered for peers that come back.
*/
const revocationStatus = (lists, trustAnchors) => {
	let anchors;
	const byIssuer = Map.groupBy(lists, ({ issuer }) => issuer);
	const signatures = /* @__PURE__ */ new Map();
	const known = /* @__PURE__ */ new Map();
	const isSigned = (list, { x509 }) => {
		const key = x509.publicKey.export({
			type: "spki",
			format: "der"
		});
		const id = `${lists.indexOf(list)} ${hash("sha256", key, "base64")}`;
		const found = signatures.get(id) ?? isSignedBy(list.scheme, list.signed, list.signature, x509.publicKey);
		if (signatures.size < capacity) signatures.set(id, found);
		return found;
	};
	const applicable = (issuer) => {
		const named = byIssuer.get(issuer.subject) ?? [];
		const own = named.filter((list) => !list.indirect && isSigned(list, issuer));
		const why = named.some((list) => list.indirect) ? "it is a list for other issuers" : "it is not signed with the issuer's key";
		return {
			foreign: named.length === 0 ? void 0 : why,
			lists: own.map((list) => ({
				list,
				useless: useless(list, issuer)
			}))
		};
	};
	const follow = (chain) => {
		anchors ??= readAnchors(trustAnchors);
		return Result.map(chainLinks(chain, anchors), (links) => links.map((link) => ({
			...link,
			...applicable(link.issuer)
		})));
	};
	return (chain, now) => {
		const id = chain.map((der) => hash("sha256", der, "base64")).join();
		let checks = known.get(id);
		if (checks === void 0) {
			checks = follow(chain);
			const [oldest] = known.keys();
			if (known.size >= capacity && oldest !== void 0) known.delete(oldest);
			known.set(id, checks);
		}
		if (Result.isFailure(checks)) {
			const why = `the chain cannot be followed: ${checks.failure}`;
			return {
				_tag: "Unknown",
				problem: revocationProblem(why),
				tolerable: false,
				why
			};
		}
		return worst(checks.success, now.getTime());
	};
};
const useless = (list, issuer) => {
	if (list.partial !== void 0) return list.partial;
	if (!issuer.maySignLists) return "its issuer's certificate is not for signing revocation lists";
	return list.keyId !== void 0 && issuer.keyId !== void 0 && list.keyId !== issuer.keyId ? "it names another key of its issuer" : void 0;
};
const isFresh = ({ list, useless }, now) => useless === void 0 && list.thisUpdate <= now && now <= (list.nextUpdate ?? Infinity);
/** The newest list that may bring good news at this time. */
const freshest = (lists, now) => lists.filter((each) => isFresh(each, now)).map(({ list }) => list).reduce((a, b) => a === void 0 || b.thisUpdate > a.thisUpdate ? b : a, void 0);
const isRevoked = ({ lists, certificate }, now) => {
	const since = freshest(lists, now)?.thisUpdate ?? -Infinity;
	return lists.some(({ list }) => list.thisUpdate >= since && list.serials.has(certificate.serial));
};
/** Why nothing good is known, in words that do not change from one moment to the next. */
const ignorance = ({ foreign, issuer, lists }, now) => {
	const of = `the revocation list of "${issuer.name}"`;
	const [first] = lists.toSorted((a, b) => b.list.thisUpdate - a.list.thisUpdate);
	const complete = lists.filter((each) => each.useless === void 0).map(({ list }) => list);
	const stale = complete.filter(({ thisUpdate }) => thisUpdate <= now).map(({ nextUpdate }) => nextUpdate ?? 0);
	if (stale.length > 0) return `${of} has expired: it was valid until ${seconds(new Date(Math.max(...stale)))}`;
	const [early] = complete.map(({ thisUpdate }) => thisUpdate).sort((a, b) => a - b);
	if (early !== void 0) return `${of} is not yet valid: it begins at ${seconds(new Date(early))}`;
	const flaw = first?.useless ?? foreign;
	return flaw === void 0 ? `no revocation list of "${issuer.name}" is available` : `${of} cannot be used: ${flaw}`;
};
const worst = (checks, now) => {
	const revoked = checks.find((check) => isRevoked(check, now));
	if (revoked !== void 0) return {
		_tag: "Revoked",
		problem: revokedProblem(revoked.leaf ? void 0 : revoked.certificate.name)
	};
	const unknown = checks.find((check) => check.below && freshest(check.lists, now) === void 0);
	if (unknown === void 0) return { _tag: "Good" };
	const why = ignorance(unknown, now);
	return {
		_tag: "Unknown",
		problem: revocationProblem(why),
		tolerable: true,
		why
	};
};
/** A judge that refuses, besides whom the given one refuses, peers whose certificates are revoked. */
const refusingRevoked = (judge, policy) => {
	const problemOf = (peer) => {
		if (peer.chainError !== void 0) return revocationProblem("the chain is not verified");
		const status = policy.status(peer.chain, (policy.now ?? (() => /* @__PURE__ */ new Date()))());
		if (status._tag === "Good") return void 0;
		if (status._tag === "Revoked" || policy.mode === "strict" || !status.tolerable) return status.problem;
		policy.tolerated(status.why);
	};
	return (peer) => {
		const verdict = judge(peer);
		if (verdict._tag === "Refused") return verdict;
		const problem = problemOf(peer);
		return problem === void 0 ? verdict : {
			_tag: "Refused",
			reason: problem.reason,
			message: problem.message
		};
	};
};
// src/access/PeerSubject.ts
/** The names of a peer's certificate, read at most once while the peer keeps coming back. */
/** The leaf's subject; empty for a certificate that cannot be read, which no judge admits. */
const subjectOf = (leaf) => Result.match(peerCertificates.read(leaf, true), {
	onSuccess: (certificate) => subjectName(certificate.subject),
	onFailure: () => ""
});
/** The leaf's common name; empty without one. */
const commonNameOf = (leaf) => Result.match(peerCertificates.read(leaf, true), {
	onSuccess: (certificate) => certificate.subject.commonName,
	onFailure: () => ""
});
// src/proxy/Connection.ts
/**
* One connection from accept to close: handshake, access decision, dial, copy. The only file that names all stages; the
* stages do not know each other (contract: command line, section 8.1; status, section 7).
*/
/** Tells the target who the client is, before any of the client's bytes (contract: command line, section 8.6). */
const sendHeader = (mode, accepted, dialled) => {
	const leaf = accepted.tls?.peerChain[0];
	const facts = {
		client: accepted.remote,
		local: accepted.local,
		tls: accepted.tls,
		commonName: mode === "tls-full" && leaf !== void 0 ? commonNameOf(leaf) : ""
	};
	return Result.match(Result.flatMap(headerFor(mode, facts), encode), {
		onFailure: (why) => {
			const message = `error building proxy header: ${why}`;
			return Effect.fail(ConnectionFailure.PrefixFailed({
				source: "us",
				reason: "proxy_header",
				message
			}));
		},
		onSuccess: (bytes) => Effect.mapError(dialled.prefix(bytes), (failure) => ConnectionFailure.PrefixFailed({
			...failure,
			message: `error writing proxy header: ${failure.message}`
		}))
	});
};
/**
* Serves one accepted connection. Counts and records everything but its arrival and its end, which are the caller's.
* Never fails; interruption closes what is open.
*/
const serve$1 = (around, raw, tls, acceptedAt, progress) => {
	const { transport, stats, target } = around;
	const deadline = acceptedAt + around.connectTimeout;
	const trail = around.recorder.begin(raw.remote, acceptedAt);
	const copied = {
		forwarded: 0,
		returned: 0
	};
	const setUpFailed = (failure) => {
		stats.add("accept.error", 1);
		if (failure._tag === "HandshakeFailed" && failure.reason === "timeout" && tls.mode === "server") stats.add("accept.timeout", 1);
		trail.failed(failure);
	};
	const interrupted = () => {
		if (progress.stage === "copy") return trail.aborted("shutdown", copied);
		stats.add("accept.error", 1);
		const why = {
			source: "us",
			reason: "cancelled",
			message: "context canceled"
		};
		trail.failed(progress.stage === "handshake" ? ConnectionFailure.HandshakeFailed(why) : ConnectionFailure.DialFailed(why));
	};
	const accept = tls.mode === "client" ? transport.accept(raw, void 0) : Effect.onExit(transport.accept(raw, {
		context: tls.context,
		judge: tls.judge,
		deadline
	}), () => Effect.sync(() => stats.observe("conn.handshake", (performance.now() - acceptedAt) * 1e6)));
	const dial = transport.dial(tls.mode === "client" ? {
		target,
		deadline,
		via: around.upstream,
		tls
	} : {
		target,
		deadline,
		via: void 0,
		tls: void 0
	});
	const copy = Effect.fnUntraced(function* (accepted, dialled) {
		stats.add("accept.success", 1);
		trail.opened(accepted, dialled);
		const outcome = yield* transport.pump(accepted, dialled, {
			closeTimeout: around.closeTimeout,
			lifetime: around.lifetime,
			carried: (way, bytes) => {
				copied[way] += bytes;
				stats.carried(way, bytes);
			}
		});
		for (let i = 0; i < outcome.timeouts; i++) stats.add("conn.timeout", 1);
		trail.closed(outcome);
	});
	return Effect.gen(function* () {
		const accepted = yield* accept;
		trail.accepted(accepted);
		progress.stage = "dial";
		const dialled = yield* Effect.onExit(dial, (exit) => Exit.isSuccess(exit) ? Effect.void : Effect.sync(accepted.close));
		trail.dialled(dialled);
		if (around.proxyProtocol !== void 0) yield* Effect.onExit(sendHeader(around.proxyProtocol, accepted, dialled), (exit) => Exit.isSuccess(exit) ? Effect.void : Effect.sync(() => {
			accepted.close();
			dialled.close();
		}));
		progress.stage = "copy";
		around.copying();
		yield* copy(accepted, dialled);
	}).pipe(Effect.onInterrupt(() => Effect.sync(interrupted)), Effect.catch((failure) => Effect.sync(() => setUpFailed(failure))), Effect.ensuring(Effect.sync(() => trail.aborted("defect", copied))));
};
// src/proxy/ConnectionRecorder.ts
/** Makes the records of connections, as far as somebody wants them: one recorder a thread, one trail a connection. */
/** A recorder whose identifiers no other one has. */
const makeRecorder = (options) => {
	const prefix = options.interest.facts ? randomBytes(8).toString("hex") : "";
	let count = 0;
	return {
		begin: (client, acceptedAt) => new ConnectionTrail(options, client, acceptedAt, options.interest.facts ? `${prefix}-${++count}` : void 0),
		acceptFailed: (message) => options.record({
			_tag: "AcceptFailed",
			at: wallMillis(),
			message
		}),
		revocationUnknown: (generation, why) => options.record({
			_tag: "RevocationUnknown",
			at: wallMillis(),
			generation,
			why
		})
	};
};
const closeReasons = {
	eof: "eof",
	reset: "reset",
	error: "error",
	"close-timeout": "close_timeout",
	lifetime: "lifetime"
};
/** What a connection leaves behind. Its methods are called in the order of its stages. */
var ConnectionTrail = class {
	#options;
	#client;
	/** When the present stage began, `performance.now()` milliseconds. */
	#since;
	#facts;
	#ends;
	#over = false;
	constructor(options, client, acceptedAt, id) {
		this.#options = options;
		this.#client = client;
		this.#since = acceptedAt;
		if (id === void 0) return;
		this.#facts = {
			id,
			acceptedAt: wallMillis() - (performance.now() - acceptedAt),
			client
		};
	}
	/** The accepted side is ready: a server's handshake is over. */
	accepted(stream) {
		if (this.#facts === void 0) return;
		if (stream.tls !== void 0) this.#facts = {
			...this.#facts,
			tls: this.#tlsSide(stream.tls),
			handshakeNanos: this.#lap()
		};
		else this.#since = performance.now();
	}
	/** The target is reached. */
	dialled(stream) {
		if (this.#facts === void 0) return;
		const tls = stream.tls === void 0 ? this.#facts.tls : this.#tlsSide(stream.tls);
		this.#facts = {
			...this.#facts,
			target: stream.remote,
			...tls && { tls },
			dialNanos: this.#lap()
		};
	}
	/** Bytes begin to flow. */
	opened(accepted, dialled) {
		if (!this.#options.interest.pipes) return;
		this.#since = performance.now();
		this.#ends = {
			accepted: this.#end(accepted),
			dialled: this.#end(dialled)
		};
		this.#record({
			_tag: "Opened",
			...this.#stamp(),
			...this.#ends
		});
	}
	/** Bytes have ceased to flow. */
	closed(outcome) {
		this.#over = true;
		for (const { message, reason, source } of outcome.failures) this.#record({
			_tag: "CopyFailed",
			...this.#stamp(),
			source,
			reason,
			message
		});
		if (this.#ends === void 0) return;
		const { forwarded, returned } = outcome;
		const reason = closeReasons[outcome.reason];
		this.#record({
			_tag: "Closed",
			...this.#stamp(),
			...this.#ends,
			forwarded,
			returned,
			nanos: this.#lap(),
			reason
		});
	}
	/** A stage before the copy failed. */
	failed(failure) {
		this.#over = true;
		const { message, reason, source } = failure;
		const why = {
			source,
			reason,
			message
		};
		switch (failure._tag) {
			case "HandshakeFailed":
				this.#lapInto("handshakeNanos");
				return this.#record({
					_tag: "HandshakeFailed",
					...this.#stamp(),
					remote: this.#client,
					...why
				});
			case "DialFailed":
				this.#lapInto("dialNanos");
				return this.#record({
					_tag: "DialFailed",
					...this.#stamp(),
					...why
				});
			case "PrefixFailed":
			case "CopyFailed": return this.#record({
				_tag: "PrefixFailed",
				...this.#stamp(),
				...why
			});
		}
	}
	/** We cut the pipe. Does nothing when the connection has ended otherwise, or when nobody asks for facts. */
	aborted(reason, bytes) {
		if (this.#over || this.#facts === void 0) return;
		this.#over = true;
		const nanos = this.#ends === void 0 ? void 0 : this.#lap();
		this.#record({
			_tag: "Aborted",
			...this.#stamp(),
			reason,
			...bytes && { bytes },
			nanos
		});
	}
	#record(record) {
		this.#options.record(record);
	}
	#stamp() {
		return this.#facts === void 0 ? { at: wallMillis() } : {
			at: wallMillis(),
			facts: this.#facts
		};
	}
	/** Nanoseconds of the present stage; the next one begins. */
	#lap() {
		const since = this.#since;
		this.#since = performance.now();
		return Math.round((this.#since - since) * 1e6);
	}
	#lapInto(stage) {
		if (this.#facts !== void 0 && this.#facts[stage] === void 0) this.#facts = {
			...this.#facts,
			[stage]: this.#lap()
		};
	}
	#end(stream) {
		const leaf = stream.tls?.peerChain[0];
		const peer = stream.tls === void 0 ? "no tls" : leaf === void 0 ? "no cert" : this.#options.subjectOf(leaf);
		return {
			network: stream.remote.network,
			address: stream.remote.address,
			peer
		};
	}
	#tlsSide({ peerChain, ...facts }) {
		const [leaf] = peerChain;
		return {
			...facts,
			resumed: false,
			subject: leaf === void 0 ? void 0 : this.#options.subjectOf(leaf)
		};
	}
};
// src/proxy/ThreadProxy.ts
/**
* The connections of one thread: listens, admits, forks one fiber a connection, drains. `DataPlane.layerInline` runs one on
* the main thread, `WorkerEntry` one a worker.
*/
/** Builds the judge of a tunnel; the failure is the contract's sentence about the flag that is wrong. */
const judgeOf = (options) => options.mode === "server" ? serverJudge(options.access) : clientJudge(options.access, options.serverName);
/** The judge of one generation: where chains are verified and lists are given, revoked peers are refused. */
const judgeWith = (judge, access, { revocation, trustAnchors }, tolerated) => {
	if (revocation === void 0 || access._tag === "Anonymous" || access._tag === "Pins") return judge;
	const status = revocationStatus(revocation.lists, trustAnchors);
	return refusingRevoked(judge, {
		status,
		mode: revocation.mode,
		tolerated
	});
};
/**
* Builds one generation of TLS for the tunnel's side. `tolerated` hears why peers of unknown revocation status were
* admitted, as often as that happens.
*/
const tlsOf = (transport, options, plainJudge, material, tolerated) => {
	const { access, mode, serverName, tls } = options;
	const judge = judgeWith(plainJudge, access, material, tolerated);
	if (mode === "client") return Effect.map(transport.clientTls(material, tls), (context) => ({
		mode,
		context,
		judge,
		serverName
	}));
	const requestCertificate = access._tag !== "Anonymous";
	return Effect.map(transport.serverTls(material, {
		...tls,
		requestCertificate,
		sendCaNames: requestCertificate && access._tag !== "Pins"
	}), (context) => ({
		mode,
		context,
		judge
	}));
};
/** When a thread that has too many records waiting looks again. */
const backlogMillis = 100;
/** Different tolerances that one generation records. */
const toleranceLimit = 100;
/** Records each reason once a generation: what changes is news, not who connects. */
const toleranceOf = (generation, recorder) => {
	const told = /* @__PURE__ */ new Set();
	return (why) => {
		if (told.has(why) || told.size >= toleranceLimit) return;
		told.add(why);
		recorder.revocationUnknown(generation, why);
	};
};
/** Tells profiles which connection a fiber serves. */
const withSubject = (served, progress, { address }) => Effect.provideService(served, FiberSubject, () => {
	return {
		name: `Connection.${progress.stage}`,
		words: [progress.stage, `peer=${address}`]
	};
});
/** Binds and waits for `start`. Closing the scope cuts what is still open. */
const make$1 = Effect.fn("ThreadProxy.make")(function* (options, context, material) {
	const transport = yield* Transport;
	const { stats, thread } = context;
	const recorder = makeRecorder(context);
	const judged = judgeOf(options);
	if (Result.isFailure(judged)) return yield* new TlsMaterialError({ message: judged.failure });
	const judge = judged.success;
	const build = (next) => tlsOf(transport, options, judge, next, toleranceOf(next.generation, recorder));
	const tls = yield* ScopedRef.fromAcquire(build(material));
	let undialled = 0;
	const around = {
		...options,
		transport,
		stats,
		recorder,
		copying: () => void undialled--
	};
	const connections = yield* FiberSet.make();
	const fork = yield* FiberSet.runtime(connections)();
	const live = /* @__PURE__ */ new Map();
	let draining = false;
	let resume = () => {};
	let later;
	const admission = options.slots === void 0 ? unlimited : join$1(options.slots, thread, () => resume());
	const scarce = watch$1(context.threads);
	const listener = yield* transport.listen({
		address: options.listen,
		inheritedFd: options.inheritedFd,
		reusePort: context.reusePort,
		admit: () => {
			if (draining) return false;
			if (!context.isBacklogged()) return admission.tryEnter();
			clearTimeout(later);
			later = setTimeout(() => resume(), backlogMillis);
			return false;
		},
		giveBack: admission.leave,
		descriptors: {
			scarce: (waiting) => scarce({
				connections: live.size + waiting,
				undialled: undialled + waiting
			}),
			duplicate: (fd) => Result.getOrUndefined(loadNative().duplicate(fd))
		},
		onConnection: (raw) => {
			const acceptedAt = performance.now();
			stats.add("conn.open", 1);
			stats.add("accept.total", 1);
			undialled++;
			const progress = { stage: "handshake" };
			const finished = () => {
				live.delete(progress);
				if (progress.stage !== "copy") undialled--;
				stats.add("conn.open", -1);
				stats.observe("conn.lifetime", (performance.now() - acceptedAt) * 1e6);
				admission.leave();
			};
			const served = Effect.ensuring(serve$1(around, raw, ScopedRef.getUnsafe(tls), acceptedAt, progress), Effect.sync(finished));
			const fiber = fork(options.profiled ? withSubject(served, progress, raw.remote) : served);
			if (fiber.pollUnsafe() === void 0) live.set(progress, fiber);
		},
		onAcceptError: (message) => {
			stats.add("accept.error", 1);
			recorder.acceptFailed(message);
		}
	});
	resume = listener.resume;
	const stop = Effect.sync(() => {
		if (draining) return;
		draining = true;
		clearTimeout(later);
		listener.stop();
		admission.close();
		for (const [progress, fiber] of live) if (progress.stage !== "copy") fiber.interruptUnsafe();
	});
	yield* Effect.addFinalizer(() => stop);
	return {
		bound: listener.bound,
		shareableFd: listener.shareableFd,
		start: Effect.sync(listener.resume),
		update: (next) => ScopedRef.set(tls, build(next)),
		stop,
		drained: FiberSet.awaitEmpty(connections),
		cut: Effect.gen(function* () {
			yield* stop;
			const left = yield* FiberSet.size(connections);
			yield* FiberSet.clear(connections);
			return left;
		})
	};
});
// src/tunnel/Numbers.ts
/** The numbers of a tunnel and where they are pushed; nothing of it exists where nobody wants them. */
/** Whether anyone reads the numbers: else none are kept. */
const isMetered = ({ metrics, status }) => status !== void 0 || metrics.graphite !== void 0 || metrics.postUrl !== void 0 || metrics.otlp !== void 0;
/** Whether numbers are kept: somebody reads them, or the embedding program does. */
const isCounted = (config) => Effect.map(CurrentRecordReader, (reader) => isMetered(config) || reader !== void 0);
/** Whether anyone hears of each connection: the status port's pages beside the contract's, OTLP, the embedding program. */
const isObserved = ({ metrics, status }) => Effect.map(CurrentRecordReader, (reader) => status !== void 0 || metrics.otlp !== void 0 || reader !== void 0);
/** The numbers for whoever shows them, already on their way to where they are pushed; only where somebody wants them. */
const openNumbers = Effect.fn("Ghostunnel.openNumbers")(function* (config) {
	const { metrics, mode, target } = config;
	const log = yield* Log;
	const credentials = yield* Credentials;
	const transport = yield* Transport;
	const { graphite, interval, otlp, postUrl } = metrics;
	const [{ Metrics }, { Telemetry }] = yield* Effect.promise(() => Promise.all([import("./lib-Metrics-BThepUeD.mjs").then((n) => n.n), import("./lib-Telemetry-s9K7cA_s.mjs")]));
	const pushers = [];
	if (graphite !== void 0) {
		const GraphitePusher = yield* Effect.promise(() => import("./lib-GraphitePusher-Cg5d524O.mjs"));
		pushers.push(GraphitePusher.layer({
			address: graphite,
			log: log.line
		}));
	}
	if (postUrl !== void 0) {
		const UrlPusher = yield* Effect.promise(() => import("./lib-UrlPusher-CCA0In4E.mjs"));
		const { trustAnchors } = credentials.current();
		pushers.push(UrlPusher.layer({
			url: Redacted.value(postUrl),
			interval,
			trustAnchors,
			log: log.line
		}));
	}
	const families = Telemetry.layer({
		prefix: metrics.prefix,
		identities: metrics.identities,
		build: {
			version,
			runtime: `node${process.versions.node}`,
			mode,
			transport: transport.name
		}
	});
	const all = Layer.mergeAll(families, ...pushers).pipe(Layer.provideMerge(Metrics.layer(metrics)));
	const services = yield* Layer.build(all);
	const telemetry = Context.get(services, Telemetry);
	const takes = [telemetry.record];
	const names = {
		mode,
		target: target.text
	};
	const reader = yield* CurrentRecordReader;
	if (reader !== void 0) takes.push(reader(names));
	let flush = Effect.void;
	if (otlp !== void 0) {
		const { Otlp } = yield* Effect.promise(() => import("./lib-Otlp-B92NyuVv.mjs"));
		const { trustAnchors } = credentials.current();
		const endpoint = Redacted.value(otlp.endpoint);
		const layer = Otlp.layer({
			...otlp,
			...names,
			endpoint,
			interval,
			trustAnchors,
			env: process.env,
			log: log.line
		});
		const exporter = Context.get(yield* Layer.build(layer), Otlp);
		takes.push(exporter.record);
		flush = exporter.flush;
	}
	return {
		services,
		telemetry,
		/** Takes every connection record. */
		record: (record) => {
			for (const take of takes) take(record);
		},
		/** Last words on the way to a shutdown; bounded. */
		flush
	};
});
// src/tunnel/Material.ts
/** A tunnel's certificate and trust, and the TLS of the main thread that is made of them. */
/** The contract's words for authorities that cannot be read, which differ where metrics are on. */
const credentialsFailed = (config, message) => {
	const trust = isMetered(config) && message.startsWith("loading trust store: ");
	return startError(message, `error: unable to ${trust ? "build TLS config" : "load certificates"}: ${message}`);
};
/** Loads them, saying where from. */
const credentialsLayer = (config) => Layer.unwrap(Effect.gen(function* () {
	const log = yield* Log;
	const { graphite, postUrl } = config.metrics;
	if (graphite !== void 0) log.line(`metrics enabled; reporting metrics via TCP to ${joinHostPort(graphite.host, graphite.port)}`);
	if (postUrl !== void 0) log.line(`metrics enabled; reporting metrics via POST to ${redacted(Redacted.value(postUrl))}`);
	log.line(certificateSourceLine(config.credentials));
	const { caBundlePath, credentials, revocation } = config;
	return Credentials.layer(credentials, caBundlePath, process.env, {
		revocation,
		warn: log.line
	});
})).pipe(Layer.catchTag("CredentialError", (error) => Layer.effect(Credentials, credentialsFailed(config, error.message))));
const judgeFailed = (config, message) => config.mode === "server" ? startError(message, message, `error from server listen: ${message}`) : startError(message, message, `error: unable to build dialer: ${message}`);
/** TLS of the main thread itself, for what it dials: the client mode's backend check. */
const ownTls = Effect.fn("Ghostunnel.ownTls")(function* (config, proxy) {
	const judged = judgeOf(proxy);
	if (Result.isFailure(judged)) return yield* judgeFailed(config, judged.failure);
	const transport = yield* Transport;
	const credentials = yield* Credentials;
	const build = (material) => tlsOf(transport, proxy, judged.success, material, () => {});
	const current = yield* ScopedRef.fromAcquire(build(credentials.current())).pipe(Effect.mapError((error) => startError(error.message, `error: unable to load certificates: ${error.message}`)));
	return {
		/** What a client dials with at this moment; a server dials in plaintext. */
		client: () => {
			const tls = ScopedRef.getUnsafe(current);
			return tls.mode === "client" ? tls : void 0;
		},
		/** Fails, and changes nothing, when OpenSSL will not take the material. */
		update: (material) => ScopedRef.set(current, build(material))
	};
});
// src/proxy/InlinePlane.ts
/** The data plane on the thread it is built on: for embedding, for tests and for `--workers 0`. */
const layer$1 = (options) => Layer.effect(DataPlane, Effect.gen(function* () {
	const stats = yield* ConnectionStats;
	const limit = options.maxConcurrentConnections;
	const slots = limit > 0 ? makeShared(limit, 1) : void 0;
	return {
		...yield* make$1({
			...options.proxy,
			slots
		}, {
			thread: 0,
			threads: 1,
			reusePort: true,
			stats: writer(stats.attachThread(0)),
			record: options.record,
			isBacklogged: () => false,
			interest: options.interest,
			subjectOf: options.subjectOf
		}, options.material),
		slotsTaken: () => slots === void 0 ? 0 : slotsTaken(slots),
		workers: 0,
		threads: () => ({
			serving: [],
			replaced: 0
		}),
		profiled: () => []
	};
}));
// src/runtime/Processors.ts
/** How many processors this process may really use: what the scheduler offers, less what its control group takes away. */
const ratio = (quota, period) => Number.isFinite(quota) && Number.isFinite(period) && quota > 0 && period > 0 ? quota / period : void 0;
/** Processors that `cpu.max` of cgroup v2 (`150000 100000`, `max 100000`) allows; undefined without a limit. */
const parseCpuMax = (text) => {
	const [quota = "", period = "100000"] = text.trim().split(/\s+/);
	return quota === "" || quota === "max" ? void 0 : ratio(Number(quota), Number(period));
};
/** Processors that cgroup v1's `cpu.cfs_quota_us` and `cpu.cfs_period_us` allow; undefined without a limit (-1). */
const parseCfs = (quota, period) => ratio(Number(quota.trim()), Number(period.trim()));
/** Where `/proc/self/cgroup` says the process is: its v2 group and its group of v1's cpu controller. */
const parseCgroups = (text) => {
	let unified;
	let cpu;
	for (const line of text.split("\n")) {
		const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
		if (controllers === void 0 || path === void 0) continue;
		if (controllers === "") unified = path;
		else if (controllers.split(",").includes("cpu")) cpu = {
			mount: controllers,
			path
		};
	}
	return {
		unified,
		cpu
	};
};
/** The group itself and everything above it, because every level may have a limit: `/a/b`, `/a`, ``. */
const ancestors = (path) => {
	const parts = path.split("/").filter((part) => part !== "" && part !== "." && part !== "..");
	return [...Array(parts.length + 1).keys()].map((n) => parts.slice(0, n).map((part) => `/${part}`).join("")).reverse();
};
/** The tightest limit among the process's control groups, read through `read`; undefined without any. */
const cgroupProcessors = (read) => {
	const groups = parseCgroups(read("/proc/self/cgroup") ?? "");
	const limits = [];
	for (const path of groups.unified === void 0 ? [] : ancestors(groups.unified)) for (const root of ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"]) limits.push(parseCpuMax(read(`${root}${path}/cpu.max`) ?? ""));
	for (const path of groups.cpu === void 0 ? [] : ancestors(groups.cpu.path)) for (const mount of /* @__PURE__ */ new Set([
		groups.cpu?.mount,
		"cpu",
		"cpu,cpuacct"
	])) {
		const directory = `/sys/fs/cgroup/${mount}${path}`;
		const quota = read(`${directory}/cpu.cfs_quota_us`);
		if (quota !== void 0) limits.push(parseCfs(quota, read(`${directory}/cpu.cfs_period_us`) ?? ""));
	}
	const known = limits.filter((limit) => limit !== void 0);
	return known.length === 0 ? void 0 : Math.min(...known);
};
const readText = (path) => {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return;
	}
};
/** The processors to spread work over: a whole number, at least 1. */
const availableProcessors = () => Math.max(1, Math.floor(Math.min(availableParallelism(), cgroupProcessors(readText) ?? Number.POSITIVE_INFINITY)));
// src/tunnel/Plane.ts
/** The data plane of a tunnel: on worker threads, or on the main one. */
/** Where threads fail to bind, in the words of the mode. */
const bindFailed = (config, message) => config.mode === "server" ? startError(message, `error trying to listen: ${message}`, `error from server listen: ${message}`) : startError(message, `error opening socket: ${message}`, `error from client listen: ${message}`);
/** Binds; its threads take no connection before they are told. `observe` hears of every connection, with all facts. */
const planeLayer = (config, proxy, observe) => Layer.unwrap(Effect.gen(function* () {
	const credentials = yield* Credentials;
	const sockets = yield* InheritedSockets;
	const log = yield* Log;
	const logged = sink(log.line, config.quiet, config.logFormat, config.target.text);
	const record = (each) => {
		logged(each);
		observe?.(each);
	};
	const options = {
		proxy,
		material: credentials.current(),
		maxConcurrentConnections: config.maxConcurrentConnections,
		subjectOf,
		duplicate: sockets.duplicate,
		transport: (yield* Transport).name,
		record,
		interest: observe === void 0 ? interestOf(config.quiet, config.logFormat) : {
			pipes: true,
			facts: true,
			unhurried: config.quiet.some((each) => each === "conns" || each === "all")
		}
	};
	const workers = config.workers === "auto" ? availableProcessors() : config.workers;
	if (workers === 0) return layer$1(options);
	return (yield* Effect.promise(() => import("./lib-WorkerPlane-CD3tbGIQ.mjs"))).layer(options, workers);
})).pipe(Layer.catchTag("BindError", (error) => Layer.effect(DataPlane, bindFailed(config, error.message))), Layer.catchTag("TlsMaterialError", (error) => Layer.effect(DataPlane, startError(error.message, `error: unable to load certificates: ${error.message}`))));
// src/credentials/CertificateExpiry.ts
/** Until when the certificates of a tunnel are valid: its leaf, the chain it sends, the authorities it trusts. */
/** With more authorities than these, as the system's store has them, only the one that expires first is told. */
const authoritiesTold = 32;
const expiryOf = (role, certificate) => ({
	role,
	subject: subjectOf(certificate.raw),
	serial: certificate.serialNumber,
	notAfter: certificate.validToDate.getTime()
});
const certificatesIn = (pem) => readPem(Buffer.from(pem)).filter(({ type }) => type === "CERTIFICATE").flatMap(({ der }) => Result.match(Result.try(() => new X509Certificate(der)), {
	onSuccess: (certificate) => [certificate],
	onFailure: () => []
}));
const first = (all) => all.toSorted((a, b) => a.notAfter - b.notAfter).slice(0, 1);
/** Every certificate in play, the leaf first. */
const certificateExpiries = (material) => {
	const chain = material.identity === void 0 ? [] : certificatesIn(material.identity.chainPem);
	const authorities = material.trustAnchors.flatMap(certificatesIn).map((each) => expiryOf("authority", each));
	return [...chain.map((certificate, index) => expiryOf(index === 0 ? "leaf" : "chain", certificate)), ...authorities.length > authoritiesTold ? first(authorities) : authorities];
};
/** The earliest end within a role, Unix milliseconds; undefined when it has no certificate. */
const earliest = (expiries, role) => first(expiries.filter((each) => each.role === role))[0]?.notAfter;
// src/tunnel/Standing.ts
/** How a tunnel stands with its certificates: until when they are valid, and what the last reload failed by. */
const rfc3339 = (millis) => millis === void 0 ? void 0 : new Date(millis).toISOString().replace(/\.000Z$/, "Z");
var Standing = class {
	#certificates = [];
	#lastError;
	#telemetry;
	constructor(material, telemetry) {
		this.#telemetry = telemetry;
		this.#take(material);
	}
	/** Every certificate in play, the leaf first. */
	get certificates() {
		return this.#certificates;
	}
	/** Why the last reload failed; undefined when it did not. */
	get lastError() {
		return this.#lastError;
	}
	/** A reload has made this material current. */
	reloaded(material) {
		this.#take(material);
		this.#lastError = void 0;
		this.#telemetry.reloaded(true);
	}
	/** A reload has left everything as it was. */
	failed(message) {
		this.#lastError = message;
		this.#telemetry.reloaded(false);
	}
	/** The keys of `/_status`. */
	facts() {
		const until = (role) => rfc3339(earliest(this.#certificates, role));
		return {
			certificates: {
				leaf_not_after: until("leaf"),
				chain_not_after: until("chain"),
				ca_not_after: until("authority")
			},
			last_reload_error: this.#lastError
		};
	}
	#take(material) {
		this.#certificates = certificateExpiries(material);
		this.#telemetry.certificates(this.#certificates);
	}
};
// src/runtime/LandlockHost.ts
/**
* What this process is, for the rules of its sandbox: environment, disk, and the files Node needs later. Everything is
* read synchronously: a helper thread that existed before the sandbox would stay outside of it.
*/
const attempt = (read, otherwise) => Result.getOrElse(Result.try(() => read()), () => otherwise);
/** The machine's disk. */
const disk = {
	isDirectory: (path) => attempt(() => statSync(path).isDirectory(), false),
	realpath: (path) => attempt(() => realpathSync(path), void 0),
	names: (directory) => attempt(() => readdirSync(directory), [])
};
/**
* Directories of the shared libraries in a `/proc/PID/maps`: where later ones (name services) are loaded from. Pure.
*/
const libraryDirectories = (maps) => {
	const libraries = maps.split("\n").flatMap((line) => /\s(\/[^\n]*\.so(?:\.[0-9.]+)?)$/.exec(line)?.[1] ?? []);
	return [...new Set(libraries.map((path) => dirname(path)))];
};
/** The program's own files: the bundle's directory, or the sources with their packages. Pure. */
const applicationFiles = (module) => {
	const here = dirname(module);
	if (!module.endsWith(".ts")) return [here, join(dirname(here), "package.json")];
	const root = dirname(dirname(here));
	return [
		join(root, "src"),
		join(root, "node_modules"),
		join(root, "package.json")
	];
};
/**
* Packages of Nix, which hold everything there; locales and OpenSSL's settings elsewhere. All world-readable by design.
*/
const system = [
	"/nix/store",
	"/usr/lib/locale",
	"/usr/lib/ssl"
];
/** This process. */
const surroundings = (services) => {
	const maps = attempt(() => readFileSync("/proc/self/maps", "utf8"), "");
	const script = Option.fromUndefinedOr(process.argv[1]).pipe(Option.flatMap((path) => Option.fromUndefinedOr(disk.realpath(path))), Option.map(dirname), Option.toArray);
	return {
		env: process.env,
		cwd: process.cwd(),
		runtime: [
			process.execPath,
			...libraryDirectories(maps),
			...applicationFiles(import.meta.filename),
			...script,
			...system
		],
		...services === void 0 ? {} : { services }
	};
};
/** Names of the threads this process has besides the calling main thread. */
const otherThreads = () => {
	const main = String(process.pid);
	return disk.names("/proc/self/task").filter((thread) => thread !== main).map((thread) => attempt(() => readFileSync(`/proc/self/task/${thread}/comm`, "utf8").trim(), "")).filter((name) => name !== "");
};
// src/runtime/LandlockRights.ts
/** Landlock's rights and which kernel knows them (contract: command line, section 7). Pure. */
/** Rights on files, as the kernel's bits. */
const fs = {
	execute: 1,
	writeFile: 2,
	readFile: 4,
	readDir: 8,
	removeDir: 16,
	removeFile: 32,
	makeChar: 64,
	makeDir: 128,
	makeReg: 256,
	makeSock: 512,
	makeFifo: 1024,
	makeBlock: 2048,
	makeSym: 4096,
	refer: 8192,
	truncate: 16384,
	ioctlDev: 32768
};
/** Rights on TCP ports. */
const net = {
	bind: 1,
	connect: 2
};
const readOnly = fs.execute | fs.readFile | fs.readDir;
const readWrite = readOnly | fs.writeFile | fs.truncate | fs.removeDir | fs.removeFile | fs.makeChar | fs.makeDir | fs.makeReg | fs.makeSock | fs.makeFifo | fs.makeBlock | fs.makeSym;
/** What may be allowed on something that is no directory. */
const onFiles = fs.execute | fs.readFile | fs.writeFile | fs.truncate;
/** Every file right that a kernel of this ABI can take away; moving between directories and device ioctls included. */
const handledFs = (abi) => abi < 1 ? 0 : readWrite & ~fs.truncate | (abi >= 2 ? fs.refer : 0) | (abi >= 3 ? fs.truncate : 0) | (abi >= 5 ? fs.ioctlDev : 0);
/** Every port right that a kernel of this ABI can take away. */
const handledNet = (abi, bindAny) => abi < 4 ? 0 : bindAny ? net.connect : net.bind | net.connect;
/** The rights to allow on a path, no more than the kernel knows and the kind of file takes. */
const pathRights = (access, isDirectory, abi) => (access === "write" ? readWrite : readOnly) & handledFs(abi) & (isDirectory ? -1 : onFiles);
/** In words, what a kernel of this ABI restricts once rules apply, and what it does not. */
const coverage = (abi, bindAny) => {
	const parts = [
		["files", abi >= 1],
		["truncating files", abi >= 3],
		["device ioctls", abi >= 5],
		["TCP listening", abi >= 4 && !bindAny],
		["TCP connecting", abi >= 4],
		["UDP", false],
		["connecting to UNIX sockets", false],
		["signals", false]
	];
	const those = (wanted) => parts.filter(([, is]) => is === wanted).map(([name]) => name);
	return {
		enforced: those(true),
		missing: those(false)
	};
};
// src/runtime/Sandbox.ts
/**
* What the process may do once it is sandboxed, as a value: derived from what the flags need, the environment and what
* Node itself needs (contract: command line, section 7). Pure but for the look at the disk that is handed in.
*/
const writable = [
	"/dev",
	"/run",
	"/var/run",
	"/proc",
	"/tmp"
];
const readable = [
	"/sys",
	"/etc",
	"/usr/share/zoneinfo",
	"/usr/share/ca-certificates",
	"/usr/local/share/ca-certificates",
	"/var/lib/ca-certificates"
];
/** Files that live elsewhere on some systems, behind a link in a directory that is allowed. */
const linked = [
	"/etc/hosts",
	"/etc/localtime",
	"/etc/nsswitch.conf",
	"/etc/pki/tls/certs/ca-bundle.crt",
	"/etc/resolv.conf",
	"/etc/services",
	"/etc/ssl/cert.pem",
	"/etc/ssl/certs/ca-certificates.crt"
];
/** Variables that name files which Node reads when they are first needed. */
const runtimeFiles = [
	"NODE_EXTRA_CA_CERTS",
	"OPENSSL_CONF",
	"NODE_ICU_DATA"
];
const proxyVariables = [
	"HTTPS_PROXY",
	"https_proxy",
	"HTTP_PROXY",
	"http_proxy"
];
const DNS = 53;
const HTTPS = 443;
const read = (path) => ({
	path,
	access: "read"
});
const write = (path) => ({
	path,
	access: "write"
});
/** The directories a file is replaced in: its own, and that of what it links to. */
const around = (path, at, disk) => {
	const file = resolve(at.cwd, path);
	const target = disk.realpath(file);
	const own = dirname(file);
	const real = target === void 0 ? own : dirname(target);
	return real === own ? [read(own)] : [read(own), read(real)];
};
const certificateDirectory = (path, at, disk) => {
	const directory = resolve(at.cwd, path);
	const targets = disk.names(directory).flatMap((name) => {
		const target = disk.realpath(resolve(directory, name));
		return target === void 0 ? [] : [dirname(target)];
	});
	return [directory, ...new Set(targets)].map(read);
};
const defaultPorts = {
	http: 80,
	https: HTTPS,
	socks5: 1080,
	socks5h: 1080
};
const placeOfUrl = (text, ports) => {
	const scheme = text.slice(0, text.indexOf("://")).toLowerCase();
	const byDefault = ports[scheme];
	if (byDefault === void 0) return Result.fail(`unknown scheme ${JSON.stringify(scheme)}`);
	const authority = /^[^/?#\\]*/.exec(text.slice(scheme.length + 3))?.[0] ?? "";
	const written = /:(\d*)$/.exec(authority)?.[1] ?? "";
	const port = written === "" ? byDefault : Number(written);
	if (!URL.canParse(text)) return Result.fail("not a URL");
	return port > 0 && port <= 65535 ? Result.succeed({ port }) : Result.fail("no numeric port");
};
const placeOfAddress = (text, services) => Result.flatMap(parse$2(text, services), (address) => {
	switch (address._tag) {
		case "Tcp": return Result.succeed({ port: address.port });
		case "Unix": return Result.succeed({ socket: address.path });
		default: return Result.succeed("free");
	}
});
/** Reads what a connection is made to: `HOST:PORT`, `unix:PATH`, `tcp://..`, `unix://..` or a URL. Pure. */
const connectPlace = (need, services) => {
	const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(need.text)?.[1]?.toLowerCase();
	const place = scheme === void 0 ? placeOfAddress(need.text, services) : scheme === "tcp" || scheme === "unix" ? placeOfAddress(need.text.replace(/^tcp:\/\//i, "").replace(/^unix:\/\//i, "unix:"), services) : placeOfUrl(need.text, need.kind === "proxy" ? {
		...defaultPorts,
		http: 8080
	} : defaultPorts);
	return Result.flatMap(place, (found) => typeof found === "object" && "port" in found && found.port === 0 ? Result.fail("no numeric port") : Result.succeed(found));
};
/** URLs in the environment that outgoing HTTP may go through, each once. A value without a scheme means `http://`. */
const proxyNeeds = (env) => {
	const seen = /* @__PURE__ */ new Set();
	return proxyVariables.flatMap((name) => {
		const value = env[name] ?? "";
		if (value === "" || seen.has(value)) return [];
		seen.add(value);
		return [{
			kind: "connect",
			of: `$${name}`,
			text: value.includes("://") ? value : `http://${value}`
		}];
	});
};
/** Rules as they come together. */
var Draft = class {
	paths = [];
	binds = /* @__PURE__ */ new Set();
	connects = /* @__PURE__ */ new Set([DNS]);
	problems = [];
	bindAny = false;
	#at;
	#disk;
	constructor(at, disk) {
		this.#at = at;
		this.#disk = disk;
	}
	add(need, needs) {
		switch (need.kind) {
			case "read": return this.#read(need);
			case "write": return this.#socket(need, need.text);
			case "bind": return this.#bind(need);
			case "acme": {
				const data = this.#at.env.XDG_DATA_HOME ?? resolve(this.#at.env.HOME ?? "/", ".local/share");
				this.paths.push(write(data));
				if (!needs.some(({ of }) => of === "--auto-acme-ca" || of === "--auto-acme-testca")) this.connects.add(HTTPS);
				return;
			}
			default: return this.#connect(need);
		}
	}
	#read(need) {
		const path = resolveSecretPath(need.text, this.#at.env);
		if (Result.isFailure(path)) return this.#problem(need, path.failure);
		this.paths.push(...around(path.success, this.#at, this.#disk));
	}
	#connect(need) {
		const place = connectPlace(need, this.#at.services);
		if (Result.isFailure(place)) {
			const isSecret = need.kind === "proxy" && need.text.includes("@");
			return this.#problem(need, isSecret ? "not a URL" : place.failure);
		}
		if (place.success === "free") return;
		if ("socket" in place.success) return this.#socket(need, place.success.socket);
		this.connects.add(place.success.port);
	}
	#bind(need) {
		const place = placeOfAddress(need.text.replace(/^https?:\/\//, ""), this.#at.services);
		if (Result.isFailure(place)) return this.#problem(need, place.failure);
		if (place.success === "free") return;
		if ("socket" in place.success) return this.#socket(need, place.success.socket);
		if (place.success.port > 0) return void this.binds.add(place.success.port);
		this.bindAny = true;
		this.problems.push(`${need.of} ${JSON.stringify(need.text)} names no port, so listening is not restricted`);
	}
	/** A socket's file comes and goes in its directory. Abstract names have none. */
	#socket(need, path) {
		if (path.startsWith("@")) return;
		const directory = dirname(resolve(this.#at.cwd, path));
		if (!this.#disk.isDirectory(directory)) return this.#problem(need, `${directory}: no such directory`);
		this.paths.push(write(directory));
	}
	#problem(need, why) {
		this.problems.push(`no rule for ${need.of}: ${why}`);
	}
};
const unique = (rules) => {
	const access = /* @__PURE__ */ new Map();
	for (const rule of rules) if (access.get(rule.path) !== "write") access.set(rule.path, rule.access);
	return [...access].map(([path, access]) => ({
		path,
		access
	}));
};
/**
* The rules that needs come to (contract: command line, section 7). A need that makes no sense costs its own rule and
* leaves a sentence behind.
*/
const derive = (needs, at, disk) => {
	const draft = new Draft(at, disk);
	draft.paths.push(...writable.map(write), ...readable.map(read), ...at.runtime.map(read));
	for (const path of linked) {
		const target = disk.realpath(path);
		if (target !== void 0 && target !== path) draft.paths.push(read(target));
	}
	for (const name of ["SSL_CERT_FILE", ...runtimeFiles]) {
		const path = at.env[name] ?? "";
		if (path !== "") draft.add({
			kind: "read",
			of: `$${name}`,
			text: path
		}, needs);
	}
	for (const path of (at.env.SSL_CERT_DIR ?? "").split(":")) if (path !== "") draft.paths.push(...certificateDirectory(path, at, disk));
	const all = [...needs, ...proxyNeeds(at.env)];
	for (const need of all) draft.add(need, all);
	const sorted = (ports) => [...ports].sort((a, b) => a - b);
	return {
		paths: unique(draft.paths),
		bind: draft.bindAny ? "any" : sorted(draft.binds),
		connect: sorted(draft.connects),
		problems: draft.problems
	};
};
// src/runtime/Landlock.ts
/**
* Sandboxes the process with Landlock, as far as the kernel can (contract: command line, section 7), and says in a
* receipt how far that was. Everything is synchronous; nothing that was restricted comes back.
*/
/** `--sandbox=require` asks for what cannot be had. */
var SandboxError = class extends Schema.TaggedError()("SandboxError", { message: Schema.String }) {};
const nothing = (mode, abi) => ({
	mode,
	abi,
	enforced: [],
	notEnforced: coverage(0, false).missing,
	threadsOutside: []
});
/** The receipt of this process; without a sandbox, that nothing is enforced. */
const Sandbox = Context.Reference("ghostunnel/Sandbox", { defaultValue: () => nothing("off", 0) });
/** The receipt as one log line. Pure. */
const receiptLine = (receipt) => {
	const list = (names) => names.length === 0 ? "nothing" : names.join(", ");
	const counted = [...new Set(receipt.threadsOutside)].map((name) => {
		const count = receipt.threadsOutside.filter((other) => other === name).length;
		return count === 1 ? name : `${count} ${name}`;
	});
	const threads = counted.length === 0 ? "none" : counted.join(", ");
	return [
		`landlock ABI ${receipt.abi}: enforced: ${list(receipt.enforced)}`,
		`not enforced: ${list(receipt.notEnforced)}`,
		`threads outside: ${threads}`
	].join("; ");
};
Effect.fnUntraced(function* (options) {
	const { mode } = options;
	const log = yield* Log;
	const native = yield* Native;
	const refused = (why) => new SandboxError({ message: `--sandbox=require: ${why}` });
	if (mode === "off") return nothing(mode, 0);
	if (options.pkcs11) {
		if (mode === "require") return yield* refused("not possible with a PKCS#11 module");
		log.line("note: using pkcs11, skipping landlock setup");
		return nothing("off", 0);
	}
	if (process.platform !== "linux") return mode === "require" ? yield* refused("Landlock is only supported on linux") : nothing(mode, 0);
	log.line("setting up landlock rules to limit process privileges");
	const warn = (why) => log.line(`warning: unable to set up landlock: ${why}`);
	const abi = Result.getOrElse(native.landlock.abi(), () => 0);
	if (abi < 4) {
		if (mode === "require") return yield* refused(`this kernel's Landlock ABI is ${abi}, 4 is needed`);
		if (!native.available) warn("node:ffi is not available");
		log.line("note: kernel does not support landlock net rules, TCP ports are not restricted");
		if (abi < 1) return nothing(mode, 0);
	}
	const rules = derive(options.needs, options.surroundings ?? surroundings(), disk);
	rules.problems.forEach(warn);
	const early = abi < 8 && otherThreads().some((name) => name.startsWith("libuv-worker"));
	if (mode === "require") {
		if (rules.bind === "any") return yield* refused("listening needs a fixed port");
		if (early) return yield* refused("helper threads exist already that would stay outside");
	}
	if (early) warn("helper threads exist already and stay outside");
	const applied = restrict(native, rules, abi);
	applied.problems.forEach(warn);
	const receipt = receiptOf(mode, abi, rules, applied);
	log.line(receiptLine(receipt));
	if (mode === "require" && !(applied.files && applied.ports)) return yield* refused(applied.problems.join("; "));
	return receipt;
});
const receiptOf = (mode, abi, rules, applied) => {
	const bindAny = rules.bind === "any";
	const { enforced, missing } = coverage(abi, bindAny);
	const lost = (name) => name.startsWith("TCP") ? !applied.ports : !applied.files;
	const open = rules.paths.some(({ path }) => path === "/") ? ["reading files: a file of yours lies in /"] : [];
	return {
		mode,
		abi,
		enforced: enforced.filter((name) => !lost(name)),
		notEnforced: [
			...missing,
			...enforced.filter(lost),
			...open
		],
		threadsOutside: applied.threadsOutside
	};
};
const O_PATH = 2097152;
const missingFile = (error) => typeof error === "object" && error !== null && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
/** Two rulesets, files and ports, prepared in full before the first is applied. */
const restrict = (native, rules, abi) => {
	const problems = [];
	const fsRuleset = filesRuleset(native, rules, abi, problems);
	const netRuleset = portsRuleset(native, rules, abi, problems);
	const threads = otherThreads();
	const privileges = native.setNoNewPrivileges();
	if (Result.isFailure(privileges)) problems.push(describe(privileges.failure));
	let everyThread = abi >= 8;
	const apply = (ruleset) => {
		if (ruleset === void 0) return false;
		let done = native.landlock.restrictSelf(ruleset, everyThread ? 8 : 0);
		if (Result.isFailure(done) && everyThread) {
			everyThread = false;
			done = native.landlock.restrictSelf(ruleset, 0);
		}
		if (Result.isFailure(done)) problems.push(describe(done.failure));
		native.close(ruleset);
		return Result.isSuccess(done);
	};
	const files = apply(fsRuleset);
	const ports = apply(netRuleset);
	return {
		files,
		ports,
		problems,
		threadsOutside: (files || ports) && !everyThread ? threads : []
	};
};
const filesRuleset = (native, rules, abi, problems) => {
	const created = native.landlock.createRuleset({
		fs: handledFs(abi),
		net: 0
	});
	if (Result.isFailure(created)) return void problems.push(describe(created.failure));
	const ruleset = created.success;
	for (const { access, path } of rules.paths) try {
		const fd = openSync(path, O_PATH);
		try {
			const added = native.landlock.allowPath(ruleset, pathRights(access, fstatSync(fd).isDirectory(), abi), fd);
			if (Result.isFailure(added)) problems.push(`${path}: ${describe(added.failure)}`);
		} finally {
			closeSync(fd);
		}
	} catch (error) {
		if (!missingFile(error)) problems.push(`${path}: ${String(error)}`);
	}
	return ruleset;
};
const portsRuleset = (native, rules, abi, problems) => {
	const handled = handledNet(abi, rules.bind === "any");
	if (handled === 0) return void 0;
	const created = native.landlock.createRuleset({
		fs: 0,
		net: handled
	});
	if (Result.isFailure(created)) return void problems.push(describe(created.failure));
	const ruleset = created.success;
	const allow = (right, ports) => {
		for (const port of ports) {
			const added = native.landlock.allowPort(ruleset, right, port);
			if (Result.isFailure(added)) problems.push(`port ${port}: ${describe(added.failure)}`);
		}
	};
	allow(net.connect, rules.connect);
	if (rules.bind !== "any") allow(net.bind, rules.bind);
	return ruleset;
};
// src/status/ProfilingPages.ts
/** The pages of `/debug/pprof/`, whose code is loaded only where the main thread measures itself. */
/** The routes for the main thread and the `others`; undefined where no profiles were asked for. */
const profilingPages = Effect.fnUntraced(function* (others) {
	const main = yield* MainThread;
	if (main === void 0) return void 0;
	const [Profiler, { profilingRoutes }] = yield* Effect.promise(() => Promise.all([import("./lib-Profiler-DePkJJCR.mjs"), import("./lib-ProfilingRoutes-Cedt16dC.mjs")]));
	return profilingRoutes(Profiler.make(() => [main, ...others()]), process.argv.slice(1));
});
// src/tunnel/StatusPage.ts
/** The page for people, composed; its code is loaded only where it is asked for. */
/** Its routes; undefined where there is none. */
const statusPage = Effect.fnUntraced(function* ({ listen, mode, target }, status, parts) {
	if (!status.page) return void 0;
	const { numbers, plane, standing } = parts;
	const stats = yield* ConnectionStats;
	const { pageRoutes } = yield* Effect.promise(() => import("./lib-PageRoutes-C1RNiVxe.mjs"));
	return yield* pageRoutes({
		facts: {
			mode,
			listen: listen.text,
			target: target.text,
			version,
			sandbox: yield* Sandbox
		},
		live: numbers.telemetry.live,
		totals: () => ({
			open: stats.read("conn.open"),
			established: stats.read("accept.success"),
			refused: stats.read("accept.error"),
			forwarded: stats.carried("forwarded"),
			returned: stats.carried("returned")
		}),
		certificates: () => standing.certificates,
		reloadError: () => standing.lastError,
		threads: plane.threads
	});
});
// src/tunnel/StatusPort.ts
/** The status port of a tunnel, composed. */
/** The code of the status port is loaded only where one is configured. */
const loadStatus = Effect.promise(() => Promise.all([import("./lib-StatusServer-Be-LpVB5.mjs"), import("./lib-BackendCheck-C_iGrmej.mjs").then((n) => n.n)]));
/** The status port. */
const openStatus = Effect.fn("Ghostunnel.openStatus")(function* (config, status, { numbers, own, plane, proxy, standing }) {
	const failed = ({ message }) => startError(message, `error: unable to bind on status port: ${message}`, `error serving /_status: ${message}`, `error from ${config.mode} listen: ${message}`);
	const inheritedFd = yield* inherited(status.address, (message) => failed({ message }));
	const credentials = yield* Credentials;
	const sandbox = sandboxFacts(yield* Sandbox);
	const [{ StatusServer }, { BackendCheck }] = yield* loadStatus;
	const probe = {
		target: proxy.target,
		connectTimeout: config.connectTimeout
	};
	const check = status.targetStatus !== void 0 ? BackendCheck.layerHttp({
		...probe,
		url: status.targetStatus,
		roots: void 0
	}) : config.mode === "server" ? BackendCheck.layerConnect(probe) : BackendCheck.layerTls({
		...probe,
		via: proxy.upstream,
		tls: own.client
	});
	const server = StatusServer.layer({
		inheritedFd,
		address: status.address,
		https: status.https,
		tls: config.tls,
		material: credentials.current(),
		connectTimeout: config.connectTimeout,
		enableShutdown: status.enableShutdown,
		openMetrics: numbers.telemetry.page,
		profiling: yield* profilingPages(plane.profiled),
		page: yield* statusPage(config, status, {
			numbers,
			plane,
			standing
		}),
		facts: {
			listenAddress: config.listen.text,
			forwardAddress: config.target.text,
			revision: version,
			compiler: `node${process.versions.node}`
		},
		more: () => ({
			sandbox,
			workers: workerFacts(plane.threads()),
			...standing.facts()
		})
	});
	const context = yield* Layer.build(server.pipe(Layer.provide(check))).pipe(Effect.provideContext(numbers.services), Effect.mapError(failed));
	return Context.get(context, StatusServer);
});
// src/Ghostunnel.ts
/**
* A tunnel, composed: the only file that knows every part. `layerServer` and `layerClient` are tunnels as layers whose scope
* drains them; `run` is the program around one: until shutdown, with the log lines and the exit code of the contract
* (command line, sections 5.1 to 5.5).
*/
/** A running tunnel. */
var Tunnel = class extends Context.Service()("ghostunnel/Tunnel") {};
/** The state, each change of which the service manager hears before it takes effect. */
const toldStatus = (config) => Layer.effect(Status, Effect.flatMap(Status, (status) => observed(status, {
	mode: config.mode,
	listen: config.listen.text,
	target: config.target.text
}))).pipe(Layer.provide(Status.layer));
/** The transport that the configuration wishes for, where it works. */
const transportLayer = (config) => Layer.unwrap(Effect.gen(function* () {
	const log = yield* Log;
	const { instead, name } = yield* Effect.promise(() => chooseTransport(config.transport));
	if (instead !== void 0) log.line(`the native transport does not work here (${instead}): using Node's`);
	return yield* Effect.promise(() => loadTransport(name));
}));
/** Everything below the control loop: built in the order of the contract's start-up, released in reverse. */
const foundation = (config) => Layer.mergeAll(transportLayer(config), toldStatus(config), Layer.unwrap(Effect.map(isCounted(config), (counted) => counted ? ConnectionStats.layer : ConnectionStats.layerNone)));
const make = Effect.fn("Ghostunnel.make")(function* (config, plain) {
	const proxy = {
		...plain,
		inheritedFd: yield* inherited(config.listen, (message) => bindFailed(config, message))
	};
	const log = yield* Log;
	const lifecycle = yield* Lifecycle;
	const status = yield* Status;
	const credentials = yield* Credentials;
	const scope = yield* Effect.scope;
	yield* resolveTarget(config);
	log.line(`using target address ${config.target.text}`);
	if (proxy.upstream !== void 0) log.line(`using proxy ${proxy.upstream.display}`);
	const own = yield* ownTls(config, proxy);
	const [counted, seen] = yield* Effect.all([isCounted(config), isObserved(config)]);
	let observe = (_) => {};
	const [planeContext, numbers] = yield* Effect.all([
		Layer.build(planeLayer(config, proxy, seen ? (record) => observe(record) : void 0)),
		counted ? openNumbers(config) : Effect.undefined,
		config.status === void 0 ? Effect.void : Effect.asVoid(loadStatus)
	], { concurrency: "unbounded" });
	const plane = Context.get(planeContext, DataPlane);
	const telemetry = numbers?.telemetry;
	telemetry?.follow({
		...plane,
		maxConcurrentConnections: config.maxConcurrentConnections
	});
	observe = numbers?.record ?? observe;
	const standing = telemetry === void 0 ? void 0 : new Standing(credentials.current(), telemetry);
	const port = config.status === void 0 || numbers === void 0 || standing === void 0 ? void 0 : yield* openStatus(config, config.status, {
		proxy,
		own,
		numbers,
		plane,
		standing
	});
	const reload = Effect.gen(function* () {
		yield* status.reloading;
		const reloaded = yield* credentials.reload.pipe(Effect.tap(own.update), Effect.tap(plane.update), Effect.tap((material) => port?.update(material) ?? Effect.void), Effect.result);
		if (Result.isFailure(reloaded)) {
			standing?.failed(reloaded.failure.message);
			log.line(`error reloading TLS configuration: ${reloaded.failure.message}`);
		} else {
			standing?.reloaded(reloaded.success);
			if (reloaded.success.identity !== void 0) log.line(`loaded certificate: ${reloaded.success.subject}`);
		}
		log.line("reloading configuration complete");
		yield* status.reloaded;
		return Result.isSuccess(reloaded);
	});
	const reloadLoop = Effect.gen(function* () {
		const request = yield* Queue.take(lifecycle.reloads);
		if (request._tag === "Signal") log.line(`received ${request.name}, reloading TLS configuration`);
		if (request._tag === "FilesChanged") log.line("certificate files have changed, reloading TLS configuration");
		yield* reload;
	});
	const shutdown = yield* Effect.cached(Effect.gen(function* () {
		yield* status.stopping;
		if (port !== void 0) yield* Effect.forkIn(port.stop, scope, { startImmediately: true });
		const drained = Effect.gen(function* () {
			yield* plane.stop;
			log.line("shutdown proxy, waiting for drain");
			yield* plane.drained;
		});
		const done = yield* Effect.timeoutOption(drained, config.shutdownTimeout);
		if (Option.isNone(done)) {
			log.line("graceful shutdown timeout: forcing exit");
			yield* plane.cut;
		}
		if (numbers !== void 0) yield* numbers.flush;
		return { forced: Option.isNone(done) };
	}));
	yield* Effect.addFinalizer(() => shutdown);
	yield* Layer.build(Lifecycle.layerTimer(config.reloadInterval));
	if (config.watchFiles) yield* Layer.build(layer$2(credentials.files));
	yield* Effect.forkScoped(Effect.forever(reloadLoop).pipe(asFiber("Ghostunnel.reloadLoop")));
	yield* lifecycle.begin;
	log.line(`listening for connections on ${config.listen.text}`);
	yield* plane.start;
	yield* status.listening;
	return {
		bound: plane.bound,
		statusBound: port?.bound,
		workers: plane.workers,
		reload,
		shutdown
	};
});
/**
* A tunnel as a layer: listening when it is built, drained when its scope closes. Shutdown and reload requests come from
* `Lifecycle`, lines go to `Log`.
*/
const layer = (config) => {
	const proxy = planOf(config);
	if (Result.isFailure(proxy)) return Layer.effect(Tunnel, proxy.failure);
	return Layer.effect(Tunnel, make(config, proxy.success)).pipe(Layer.provide(credentialsLayer(config)), Layer.provide(foundation(config)), Layer.provide(FiberCount.layer), config.status?.enableProfiling ? Layer.provide(layer$3) : identity);
};
const embedded = Layer.mergeAll(Log.layerEffect, Lifecycle.layerManual, InheritedSockets.layerNone, ServiceNotify.layerNone);
/** A server tunnel for embedding: its log lines go to Effect's loggers, nothing of the process is touched. */
const layerServer = (config) => layer(config).pipe(Layer.provide(Layer.fresh(embedded)));
/** A client tunnel for embedding. */
const layerClient = (config) => layer(config).pipe(Layer.provide(Layer.fresh(embedded)));
/** Builds the tunnel, serves until a shutdown is asked for, and drains. Succeeds with whether the drain was forced. */
const serve = Effect.fn("Ghostunnel.serve")(function* (config) {
	const log = yield* Log;
	const { shutdown } = yield* Lifecycle;
	const scope = yield* Scope.make();
	const context = yield* Layer.buildWithScope(layer(config), scope).pipe(Effect.tapError((error) => Effect.andThen(Effect.sync(() => error.lines.forEach((line) => log.line(line))), Scope.close(scope, Exit.fail(error)))));
	const tunnel = Context.get(context, Tunnel);
	yield* Effect.forkChild(watch().pipe(asFiber("Watchdog.watch")));
	const request = yield* Deferred.await(shutdown);
	log.line(request._tag === "Signal" ? `received ${request.name}, shutting down` : "shutdown request processing");
	const outcome = yield* tunnel.shutdown;
	yield* Effect.forkDetach(Scope.close(scope, Exit.void));
	return outcome;
});
/** What the process is given by its service manager. */
const processServices = Layer.mergeAll(InheritedSockets.layer(), ServiceNotify.layer()).pipe(Layer.provideMerge(Native.layer));
/** The whole program around a tunnel: signals ask for shutdown and reload, lines go to standard output. */
const run = (config) => serve(config).pipe(Effect.provide(Layer.mergeAll(Log.layerStdoutAs(config.logFormat), Lifecycle.layerSignals, processServices)));
// src/transport/ProxyProtocolDecode.ts
/**
* The PROXY protocol, version 2, as a receiver: the inverse of `ProxyProtocol`, for tests and for programs behind the
* tunnel (haproxy's `proxy-protocol.txt`, sections 2.2 and 4). Pure, and total over any bytes; version 1 is refused.
*/
const incomplete = Result.succeed({ _tag: "Incomplete" });
const viewOf = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
/** TLVs that fill these bytes exactly (`proxy-protocol.txt`, section 2.2.7). */
const readTlvs = (bytes) => {
	const view = viewOf(bytes);
	const tlvs = [];
	let at = 0;
	while (at < bytes.length) {
		const end = at + 3 <= bytes.length ? at + 3 + view.getUint16(at + 1) : Number.POSITIVE_INFINITY;
		if (end > bytes.length) return Result.fail("a TLV reaches beyond its end");
		tlvs.push({
			type: view.getUint8(at),
			value: bytes.slice(at + 3, end)
		});
		at = end;
	}
	return Result.succeed(tlvs);
};
/** The value of the TLV `ssl`, type 0x20 (`proxy-protocol.txt`, section 2.2.5). */
const decodeSsl = (value) => {
	if (value.length < 5) return Result.fail("TLV 0x20 is too short");
	const view = viewOf(value);
	return Result.map(readTlvs(value.subarray(5)), (tlvs) => ({
		flags: view.getUint8(0),
		verify: view.getUint32(1),
		tlvs
	}));
};
const hostOf = (bytes) => {
	if (bytes.length === 4) return bytes.join(".");
	const groups = Array.from({ length: 8 }, (_, index) => viewOf(bytes).getUint16(2 * index).toString(16));
	return new SocketAddress({
		address: groups.join(":"),
		family: "ipv6"
	}).address;
};
const readIp = (block, size) => {
	const end = (index) => ({
		host: hostOf(block.subarray(index * size, (index + 1) * size)),
		port: viewOf(block).getUint16(2 * size + 2 * index)
	});
	return {
		source: end(0),
		destination: end(1)
	};
};
const readPath = (field) => Buffer.from(field.subarray(0, field.findLastIndex((byte) => byte !== 0) + 1)).toString();
const readAddresses = (family, block) => {
	if (family === 0) return Result.succeed({ _tag: "Unspecified" });
	const _tag = [
		"Tcp4",
		"Tcp6",
		"Unix"
	].find((name) => families[name].code === family);
	if (_tag === void 0) return Result.fail(`unsupported family 0x${family.toString(16)}`);
	const { addresses } = families[_tag];
	if (block.length < addresses) return Result.fail(`length ${block.length} is too short for the addresses`);
	return Result.map(readTlvs(block.subarray(addresses)), (tlvs) => _tag === "Unix" ? {
		_tag,
		source: readPath(block.subarray(0, 108)),
		destination: readPath(block.subarray(108, 216)),
		tlvs
	} : {
		_tag,
		...readIp(block, _tag === "Tcp4" ? 4 : 16),
		tlvs
	});
};
/** Reads a header from the first bytes of a connection. Fails as soon as they cannot be one. */
const decode = (bytes) => {
	const [command, family = 0] = bytes.subarray(signature.length);
	if (bytes.subarray(0, signature.length).some((byte, index) => byte !== signature[index])) return Result.fail("not a PROXY protocol v2 header");
	if (command === void 0) return incomplete;
	if (command >> 4 !== 2) return Result.fail(`unsupported version ${command >> 4}`);
	if ((command & 15) > 1) return Result.fail(`unsupported command ${command & 15}`);
	if (bytes.length < 16) return incomplete;
	const end = 16 + viewOf(bytes).getUint16(14);
	if (bytes.length < end) return incomplete;
	const header = (command & 15) === 0 ? Result.succeed({ _tag: "Local" }) : readAddresses(family, bytes.subarray(16, end));
	return Result.map(header, (header) => ({
		_tag: "Complete",
		header,
		rest: bytes.subarray(end)
	}));
};
export { AccessRules, Address, AddressFromString, BindError, ClientConfig, CredentialSource, GoDuration, Lifecycle, Log, MetricsConfig, NameRules, OtlpConfig, QuietClass, ServerConfig, StartError, StatusConfig, TlsMaterialError, TlsOptions, Transport, TransportChoice, Tunnel, Workers, decode as decodeProxyHeader, decodeSsl as decodeProxySsl, encode as encodeProxyHeader, encodeSsl as encodeProxySsl, layer, layerClient, layerServer, headerFor as proxyHeaderFor, run };

//# sourceMappingURL=index.mjs.map