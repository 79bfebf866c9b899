import { Effect, Schema } from "effect";
// src/config/TlsOptions.ts
/** Protocol versions, cipher suites and groups (contract: credentials, section 3). */
const CipherGroup = Schema.Literals([
	"AES",
	"CHACHA",
	"UNSAFE-AZURE"
]);
const reserved = "acme-tls/1";
/** What is wrong with one protocol's name, to follow the name itself; `undefined` for a good one (RFC 7301, section 3.1). */
const refuseProtocol = (name) => {
	const bytes = Buffer.byteLength(name);
	if (bytes === 0 || bytes > 255) return "is not an ALPN protocol: its name must have 1 to 255 bytes";
	return name === reserved ? "cannot be offered: it belongs to ACME challenges" : void 0;
};
const Protocols = Schema.Array(Schema.String.pipe(Schema.check(Schema.makeFilter((name) => {
	const why = refuseProtocol(name);
	return why === void 0 ? void 0 : `${JSON.stringify(name)} ${why}`;
})))).pipe(Schema.check(Schema.isMaxLength(64)));
const TlsOptions = Schema.Struct({
	/** The highest version offered; 1.2 is the lowest always. */
	maxVersion: Schema.Literals(["TLSv1.2", "TLSv1.3"]).pipe(Schema.withDecodingDefaultKey(Effect.succeed("TLSv1.3"))),
	cipherGroups: Schema.Array(CipherGroup).pipe(Schema.withDecodingDefaultKey(Effect.succeed(["AES", "CHACHA"]))),
	/**
	* Application protocols (RFC 7301): what clients offer, and what servers choose from in this order of preference. Where
	* both sides name some and none is common, the handshake fails. None: the extension is not used.
	*/
	alpn: Schema.optionalKey(Protocols)
});
const suites = {
	AES: [
		"ECDHE-ECDSA-AES128-GCM-SHA256",
		"ECDHE-RSA-AES128-GCM-SHA256",
		"ECDHE-ECDSA-AES256-GCM-SHA384",
		"ECDHE-RSA-AES256-GCM-SHA384"
	],
	CHACHA: ["ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305"],
	"UNSAFE-AZURE": ["ECDHE-RSA-AES128-SHA256"]
};
const order = [
	"AES",
	"CHACHA",
	"UNSAFE-AZURE"
];
/** TLS 1.3 suites in the server's order of preference; no option restricts them. */
const tls13Suites = [
	"TLS_AES_128_GCM_SHA256",
	"TLS_AES_256_GCM_SHA384",
	"TLS_CHACHA20_POLY1305_SHA256"
];
/** TLS 1.2 suites of the groups in the server's own order, whatever order they were named in. */
const tls12Suites = (groups) => order.filter((group) => groups.includes(group)).flatMap((group) => suites[group]);
/** Key exchange groups in order of preference. */
const groups = [
	"X25519MLKEM768",
	"X25519",
	"P-256",
	"P-384",
	"P-521"
];
/** The names as OpenSSL takes them, each after its length in bytes; `undefined` for none. */
const alpnWire = ({ alpn = [] }) => alpn.length === 0 ? void 0 : Buffer.concat(alpn.flatMap((name) => [Buffer.of(Buffer.byteLength(name)), Buffer.from(name)]));
export { tls13Suites as a, tls12Suites as i, alpnWire as n, groups as r, TlsOptions as t };

//# sourceMappingURL=lib-TlsOptions-CwdAeYlL.mjs.map