import { Result } from "effect";
import { type PeerCertificate } from "../access/PeerCertificate.ts";
import { type PemBlock } from "./Pem.ts";
export interface KeyPair {
    /** Leaf first, as given. */
    readonly chainPem: string;
    /** PKCS#8, not encrypted. */
    readonly keyPem: string;
    readonly leaf: PeerCertificate;
}
/**
 * Finds the chain and the key among the blocks. The failure is the contract's wording; `sealed` is what it says of a key
 * that is encrypted.
 */
export declare const keyPairFromBlocks: (blocks: ReadonlyArray<PemBlock>, sealed?: string) => Result.Result<KeyPair, string>;
