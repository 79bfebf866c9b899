/**
 * PKCS#12 (RFC 7292), protected by a password, as the PEM blocks it amounts to: the certificates in the file's order and
 * one key (contract: credentials, section 1.4). DER only. The MAC is checked before anything inside is parsed.
 */
import { Effect, Redacted } from "effect";
import type { PemBlock } from "../Pem.ts";
/** Reads a PKCS#12 file. The failure is the contract's wording. */
export declare const readPkcs12: (bytes: Uint8Array, password: Redacted.Redacted | undefined) => Effect.Effect<ReadonlyArray<PemBlock>, string>;
