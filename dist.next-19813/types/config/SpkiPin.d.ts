/** Pins of public keys as text, with the sentences that refuse bad ones (contract: credentials, section 4.3). */
import { Result } from "effect";
export type PinAlgorithm = "sha256" | "sha384" | "sha512";
/** A digest of a certificate's SubjectPublicKeyInfo. */
export interface Pin {
    readonly algorithm: PinAlgorithm;
    readonly digest: Uint8Array;
}
/** Reads `<algo>:<base64-digest>`. The failure is the contract's sentence. */
export declare const parse: (text: string) => Result.Result<Pin, string>;
