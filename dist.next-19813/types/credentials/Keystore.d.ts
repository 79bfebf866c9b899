/** Keystore files of every format, as the PEM blocks they amount to. */
import { Effect, type Redacted } from "effect";
import { type PemBlock } from "./Pem.ts";
/** Turns a file's bytes into blocks. The failure says what is wrong with the file. */
export type KeystoreReader = (bytes: Uint8Array, password: Redacted.Redacted | undefined) => Effect.Effect<ReadonlyArray<PemBlock>, string>;
/** The blocks of a keystore file. */
export declare const readKeystore: (path: string, bytes: Uint8Array, password: Redacted.Redacted | undefined) => Effect.Effect<ReadonlyArray<PemBlock>, string>;
