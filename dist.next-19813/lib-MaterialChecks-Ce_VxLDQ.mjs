import { n as TlsMaterialError } from "./lib-Transport-CSs_2P36.mjs";
import { X509Certificate, createPrivateKey } from "node:crypto";
// src/transport/EndpointNames.ts
/** `1.2.3.4:5`, `[::1]:5`; IPv4-mapped addresses as IPv4. */
const hostPort = (host, port) => {
	const plain = /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(host) ? host.slice(7) : host;
	return plain.includes(":") ? `[${plain}]:${port}` : `${plain}:${port}`;
};
/** A TCP end. An address that can no longer be asked for (the peer is gone already) reads `0.0.0.0:0`. */
const tcp = (host, port) => ({
	network: "tcp",
	address: host === void 0 || port === void 0 ? "0.0.0.0:0" : hostPort(host, port)
});
/** A UNIX end; without a path it is unnamed. */
const unix = (path) => ({
	network: "unix",
	address: path === void 0 ? "@" : path
});
/** The path as the kernel takes it: a leading `@` names an abstract socket. */
const kernelPath = (path) => path.startsWith("@") ? `\0${path.slice(1)}` : path;
/** The path as people write it, from what the kernel gives back. */
const writtenPath = (path) => path === "" ? "@" : path.replace(/^\0/, "@");
/** `tcp 127.0.0.1:80`, `unix /p`: an address in an error sentence. */
const written = (address) => address._tag === "Tcp" ? `tcp ${hostPort(address.host, address.port)}` : address._tag === "Unix" ? `unix ${address.path}` : address.text;
/** `read tcp A->B`: an operation on a connection in an error sentence. */
const operation = (verb, local, remote) => `${verb} ${local.network} ${local.address}->${remote.address}`;
/** The name that goes into SNI: nothing for IP addresses; brackets, zone and trailing dot removed. */
const sniName = (serverName, isIp) => {
	const bare = serverName.replace(/^\[(.*)\]$/, "$1").replace(/%.*$/, "").replace(/\.$/, "");
	return isIp(bare) ? "" : bare;
};
// src/transport/JudgeAnswer.ts
const refused = (message) => ({
	_tag: "Refused",
	reason: "bad_certificate",
	message
});
/** The refusal of a judge that did not give a verdict. */
const undecided = refused("unauthorized: the access decision failed");
/** Of a peer whose verification left no result. */
const unreadable = refused("tls: failed to verify certificate: the result of the verification is unknown");
/** Of a session that was not verified on this connection. */
const resumed = refused("tls: session resumption is not allowed");
const isVerdict = (value) => {
	if (typeof value !== "object" || value === null || !("_tag" in value)) return false;
	return value._tag === "Admitted" || value._tag === "Refused" && "reason" in value && typeof value.reason === "string" && "message" in value && typeof value.message === "string";
};
const isPending = (value) => typeof value === "object" && value !== null && "_tag" in value && value._tag === "Pending" && "settled" in value && value.settled instanceof Promise;
/** What the judge says of a peer; one that throws, or answers something else, refuses. */
const askJudge = (judge, peer) => {
	try {
		const answer = judge(peer);
		return isPending(answer) || isVerdict(answer) ? answer : undecided;
	} catch {
		return undecided;
	}
};
/** What a settled policy said; anything that is not a verdict is a refusal. */
const settledVerdict = (value) => isVerdict(value) ? value : undecided;
// src/transport/MaterialChecks.ts
/** What is asked of TLS material before OpenSSL sees it, and what OpenSSL's complaints mean. Both transports share it. */
const text = (error, name) => {
	if (typeof error !== "object" || error === null) return void 0;
	const found = Reflect.get(error, name);
	return typeof found === "string" ? found : void 0;
};
/** A failure with this sentence. */
const materialFails = (message) => new TlsMaterialError({ message });
/** The failure for what OpenSSL or Node threw. */
const explainMaterial = (error) => {
	if (error instanceof TlsMaterialError) return error;
	const reason = text(error, "reason") ?? text(error, "message") ?? String(error);
	if (/key values mismatch/i.test(reason)) return materialFails("tls: private key does not match public key");
	if (/key too small/i.test(reason)) return materialFails("tls: the certificate's key is too small: OpenSSL takes RSA from 2048 bits");
	if (/md too weak/i.test(reason)) return materialFails("tls: the certificate's signature algorithm is too weak for OpenSSL");
	return materialFails(`tls: ${reason}`);
};
const parsed = (what, parse) => {
	try {
		return parse();
	} catch (error) {
		throw materialFails(`tls: failed to parse ${what}: ${text(error, "reason") ?? text(error, "message")}`);
	}
};
/** OpenSSL notices a foreign key only when it is of the certificate's own type. */
const checkPair = (identity) => {
	const leaf = parsed("certificate", () => new X509Certificate(identity.chainPem));
	const key = parsed("private key", () => createPrivateKey(identity.keyPem));
	if (!leaf.checkPrivateKey(key)) throw materialFails("tls: private key does not match public key");
};
/** Throws what is wrong with the material. */
const checkMaterial = (material) => {
	if (material.identity !== void 0) checkPair(material.identity);
	for (const anchor of material.trustAnchors) parsed("trust anchor", () => new X509Certificate(anchor));
};
export { resumed as a, unreadable as c, operation as d, sniName as f, writtenPath as g, written as h, askJudge as i, hostPort as l, unix as m, explainMaterial as n, settledVerdict as o, tcp as p, materialFails as r, undecided as s, checkMaterial as t, kernelPath as u };

//# sourceMappingURL=lib-MaterialChecks-Ce_VxLDQ.mjs.map