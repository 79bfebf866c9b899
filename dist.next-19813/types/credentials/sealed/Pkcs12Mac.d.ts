import { Effect } from "effect";
import { type DerNode } from "../../access/Der.ts";
import { type HashName, type Password } from "./KeyDerivation.ts";
import { type Pbkdf2 } from "./PasswordCipher.ts";
import type { Unreadable } from "./SealedFailure.ts";
import type { WorkBudget } from "./WorkBudget.ts";
/** A MAC with what it takes to compute it. */
export interface Mac {
    readonly value: Uint8Array;
    readonly hash: HashName;
    readonly derivation: Pbkdf2 | {
        readonly _tag: "Pkcs12";
        readonly salt: Uint8Array;
        readonly iterations: number;
    };
}
/** Reads `MacData`. Throws `Malformed`. */
export declare const macOf: (node: DerNode) => Mac;
/** Whether the MAC is that of `data` with this password; compared in constant time. */
export declare const isAuthentic: (mac: Mac, password: Password, data: Uint8Array, budget: WorkBudget) => Effect.Effect<boolean, Unreadable>;
