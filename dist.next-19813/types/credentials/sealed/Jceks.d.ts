import { Effect, Redacted } from "effect";
import type { PemBlock } from "../Pem.ts";
/** Reads a JCEKS or JKS file. The failure is the contract's wording. */
export declare const readJceks: (file: Uint8Array, secret: Redacted.Redacted | undefined) => Effect.Effect<ReadonlyArray<PemBlock>, string>;
