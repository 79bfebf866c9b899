/** Measuring for a while: what was begun ends, also when nobody waits for it any more. */
import { Effect } from "effect";
declare const ProfilingError_base: new <A extends Record<string, any> = {}>(args: import("effect/Types").VoidIfEmpty<{ readonly [P in keyof A as P extends "_tag" ? never : P]: A[P]; }>) => import("effect/Cause").YieldableError & {
    readonly _tag: "ProfilingError";
} & Readonly<A>;
/** A profile that cannot be taken now; the message is the whole reply. */
export declare class ProfilingError extends ProfilingError_base<{
    readonly message: string;
}> {
}
/** Begins, waits, ends, and gives what the end gives. An interruption ends it early. */
export declare const during: <S, A, E>(seconds: number, begin: Effect.Effect<S, E>, end: (begun: S) => Effect.Effect<A>) => Effect.Effect<A, E>;
/** Places for so many at a time. */
export interface Places {
    /** Runs in a place of its own, or gives `full` where there is none. */
    readonly hold: <A, E, R>(use: Effect.Effect<A, E, R>, full: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>;
}
export declare const makePlaces: (count: number) => Places;
/** Something only one may have. */
export interface Lock {
    readonly taken: () => boolean;
    /** Runs with the lock, or fails with the message where somebody has it. */
    readonly hold: <A>(use: Effect.Effect<A, ProfilingError>) => Effect.Effect<A, ProfilingError>;
}
export declare const makeLock: (message: string) => Lock;
export {};
