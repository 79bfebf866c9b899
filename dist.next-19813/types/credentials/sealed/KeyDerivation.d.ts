import { Effect } from "effect";
import { Unreadable } from "./SealedFailure.ts";
import { type WorkBudget } from "./WorkBudget.ts";
/** Hash functions by the name `node:crypto` knows, with the sizes of output and block in bytes. */
export declare const hashes: {
    readonly sha1: {
        readonly output: 20;
        readonly block: 64;
    };
    readonly sha224: {
        readonly output: 28;
        readonly block: 64;
    };
    readonly sha256: {
        readonly output: 32;
        readonly block: 64;
    };
    readonly sha384: {
        readonly output: 48;
        readonly block: 128;
    };
    readonly sha512: {
        readonly output: 64;
        readonly block: 128;
    };
};
export type HashName = keyof typeof hashes;
/** A password as files encode it. */
export interface Password {
    readonly utf8: Uint8Array;
    /** UTF-16, big-endian, with a final NUL: PKCS#12's BMPString. */
    readonly bmp: Uint8Array;
}
/** UTF-16, big-endian. */
export declare const utf16: (text: string) => Buffer;
/** A password in both encodings. */
export declare const passwordOf: (text: string) => Password;
/** What PKCS#12's derivation is for (RFC 7292, appendix B.3). */
export declare const Purpose: {
    readonly key: 1;
    readonly iv: 2;
    readonly mac: 3;
};
/** RFC 7292, appendix B.2. */
export declare const deriveForPkcs12: (name: "sha1" | "sha224" | "sha256" | "sha384" | "sha512", purpose: 1 | 2 | 3, password: Uint8Array<ArrayBufferLike>, salt: Uint8Array<ArrayBufferLike>, iterations: number, size: number, budget: WorkBudget) => Effect.Effect<Buffer<ArrayBufferLike>, Unreadable, never>;
/** RFC 8018, section 5.2. `size` has its limit where it is read. */
export declare const derivePbkdf2: (name: HashName, password: Uint8Array, salt: Uint8Array, iterations: number, size: number, budget: WorkBudget) => Effect.Effect<Buffer, Unreadable>;
/** RFC 7914; fails where the file asks for too much. */
export declare const deriveScrypt: (password: Uint8Array, salt: Uint8Array, cost: number, blockSize: number, parallelization: number, size: number) => Effect.Effect<Buffer, Unreadable>;
