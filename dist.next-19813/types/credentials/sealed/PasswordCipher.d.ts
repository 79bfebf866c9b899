import { Effect } from "effect";
import { type DerNode } from "../../access/Der.ts";
import { type Algorithm } from "./DerFields.ts";
import { type HashName, type Password } from "./KeyDerivation.ts";
import { type Unreadable, WrongPassword } from "./SealedFailure.ts";
import type { WorkBudget } from "./WorkBudget.ts";
interface Cipher {
    readonly name: "aes-128-cbc" | "aes-192-cbc" | "aes-256-cbc" | "des-ede3-cbc" | "rc2-cbc";
    /** In bytes. */
    readonly keySize: number;
}
/** PBKDF2 with its parameters. */
export interface Pbkdf2 {
    readonly _tag: "Pbkdf2";
    readonly salt: Uint8Array;
    readonly iterations: number;
    /** In bytes, where stated. */
    readonly keySize: number | undefined;
    readonly hash: HashName;
}
interface Scrypt {
    readonly _tag: "Scrypt";
    readonly salt: Uint8Array;
    readonly cost: number;
    readonly blockSize: number;
    readonly parallelization: number;
    readonly keySize: number | undefined;
}
/** A way to encrypt, with all its parameters. */
export type Scheme = {
    readonly _tag: "Pbes2";
    readonly cipher: Cipher;
    readonly iv: Uint8Array;
    readonly derivation: Pbkdf2 | Scrypt;
} | {
    readonly _tag: "Pkcs12";
    readonly cipher: Cipher;
    readonly salt: Uint8Array;
    readonly iterations: number;
};
/** The hash of an HMAC. Throws `Malformed`. */
export declare const hmacOf: (node: DerNode | undefined) => HashName;
/** PBKDF2's parameters (RFC 8018, appendix A.2). Throws `Malformed`. */
export declare const pbkdf2Of: ({ oid, parameters }: Algorithm) => Pbkdf2;
/** The scheme of an `AlgorithmIdentifier`. Throws `Malformed`. */
export declare const schemeOf: (node: DerNode | undefined) => Scheme;
/** PKCS#8's `EncryptedPrivateKeyInfo`: a scheme and what it encrypts. Throws `Malformed`. */
export declare const sealedKeyOf: (node: DerNode | undefined) => readonly [Scheme, Uint8Array];
/** Decrypts what was DER: by that and by its padding a wrong password is noticed. */
export declare const decrypt: (scheme: Scheme, password: Password, data: Uint8Array<ArrayBufferLike>, budget: WorkBudget) => Effect.Effect<Uint8Array<ArrayBufferLike>, Unreadable | WrongPassword, never>;
export {};
