import { Effect, Redacted } from "effect";
import { type PemBlock } from "./Pem.ts";
/** What a password made of a list of blocks: the key opened, or the reason why it was not. */
export interface Opened {
    readonly blocks: ReadonlyArray<PemBlock>;
    readonly sealed: string | undefined;
}
/** Opens the key among the blocks, where it is encrypted. */
export declare const openEncryptedKey: (blocks: ReadonlyArray<PemBlock>, password: Redacted.Redacted) => Effect.Effect<Opened>;
