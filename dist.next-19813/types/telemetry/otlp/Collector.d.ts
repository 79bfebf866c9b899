import { Duration, Effect } from "effect";
import type { SignalSettings } from "./Settings.ts";
declare const PushError_base: new <A extends Record<string, any> = {}>(args: import("effect/Types").VoidIfEmpty<{ readonly [P in keyof A as P extends "_tag" ? never : P]: A[P]; }>) => import("effect/Cause").YieldableError & {
    readonly _tag: "PushError";
} & Readonly<A>;
/** A push that failed, in words without secrets. */
export declare class PushError extends PushError_base<{
    readonly message: string;
    /** Whether the same push may succeed later; if so, at the earliest after this time. */
    readonly retry: Duration.Duration | undefined;
}> {
}
/** Sends a body and waits for the head of the reply, at most as long as the signal's timeout. */
export type Send = (settings: SignalSettings, body: {
    readonly contentType: string;
    readonly bytes: Uint8Array;
}) => Effect.Effect<void, PushError>;
/** Connections trust these PEM certificates, looked at once, and show none. */
export declare const sender: (trustAnchors: ReadonlyArray<string>, version: string) => Send;
export {};
