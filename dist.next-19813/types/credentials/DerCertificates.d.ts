/** Files of certificates in DER: one after the other, or in a PKCS#7 envelope (contract: credentials, section 1.3). */
import { Result } from "effect";
import type { PemBlock } from "./Pem.ts";
/** The certificates of a file in their order. Whether they are any good is for others to find out. */
export declare const readDerCertificates: (bytes: Uint8Array) => Result.Result<ReadonlyArray<PemBlock>, string>;
