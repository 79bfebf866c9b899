import { c as oidOf, l as readDer, r as TagClass, s as malformed } from "./lib-Der-DOXNgYwV.mjs";
import { _ as Unreadable, a as iterationsOf, c as Purpose, f as hashes, h as WorkBudget, l as deriveForPkcs12, n as countOf, o as membersOf, p as passwordOf, r as explicitOf, s as octetsOf, t as algorithmOf, u as derivePbkdf2, v as WrongPassword, y as reading } from "./lib-DerFields-hq6CDbnD.mjs";
import { a as sealedKeyOf, i as schemeOf, n as hmacOf, r as pbkdf2Of, t as decrypt } from "./lib-PasswordCipher-DnxVSDzD.mjs";
import { Effect, Redacted } from "effect";
import { createHmac, timingSafeEqual } from "node:crypto";
// src/credentials/sealed/Pkcs12Mac.ts
/** The integrity check of a PKCS#12 file: RFC 7292's, or PBMAC1 (RFC 9579). */
const digests = /* @__PURE__ */ new Map([
	["1.3.14.3.2.26", "sha1"],
	["2.16.840.1.101.3.4.2.4", "sha224"],
	["2.16.840.1.101.3.4.2.1", "sha256"],
	["2.16.840.1.101.3.4.2.2", "sha384"],
	["2.16.840.1.101.3.4.2.3", "sha512"]
]);
const pbmac1 = (parameters) => {
	const [derivationNode, hmac] = membersOf(parameters, "PBMAC1 parameters");
	const derivation = pbkdf2Of(algorithmOf(derivationNode, "key derivation"));
	const size = derivation.keySize ?? 0;
	return size >= 20 && size <= 128 ? {
		hash: hmacOf(hmac),
		derivation
	} : malformed("unsupported PBMAC1 key length");
};
/** Reads `MacData`. Throws `Malformed`. */
const macOf = (node) => {
	const [info, salt, iterations] = membersOf(node, "MAC");
	const [algorithm, digest] = membersOf(info, "MAC");
	const value = octetsOf(digest, "MAC");
	const { oid, parameters } = algorithmOf(algorithm, "MAC");
	if (oid === "1.2.840.113549.1.5.14") return {
		value,
		...pbmac1(parameters)
	};
	const hash = digests.get(oid) ?? malformed(`unsupported MAC ${oid}`);
	const count = iterations === void 0 ? 1 : iterationsOf(iterations);
	return {
		value,
		hash,
		derivation: {
			_tag: "Pkcs12",
			salt: octetsOf(salt, "salt"),
			iterations: count
		}
	};
};
const keyOf = ({ hash, derivation: by }, password, budget) => by._tag === "Pbkdf2" ? derivePbkdf2(by.hash, password.utf8, by.salt, by.iterations, by.keySize ?? hashes[hash].output, budget) : deriveForPkcs12(hash, Purpose.mac, password.bmp, by.salt, by.iterations, hashes[hash].output, budget);
/** Whether the MAC is that of `data` with this password; compared in constant time. */
const isAuthentic = (mac, password, data, budget) => Effect.map(keyOf(mac, password, budget), (key) => {
	const expected = createHmac(mac.hash, key).update(data).digest();
	return expected.length === mac.value.length && timingSafeEqual(expected, mac.value);
});
// src/credentials/sealed/Pkcs12.ts
/**
* PKCS#12 (RFC 7292), protected by a password, as the PEM blocks it amounts to: the certificates in the file's order and
* one key (contract: credentials, section 1.4). DER only. The MAC is checked before anything inside is parsed.
*/
/** Far more than any key with its chain takes. */
const sizeLimit = 1048576;
const Content = {
	data: "1.2.840.113549.1.7.1",
	encrypted: "1.2.840.113549.1.7.6"
};
const Bag = {
	key: "1.2.840.113549.1.12.10.1.1",
	sealedKey: "1.2.840.113549.1.12.10.1.2",
	certificate: "1.2.840.113549.1.12.10.1.3"
};
const x509 = "1.2.840.113549.1.9.22.1";
const pfxOf = (bytes) => {
	const [version, authSafe, mac] = membersOf(readDer(bytes, sizeLimit), "file");
	const number = countOf(version, "version");
	if (number !== 3) return malformed(`version ${number} is not supported`);
	const { oid, parameters } = algorithmOf(authSafe, "content");
	if (oid !== Content.data) return malformed("only files protected by a password are supported");
	return {
		content: octetsOf(explicitOf(parameters, 0, "content"), "content"),
		mac: mac === void 0 ? void 0 : macOf(mac)
	};
};
const encryptedSafe = (node) => {
	const [, info] = membersOf(node, "encrypted data");
	const [, scheme, data] = membersOf(info, "encrypted data");
	return data?.tagClass === TagClass.contextSpecific && data.tag === 0 && !data.constructed ? {
		scheme: schemeOf(scheme),
		data: data.content
	} : malformed("malformed encrypted data");
};
const safeOf = (node) => {
	const { oid, parameters } = algorithmOf(node, "content");
	const inner = explicitOf(parameters, 0, "content");
	if (oid === Content.data) return {
		scheme: void 0,
		data: octetsOf(inner, "content")
	};
	return oid === Content.encrypted ? encryptedSafe(inner) : malformed("only data and encrypted data are supported");
};
const safesOf = (content) => {
	const safes = membersOf(readDer(content, sizeLimit), "authenticated safe").map(safeOf);
	return safes.length === 1 || safes.length === 2 ? safes : malformed(`one or two contents are supported, the file has ${safes.length}`);
};
const partOf = (bag) => {
	const [id, value] = membersOf(bag, "bag");
	const inner = () => explicitOf(value, 0, "bag");
	switch (oidOf(id, "bag")) {
		case Bag.key: return [{
			_tag: "Key",
			der: inner().raw
		}];
		case Bag.sealedKey: {
			const [scheme, data] = sealedKeyOf(inner());
			return [{
				_tag: "SealedKey",
				scheme,
				data
			}];
		}
		case Bag.certificate: {
			const [kind, certificate] = membersOf(inner(), "certificate");
			if (oidOf(kind, "certificate") !== x509) return malformed("only X.509 certificates are supported");
			return [{
				_tag: "Certificate",
				der: octetsOf(explicitOf(certificate, 0, "certificate"), "certificate")
			}];
		}
		default: return [];
	}
};
const partsOf = (data) => membersOf(readDer(data, sizeLimit), "bags").flatMap(partOf);
const openSafe = Effect.fnUntraced(function* (safe, password, budget) {
	const data = safe.scheme === void 0 ? safe.data : yield* decrypt(safe.scheme, password, safe.data, budget);
	return yield* reading(() => partsOf(data));
});
const block = (type, der) => ({
	type,
	headers: /* @__PURE__ */ new Map(),
	der
});
const failing = (reason) => new Unreadable({ reason });
const openKey = (part, isChecked, password, budget) => {
	if (part._tag !== "SealedKey") return Effect.succeed(part.der);
	const opened = decrypt(part.scheme, password, part.data, budget);
	return isChecked ? Effect.catchTag(opened, "WrongPassword", () => Effect.fail(failing("the private key has a password of its own, which is not supported"))) : opened;
};
const open = Effect.fnUntraced(function* (pfx, password, budget) {
	const { content, mac } = pfx;
	if (mac !== void 0 && !(yield* isAuthentic(mac, password, content, budget))) return yield* new WrongPassword();
	const parts = [];
	for (const safe of yield* reading(() => safesOf(content))) parts.push(...yield* openSafe(safe, password, budget));
	const certificates = parts.filter((part) => part._tag === "Certificate");
	const [key, ...others] = parts.filter((part) => part._tag !== "Certificate");
	if (others.length > 0) return yield* failing("more than one private key, expected exactly one");
	if (certificates.length === 0) return yield* failing("certificate missing");
	if (key === void 0) return yield* failing("private key missing");
	const der = yield* openKey(key, mac !== void 0, password, budget);
	return [...certificates.map((part) => block("CERTIFICATE", part.der)), block("PRIVATE KEY", der)];
});
/** An empty password is the empty text with its NUL, or for some programs no bytes at all. */
const candidates = (text) => text === "" ? [passwordOf(""), {
	utf8: /* @__PURE__ */ new Uint8Array(),
	bmp: /* @__PURE__ */ new Uint8Array()
}] : [passwordOf(text)];
const openAny = (pfx, passwords, budget) => {
	const [first = passwordOf(""), ...others] = passwords;
	const opened = open(pfx, first, budget);
	return others.length === 0 ? opened : Effect.catchTag(opened, "WrongPassword", () => openAny(pfx, others, budget));
};
/** Reads a PKCS#12 file. The failure is the contract's wording. */
const readPkcs12 = (bytes, password) => Effect.gen(function* () {
	const text = password === void 0 ? "" : Redacted.value(password);
	const pfx = yield* Effect.mapError(reading(() => pfxOf(bytes)), ({ reason }) => `pkcs12: error reading P12 data: asn1: ${reason}`);
	if (pfx.mac === void 0 && text !== "") return yield* Effect.fail("pkcs12: no MAC in data");
	return yield* openAny(pfx, candidates(text), new WorkBudget()).pipe(Effect.mapError((failure) => failure._tag === "WrongPassword" ? "pkcs12: decryption password incorrect" : `pkcs12: ${failure.reason}`));
});
export { readPkcs12 };

//# sourceMappingURL=lib-Pkcs12-xau9TuXW.mjs.map