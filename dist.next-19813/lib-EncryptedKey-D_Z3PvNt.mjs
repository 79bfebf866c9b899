import { l as readDer } from "./lib-Der-DOXNgYwV.mjs";
import { i as writePem, n as isKey, t as isEncrypted } from "./lib-Pem-BsbKgdwx.mjs";
import { h as WorkBudget, p as passwordOf, y as reading } from "./lib-DerFields-hq6CDbnD.mjs";
import { a as sealedKeyOf, t as decrypt } from "./lib-PasswordCipher-DnxVSDzD.mjs";
import { Effect, Redacted } from "effect";
import { createPrivateKey, getCiphers } from "node:crypto";
// src/credentials/EncryptedKey.ts
/**
* Private keys in PEM that a password protects: PKCS#8 (`ENCRYPTED PRIVATE KEY`), and OpenSSL's older `Proc-Type` headers.
* An addition to the contract, which refuses them (credentials, section 1.3).
*/
const wrongPassword = "it is encrypted, and the password does not open it";
const openPkcs8 = (der, password) => Effect.gen(function* () {
	const [scheme, data] = yield* reading(() => sealedKeyOf(readDer(der)));
	return yield* decrypt(scheme, passwordOf(password), data, new WorkBudget());
}).pipe(Effect.mapError((failure) => failure._tag === "WrongPassword" ? wrongPassword : `its encryption cannot be read: ${failure.reason}`));
/** OpenSSL's older form derives the key with one round of MD5: nothing in it takes time. */
const openHeaders = ({ type, der, headers }, password) => {
	const cipher = headers.get("DEK-Info")?.split(",")[0] ?? "";
	if (!getCiphers().includes(cipher.toLowerCase())) return Effect.fail(`its cipher ${cipher} is not supported`);
	return Effect.try({
		try: () => createPrivateKey({
			key: writePem(type, der, headers),
			format: "pem",
			passphrase: password
		}),
		catch: () => wrongPassword
	}).pipe(Effect.map((key) => key.export({
		type: "pkcs8",
		format: "der"
	})));
};
/** Opens the key among the blocks, where it is encrypted. */
const openEncryptedKey = (blocks, password) => {
	const block = blocks.find(isKey);
	if (block === void 0 || !isEncrypted(block)) return Effect.succeed({
		blocks,
		sealed: void 0
	});
	const text = Redacted.value(password);
	const open = block.headers.has("Proc-Type") ? openHeaders(block, text) : openPkcs8(block.der, text);
	return Effect.match(open, {
		onFailure: (sealed) => ({
			blocks,
			sealed
		}),
		onSuccess: (der) => ({
			blocks: blocks.map((each) => each === block ? {
				type: "PRIVATE KEY",
				headers: /* @__PURE__ */ new Map(),
				der
			} : each),
			sealed: void 0
		})
	});
};
export { openEncryptedKey };

//# sourceMappingURL=lib-EncryptedKey-D_Z3PvNt.mjs.map