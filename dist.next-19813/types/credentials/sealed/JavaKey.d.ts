import { Effect } from "effect";
import { type WorkBudget } from "./WorkBudget.ts";
/** The PKCS#8 of an `EncryptedPrivateKeyInfo`; the failure says why not. */
export declare const openJavaKey: (der: Uint8Array<ArrayBufferLike>, password: string, budget: WorkBudget) => Effect.Effect<Uint8Array<ArrayBufferLike>, string, never>;
