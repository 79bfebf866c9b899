import { s as malformed } from "./lib-Der-DOXNgYwV.mjs";
import { a as iterationsOf, c as Purpose, d as deriveScrypt, i as isDer, l as deriveForPkcs12, n as countOf, o as membersOf, s as octetsOf, t as algorithmOf, u as derivePbkdf2, v as WrongPassword } from "./lib-DerFields-hq6CDbnD.mjs";
import { Effect, Result } from "effect";
import { createDecipheriv } from "node:crypto";
// src/credentials/sealed/Rc2.ts
/** RC2 (RFC 2268): only to open old PKCS#12 files. OpenSSL keeps it in a provider that Node has not. */
const piTable = Buffer.from("d978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e8254d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb6266fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed708e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ecc2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b255597312d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a90d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad", "hex");
const pi = (index) => piTable[index & 255] ?? 0;
/** Section 2: 64 words of 16 bits from a key of 1 to 128 bytes, of whose strength `bits` bits stay. */
const expand = (key, bits) => {
	const size = Math.ceil(bits / 8);
	const table = /* @__PURE__ */ new Uint8Array(128);
	table.set(key);
	const at = (index) => table[index] ?? 0;
	for (let i = key.length; i < 128; i++) table[i] = pi(at(i - 1) + at(i - key.length));
	table[128 - size] = pi(at(128 - size) & 255 >> 8 * size - bits);
	for (let i = 127 - size; i >= 0; i--) table[i] = pi(at(i + 1) ^ at(i + size));
	return Uint16Array.from({ length: 64 }, (_, i) => at(2 * i) | at(2 * i + 1) << 8);
};
const rotations = [
	1,
	2,
	3,
	5
];
/** Section 4: one block of four words, in place. */
const decryptBlock = (words, key) => {
	const at = (index) => words[index & 3] ?? 0;
	let next = 63;
	for (let round = 15; round >= 0; round--) {
		for (let i = 3; i >= 0; i--) {
			const turn = rotations[i] ?? 0;
			const turned = at(i) >>> turn | at(i) << 16 - turn;
			words[i] = turned - (key[next--] ?? 0) - (at(i - 1) & at(i - 2)) - (~at(i - 1) & at(i - 3));
		}
		if (round !== 11 && round !== 5) continue;
		for (let i = 3; i >= 0; i--) words[i] = at(i) - (key[at(i - 1) & 63] ?? 0);
	}
};
/**
* Decrypts in CBC mode and takes the padding off; `undefined` where the padding is wrong. `bits` is the effective key
* length.
*/
const decryptRc2 = (key, bits, iv, data) => {
	if (data.length === 0 || data.length % 8 !== 0) return void 0;
	const expanded = expand(key, bits);
	const output = Buffer.alloc(data.length);
	const words = /* @__PURE__ */ new Uint16Array(4);
	for (let start = 0; start < data.length; start += 8) {
		const block = Buffer.from(data.subarray(start, start + 8));
		for (let i = 0; i < 4; i++) words[i] = block.readUInt16LE(2 * i);
		decryptBlock(words, expanded);
		for (let i = 0; i < 4; i++) output.writeUInt16LE(words[i] ?? 0, start + 2 * i);
		const previous = start === 0 ? iv : data.subarray(start - 8, start);
		for (let i = 0; i < 8; i++) output[start + i] = (output[start + i] ?? 0) ^ (previous[i] ?? 0);
	}
	const padding = output.at(-1) ?? 0;
	const text = output.subarray(0, -padding);
	return padding >= 1 && padding <= 8 && output.subarray(-padding).every((byte) => byte === padding) ? text : void 0;
};
// src/credentials/sealed/PasswordCipher.ts
/**
* Encryption by a password as PKCS#8 and PKCS#12 name it: PBES2 (RFC 8018) with PBKDF2 or scrypt and AES or triple DES,
* and the older schemes of RFC 7292 with triple DES or RC2 (contract: credentials, section 1.4).
*/
const ciphers = /* @__PURE__ */ new Map([
	["2.16.840.1.101.3.4.1.2", {
		name: "aes-128-cbc",
		keySize: 16
	}],
	["2.16.840.1.101.3.4.1.22", {
		name: "aes-192-cbc",
		keySize: 24
	}],
	["2.16.840.1.101.3.4.1.42", {
		name: "aes-256-cbc",
		keySize: 32
	}],
	["1.2.840.113549.3.7", {
		name: "des-ede3-cbc",
		keySize: 24
	}]
]);
const olderCiphers = /* @__PURE__ */ new Map([
	["1.2.840.113549.1.12.1.3", {
		name: "des-ede3-cbc",
		keySize: 24
	}],
	["1.2.840.113549.1.12.1.5", {
		name: "rc2-cbc",
		keySize: 16
	}],
	["1.2.840.113549.1.12.1.6", {
		name: "rc2-cbc",
		keySize: 5
	}]
]);
const hmacs = /* @__PURE__ */ new Map([
	["1.2.840.113549.2.7", "sha1"],
	["1.2.840.113549.2.8", "sha224"],
	["1.2.840.113549.2.9", "sha256"],
	["1.2.840.113549.2.10", "sha384"],
	["1.2.840.113549.2.11", "sha512"]
]);
/** The hash of an HMAC. Throws `Malformed`. */
const hmacOf = (node) => {
	const { oid } = algorithmOf(node, "HMAC");
	return hmacs.get(oid) ?? malformed(`unsupported HMAC ${oid}`);
};
const isSequence = (node) => node?.constructed === true;
/** PBKDF2's parameters (RFC 8018, appendix A.2). Throws `Malformed`. */
const pbkdf2Of = ({ oid, parameters }) => {
	if (oid !== "1.2.840.113549.1.5.12") return malformed(`unsupported key derivation ${oid}`);
	const [salt, iterations, ...options] = membersOf(parameters, "PBKDF2 parameters");
	const prf = options.find(isSequence);
	const size = options.find((option) => !isSequence(option));
	return {
		_tag: "Pbkdf2",
		salt: octetsOf(salt, "salt"),
		iterations: iterationsOf(iterations),
		keySize: size === void 0 ? void 0 : countOf(size, "key length"),
		hash: prf === void 0 ? "sha1" : hmacOf(prf)
	};
};
const scryptOf = ({ parameters }) => {
	const [salt, cost, blockSize, parallelization, size] = membersOf(parameters, "scrypt parameters");
	return {
		_tag: "Scrypt",
		salt: octetsOf(salt, "salt"),
		cost: countOf(cost, "scrypt cost"),
		blockSize: countOf(blockSize, "scrypt block size"),
		parallelization: countOf(parallelization, "scrypt parallelization"),
		keySize: size === void 0 ? void 0 : countOf(size, "key length")
	};
};
const pbes2Of = (parameters) => {
	const [derivationNode, cipherNode] = membersOf(parameters, "PBES2 parameters");
	const derivationName = algorithmOf(derivationNode, "key derivation");
	const derivation = derivationName.oid === "1.3.6.1.4.1.11591.4.11" ? scryptOf(derivationName) : pbkdf2Of(derivationName);
	const { oid, parameters: iv } = algorithmOf(cipherNode, "cipher");
	const cipher = ciphers.get(oid) ?? malformed(`unsupported cipher ${oid}`);
	if ((derivation.keySize ?? cipher.keySize) !== cipher.keySize) return malformed("key length does not fit the cipher");
	const vector = octetsOf(iv, "initialization vector");
	const size = cipher.name === "des-ede3-cbc" ? 8 : 16;
	return vector.length === size ? {
		_tag: "Pbes2",
		cipher,
		iv: vector,
		derivation
	} : malformed("malformed initialization vector");
};
/** The scheme of an `AlgorithmIdentifier`. Throws `Malformed`. */
const schemeOf = (node) => {
	const { oid, parameters } = algorithmOf(node, "encryption");
	if (oid === "1.2.840.113549.1.5.13") return pbes2Of(parameters);
	const cipher = olderCiphers.get(oid) ?? malformed(`unsupported encryption ${oid}`);
	const [salt, iterations] = membersOf(parameters, "encryption parameters");
	return {
		_tag: "Pkcs12",
		cipher,
		salt: octetsOf(salt, "salt"),
		iterations: iterationsOf(iterations)
	};
};
/** PKCS#8's `EncryptedPrivateKeyInfo`: a scheme and what it encrypts. Throws `Malformed`. */
const sealedKeyOf = (node) => {
	const [scheme, data] = membersOf(node, "encrypted private key");
	return [schemeOf(scheme), octetsOf(data, "encrypted private key")];
};
const keyAndIv = Effect.fnUntraced(function* (scheme, password, budget) {
	const { cipher } = scheme;
	if (scheme._tag === "Pkcs12") {
		const { salt, iterations } = scheme;
		const derive = (purpose, size) => deriveForPkcs12("sha1", purpose, password.bmp, salt, iterations, size, budget);
		return [yield* derive(Purpose.key, cipher.keySize), yield* derive(Purpose.iv, 8)];
	}
	const by = scheme.derivation;
	return [yield* by._tag === "Pbkdf2" ? derivePbkdf2(by.hash, password.utf8, by.salt, by.iterations, cipher.keySize, budget) : deriveScrypt(password.utf8, by.salt, by.cost, by.blockSize, by.parallelization, cipher.keySize), scheme.iv];
});
/** Block ciphers in CBC mode with padding; `undefined` where the padding is wrong. */
const decipher = (cipher, key, iv, data) => {
	if (cipher.name === "rc2-cbc") return decryptRc2(key, 8 * cipher.keySize, iv, data);
	const name = cipher.name;
	return Result.getOrUndefined(Result.try(() => {
		const stream = createDecipheriv(name, key, iv);
		return Buffer.concat([stream.update(data), stream.final()]);
	}));
};
/** Decrypts what was DER: by that and by its padding a wrong password is noticed. */
const decrypt = Effect.fnUntraced(function* (scheme, password, data, budget) {
	const [key, iv] = yield* keyAndIv(scheme, password, budget);
	const opened = decipher(scheme.cipher, key, iv, data);
	return opened !== void 0 && isDer(opened) ? opened : yield* new WrongPassword();
});
export { sealedKeyOf as a, schemeOf as i, hmacOf as n, pbkdf2Of as r, decrypt as t };

//# sourceMappingURL=lib-PasswordCipher-DnxVSDzD.mjs.map