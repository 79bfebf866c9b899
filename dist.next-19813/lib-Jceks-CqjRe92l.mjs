import { l as readDer, s as malformed } from "./lib-Der-DOXNgYwV.mjs";
import { a as iterationsOf, g as repeat, h as WorkBudget, i as isDer, m as utf16, o as membersOf, s as octetsOf, t as algorithmOf, y as reading } from "./lib-DerFields-hq6CDbnD.mjs";
import { Effect, Redacted, Result } from "effect";
import { createDecipheriv, createHash, hash, timingSafeEqual } from "node:crypto";
// src/credentials/sealed/JavaBytes.ts
/** Java's `DataOutput` format, read with every bound checked. The methods throw `Malformed`. */
/** A position in bytes. Numbers are big-endian. */
var JavaBytes = class {
	#bytes;
	#position = 0;
	constructor(bytes) {
		this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
	}
	get left() {
		return this.#bytes.length - this.#position;
	}
	take(length) {
		if (length > this.left) return malformed("file is truncated");
		this.#position += length;
		return this.#bytes.subarray(this.#position - length, this.#position);
	}
	u16() {
		return this.take(2).readUInt16BE();
	}
	u32() {
		return this.take(4).readUInt32BE();
	}
	/** Bytes behind their length in four bytes. */
	block() {
		return this.take(this.u32());
	}
	/** Modified UTF-8 behind its length in two bytes: UTF-16 units of one to three bytes each. */
	text() {
		const bytes = this.take(this.u16());
		const more = (index) => {
			const byte = bytes[index] ?? 0;
			return (byte & 192) === 128 ? byte & 63 : malformed("malformed text");
		};
		let text = "";
		for (let i = 0; i < bytes.length;) {
			const byte = bytes[i] ?? 0;
			if (byte < 128) {
				text += String.fromCharCode(byte);
				i += 1;
			} else if (byte >> 5 === 6) {
				text += String.fromCharCode((byte & 31) << 6 | more(i + 1));
				i += 2;
			} else if (byte >> 4 === 14) {
				text += String.fromCharCode((byte & 15) << 12 | more(i + 1) << 6 | more(i + 2));
				i += 3;
			} else return malformed("malformed text");
		}
		return text;
	}
};
// src/credentials/sealed/JavaKey.ts
/** The private keys of Java's keystores: Sun's own encryption by a password (contract: credentials, section 1.5). */
const jceProtector = "1.3.6.1.4.1.42.2.19.1";
const jksProtector = "1.3.6.1.4.1.42.2.17.1.1";
const sealedOf = (der) => {
	const [encryption, data] = membersOf(readDer(der), "encrypted private key");
	const { oid, parameters } = algorithmOf(encryption, "encryption");
	if (oid === jksProtector) return malformed("the JKS key protector is not supported: convert the file to PKCS#12 with `keytool -importkeystore -deststoretype PKCS12`");
	if (oid !== jceProtector) return malformed(`unsupported key protector ${oid}`);
	const [saltNode, iterations] = membersOf(parameters, "encryption parameters");
	const salt = octetsOf(saltNode, "salt");
	if (salt.length !== 8) return malformed("malformed salt");
	return {
		salt,
		iterations: iterationsOf(iterations),
		data: octetsOf(data, "encrypted private key")
	};
};
/** MD5 over the state and the password, again and again. */
const derive = (start, password, iterations) => {
	let state = hash("md5", Buffer.concat([start, password]), "buffer");
	const input = Buffer.concat([state, password]);
	return Effect.map(repeat(iterations - 1, () => {
		state.copy(input);
		state = hash("md5", input, "buffer");
	}), () => state);
};
const halves = (salt) => {
	const [first, second] = [Buffer.from(salt.subarray(0, 4)), Buffer.from(salt.subarray(4))];
	return [first.equals(second) ? first.reverse() : first, second];
};
/** The PKCS#8 of an `EncryptedPrivateKeyInfo`; the failure says why not. */
const openJavaKey = Effect.fnUntraced(function* (der, password, budget) {
	if (!/^[\x20-\x7e]*$/.test(password)) return yield* Effect.fail("password is not printable ASCII");
	const { salt, iterations, data } = yield* Effect.mapError(reading(() => sealedOf(der)), ({ reason }) => reason);
	yield* Effect.mapError(budget.spend(iterations), ({ reason }) => reason);
	const [first, second] = halves(salt);
	const bytes = Buffer.from(password);
	const derived = Buffer.concat([yield* derive(first, bytes, iterations), yield* derive(second, bytes, iterations)]);
	const opened = Result.try(() => {
		const stream = createDecipheriv("des-ede3-cbc", derived.subarray(0, 24), derived.subarray(24));
		return Buffer.concat([stream.update(data), stream.final()]);
	});
	if (Result.isFailure(opened) || !isDer(opened.success)) return yield* Effect.fail("decryption failed with the given password");
	return opened.success;
});
// src/credentials/sealed/Jceks.ts
/**
* Java's own keystores, JCEKS and JKS, as the PEM blocks they amount to (contract: credentials, section 1.5). The digest
* is checked before any entry is parsed. Own code, because no library reads JCEKS.
*/
const magics = [3469659854, 4277010157];
/** Far more than any key with its chain takes. */
const sizeLimit = 4194304;
const entryLimit = 1e4;
const chainLimit = 1e3;
const certificateOf = (bytes) => {
	return bytes.text() === "X.509" ? bytes.block() : malformed("only X.509 certificates are supported");
};
const entriesOf = (file) => {
	const bytes = new JavaBytes(file);
	bytes.take(8);
	const count = bytes.u32();
	if (count > entryLimit) return malformed("too many entries");
	const keys = [];
	const trusted = [];
	for (let index = 0; index < count; index++) {
		const tag = bytes.u32();
		if (tag === 3) return malformed("file contains a secret key entry");
		if (tag !== 1 && tag !== 2) return malformed("unknown kind of entry");
		const alias = bytes.text();
		bytes.take(8);
		if (tag === 2) {
			trusted.push({
				alias,
				certificate: certificateOf(bytes)
			});
			continue;
		}
		const sealed = bytes.block();
		const length = bytes.u32();
		if (length > chainLimit) return malformed("chain is too long");
		keys.push({
			alias,
			sealed,
			chain: Array.from({ length }, () => certificateOf(bytes))
		});
	}
	return bytes.left === 0 ? {
		keys,
		trusted
	} : malformed("trailing data");
};
const isIntact = (entries, digest, password) => timingSafeEqual(createHash("sha1").update(utf16(password)).update("Mighty Aphrodite").update(entries).digest(), digest);
const block = (type, der) => ({
	type,
	headers: /* @__PURE__ */ new Map(),
	der
});
const certificate = (der) => block("CERTIFICATE", der);
const byAlias = (a, b) => a.alias < b.alias ? -1 : a.alias > b.alias ? 1 : 0;
/** Why the header rules the file or the password out. */
const refusal = (bytes, password) => {
	if (bytes.length > sizeLimit) return "unsupported JCEKS data: file is larger than 4 MB";
	if (bytes.length < 32 || !magics.includes(bytes.readUInt32BE(0))) return "unsupported JCEKS data: not a JCEKS or JKS file (for PKCS#12, name it .p12)";
	if (bytes.readUInt32BE(4) !== 2) return `unsupported JCEKS data: version ${bytes.readUInt32BE(4)}`;
	if (password === "") return "password is unsupported by JCEKS format: empty passwords are not interoperable";
	return /[\ud800-\udfff]/.test(password) ? "password is unsupported by JCEKS format: it has characters outside the basic multilingual plane" : void 0;
};
/** Reads a JCEKS or JKS file. The failure is the contract's wording. */
const readJceks = (file, secret) => Effect.gen(function* () {
	const password = secret === void 0 ? "" : Redacted.value(secret);
	const bytes = Buffer.from(file.buffer, file.byteOffset, file.length);
	const refused = refusal(bytes, password);
	if (refused !== void 0) return yield* Effect.fail(refused);
	const content = bytes.subarray(0, -20);
	if (!isIntact(content, bytes.subarray(-20), password)) return yield* Effect.fail("integrity protection violation: keystore was tampered with or password was incorrect");
	const { keys, trusted } = yield* Effect.mapError(reading(() => entriesOf(content)), ({ reason }) => `unsupported JCEKS data: ${reason}`);
	const blocks = trusted.toSorted(byAlias).map((entry) => certificate(entry.certificate));
	const budget = new WorkBudget();
	for (const { alias, sealed, chain } of keys.toSorted(byAlias)) {
		const key = yield* Effect.mapError(openJavaKey(sealed, password, budget), (why) => `unable to recover private key '${alias}': ${why}`);
		blocks.push(block("PRIVATE KEY", key), ...chain.map(certificate));
	}
	return blocks;
});
export { readJceks };

//# sourceMappingURL=lib-Jceks-CqjRe92l.mjs.map