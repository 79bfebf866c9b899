import { a as expectTag, c as oidOf, n as Tag, o as isUniversal, r as TagClass, s as malformed, t as Malformed, u as readDerSeries } from "./lib-Der-DOXNgYwV.mjs";
import { Result } from "effect";
// src/credentials/DerCertificates.ts
/** Files of certificates in DER: one after the other, or in a PKCS#7 envelope (contract: credentials, section 1.3). */
/** Far more than any chain takes. */
const sizeLimit = 1048576;
const signedData = "1.2.840.113549.1.7.2";
const isTagged = (node, tag) => node?.tagClass === TagClass.contextSpecific && node.tag === tag;
/** The certificates of PKCS#7's `SignedData` (RFC 2315, section 9.1). */
const enveloped = (content) => {
	const [inner] = isTagged(content, 0) ? content?.children ?? [] : [];
	return expectTag(inner, Tag.sequence, "PKCS#7").children.find((member) => isTagged(member, 0))?.children ?? [];
};
const certificatesOf = (bytes) => {
	const nodes = readDerSeries(bytes, sizeLimit).map((node) => expectTag(node, Tag.sequence, "certificate"));
	const [kind, content] = nodes[0]?.children ?? [];
	if (kind !== void 0 && isUniversal(kind, Tag.integer)) return malformed("it is no certificate (a PKCS#12 file needs the extension .p12)");
	if (kind === void 0 || !isUniversal(kind, Tag.oid)) return nodes;
	return oidOf(kind, "PKCS#7") === signedData ? enveloped(content) : malformed("unsupported kind of PKCS#7");
};
/** The certificates of a file in their order. Whether they are any good is for others to find out. */
const readDerCertificates = (bytes) => {
	try {
		const nodes = certificatesOf(bytes);
		return Result.succeed(nodes.map(({ raw }) => ({
			type: "CERTIFICATE",
			headers: /* @__PURE__ */ new Map(),
			der: raw
		})));
	} catch (cause) {
		if (cause instanceof Malformed) return Result.fail(`unable to read DER certificates: ${cause.message}`);
		throw cause;
	}
};
export { readDerCertificates };

//# sourceMappingURL=lib-DerCertificates-Cq8lwttc.mjs.map