import { a as expectTag, c as oidOf, f as unsignedOf, l as readDer, n as Tag, r as TagClass, s as malformed, t as Malformed } from "./lib-Der-DOXNgYwV.mjs";
import { Data, Effect, Result } from "effect";
import { hash, pbkdf2, scrypt } from "node:crypto";
// src/credentials/sealed/SealedFailure.ts
/** Why something sealed with a password stays shut. */
/** It is in order, but this password does not open it. */
var WrongPassword = class extends Data.TaggedError("WrongPassword") {};
/** No password would help: malformed, of an unknown kind, or asking for more work than is allowed. */
var Unreadable = class extends Data.TaggedError("Unreadable") {};
/** Runs a parser; what is malformed for it is `Unreadable`. */
const reading = (parse) => Effect.suspend(() => {
	try {
		return Effect.succeed(parse());
	} catch (cause) {
		if (cause instanceof Malformed) return Effect.fail(new Unreadable({ reason: cause.message }));
		throw cause;
	}
});
// src/credentials/sealed/WorkBudget.ts
/** How much hashing a file may demand: its iteration counts are its own, and a start or a reload must come to an end. */
/**
* Iterations of one file, all its derivations together: half a minute at worst, and a thousand times what tools write.
* It is also the most that JCEKS allows (contract: credentials, section 1.5).
*/
const iterationLimit = 1e7;
/** What is left of a file's iterations. */
var WorkBudget = class {
	#left = iterationLimit;
	/** Takes this many iterations away, or fails when there are not that many. */
	spend(iterations) {
		return Effect.suspend(() => {
			this.#left -= iterations;
			return this.#left >= 0 ? Effect.void : Effect.fail(new Unreadable({ reason: `key derivation takes more than ${iterationLimit} iterations, which is the limit` }));
		});
	}
};
const slice = 4096;
/** Applies `step` so many times, and lets other fibers and sockets have their turn in between. */
const repeat = (iterations, step) => Effect.gen(function* () {
	for (let done = 0; done < iterations;) {
		const stop = Math.min(done + slice, iterations);
		for (; done < stop; done++) step();
		if (done < iterations) yield* Effect.yieldNow;
	}
});
// src/credentials/sealed/KeyDerivation.ts
/** Keys from passwords: PBKDF2 and scrypt on Node's own threads, the older way of PKCS#12 in slices on this one. */
/** Hash functions by the name `node:crypto` knows, with the sizes of output and block in bytes. */
const hashes = {
	sha1: {
		output: 20,
		block: 64
	},
	sha224: {
		output: 28,
		block: 64
	},
	sha256: {
		output: 32,
		block: 64
	},
	sha384: {
		output: 48,
		block: 128
	},
	sha512: {
		output: 64,
		block: 128
	}
};
/** UTF-16, big-endian. */
const utf16 = (text) => Buffer.from(text, "utf16le").swap16();
/** A password in both encodings. */
const passwordOf = (text) => ({
	utf8: Buffer.from(text),
	bmp: utf16(`${text}\0`)
});
/** What PKCS#12's derivation is for (RFC 7292, appendix B.3). */
const Purpose = {
	key: 1,
	iv: 2,
	mac: 3
};
const fill = (bytes, block) => Buffer.alloc(block * Math.ceil(bytes.length / block), bytes.length === 0 ? void 0 : Buffer.from(bytes));
/** Adds `addend` and 1 to every block of `blocks`, as big numbers. */
const addToBlocks = (blocks, addend) => {
	for (let start = 0; start < blocks.length; start += addend.length) {
		let carry = 1;
		for (let i = addend.length - 1; i >= 0; i--) {
			carry += (blocks[start + i] ?? 0) + (addend[i] ?? 0);
			blocks[start + i] = carry & 255;
			carry >>= 8;
		}
	}
};
/** RFC 7292, appendix B.2. */
const deriveForPkcs12 = Effect.fnUntraced(function* (name, purpose, password, salt, iterations, size, budget) {
	const { block } = hashes[name];
	const input = Buffer.concat([fill(salt, block), fill(password, block)]);
	let key = Buffer.alloc(0);
	for (;;) {
		yield* budget.spend(iterations);
		let digest = hash(name, Buffer.concat([Buffer.alloc(block, purpose), input]), "buffer");
		yield* repeat(iterations - 1, () => {
			digest = hash(name, digest, "buffer");
		});
		key = Buffer.concat([key, digest]);
		if (key.length >= size) return key.subarray(0, size);
		addToBlocks(input, fill(digest, block).subarray(0, block));
	}
});
/** RFC 8018, section 5.2. `size` has its limit where it is read. */
const derivePbkdf2 = (name, password, salt, iterations, size, budget) => Effect.andThen(budget.spend(iterations * Math.ceil(size / hashes[name].output)), Effect.callback((resume) => {
	pbkdf2(password, salt, iterations, size, name, (error, key) => resume(error === null ? Effect.succeed(key) : Effect.fail(new Unreadable({ reason: error.message }))));
}));
const scryptLanes = 16;
/** RFC 7914; fails where the file asks for too much. */
const deriveScrypt = (password, salt, cost, blockSize, parallelization, size) => Effect.callback((resume) => {
	const refused = () => resume(Effect.fail(new Unreadable({ reason: "scrypt parameters are beyond the limit" })));
	if (parallelization > scryptLanes) return refused();
	try {
		scrypt(password, salt, size, {
			cost,
			blockSize,
			parallelization,
			maxmem: 135266304
		}, (error, key) => error === null ? resume(Effect.succeed(key)) : refused());
	} catch {
		refused();
	}
});
// src/credentials/sealed/DerFields.ts
/** The fields that the structures of PKCS#5, #7, #8 and #12 are made of. What reads one throws `Malformed`. */
/** Whether bytes are one DER value. What a wrong password decrypts to is none, even where its padding happens to be right. */
const isDer = (bytes) => Result.isSuccess(Result.try(() => readDer(bytes, Number.POSITIVE_INFINITY)));
/** The members of a sequence. */
const membersOf = (node, what) => expectTag(node, Tag.sequence, what).children;
/** The bytes of an octet string. */
const octetsOf = (node, what) => expectTag(node, Tag.octetString, what).content;
/** A number from 0 to 2^31 - 1. */
const countOf = (node, what) => {
	const bytes = unsignedOf(node, what);
	const count = bytes.length > 4 ? Number.POSITIVE_INFINITY : bytes.reduce((sum, byte) => sum * 256 + byte, 0);
	return count < 2 ** 31 ? count : malformed(`${what} is out of range`);
};
/** An iteration count: 1 or more. */
const iterationsOf = (node) => {
	const count = countOf(node, "iteration count");
	return count > 0 ? count : malformed("iteration count is zero");
};
/** The value inside an explicit tag `[number]`. */
const explicitOf = (node, number, what) => {
	const [inner, ...others] = node?.children ?? [];
	return node?.tagClass === TagClass.contextSpecific && node.tag === number && inner !== void 0 && others.length === 0 ? inner : malformed(`malformed ${what}`);
};
/** Reads an `AlgorithmIdentifier`. */
const algorithmOf = (node, what) => {
	const [oid, parameters] = membersOf(node, what);
	return {
		oid: oidOf(oid, what),
		parameters
	};
};
export { Unreadable as _, iterationsOf as a, Purpose as c, deriveScrypt as d, hashes as f, repeat as g, WorkBudget as h, isDer as i, deriveForPkcs12 as l, utf16 as m, countOf as n, membersOf as o, passwordOf as p, explicitOf as r, octetsOf as s, algorithmOf as t, derivePbkdf2 as u, WrongPassword as v, reading as y };

//# sourceMappingURL=lib-DerFields-hq6CDbnD.mjs.map