/** Which format a keystore file has (contract: credentials, section 1.2). */
import { Result } from "effect";
export type KeystoreFormat = "PEM" | "PKCS12" | "JCEKS" | "DER";
/** The format by the path's extension, which always wins, or by the first four bytes. */
export declare const detectKeystoreFormat: (path: string, bytes: Uint8Array) => Result.Result<KeystoreFormat, string>;
