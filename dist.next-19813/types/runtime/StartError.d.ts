/** Why a tunnel cannot start. */
import { Schema } from "effect";
declare const StartError_base: Schema.Class<StartError, Schema.TaggedStruct<"StartError", {
    readonly message: Schema.String;
    readonly lines: Schema.$Array<Schema.String>;
}>, import("effect/Cause").YieldableError>;
/** The tunnel cannot start. `lines` go to the log, `message` to the user; nothing was left listening. */
export declare class StartError extends StartError_base {
}
/** The error with its message for the user first, then the lines for the log in order. */
export declare const startError: (message: string, ...lines: ReadonlyArray<string>) => StartError;
export {};
