/** Why something sealed with a password stays shut. */
import { Effect } from "effect";
declare const WrongPassword_base: new <A extends Record<string, any> = {}>(args: import("effect/Types").VoidIfEmpty<{ readonly [P in keyof A as P extends "_tag" ? never : P]: A[P]; }>) => import("effect/Cause").YieldableError & {
    readonly _tag: "WrongPassword";
} & Readonly<A>;
/** It is in order, but this password does not open it. */
export declare class WrongPassword extends WrongPassword_base {
}
declare const Unreadable_base: new <A extends Record<string, any> = {}>(args: import("effect/Types").VoidIfEmpty<{ readonly [P in keyof A as P extends "_tag" ? never : P]: A[P]; }>) => import("effect/Cause").YieldableError & {
    readonly _tag: "Unreadable";
} & Readonly<A>;
/** No password would help: malformed, of an unknown kind, or asking for more work than is allowed. */
export declare class Unreadable extends Unreadable_base<{
    readonly reason: string;
}> {
}
/** Runs a parser; what is malformed for it is `Unreadable`. */
export declare const reading: <A>(parse: () => A) => Effect.Effect<A, Unreadable>;
export {};
