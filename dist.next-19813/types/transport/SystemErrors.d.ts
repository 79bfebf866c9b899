/** Errors of the operating system and of name resolution, in the contract's words. Pure. */
import type { FailureReason } from "./ConnectionFailure.ts";
/** The text property of this name, if the value is an object that has one. */
export declare const textProperty: (value: unknown, name: "code" | "syscall" | "reason" | "message") => string | undefined;
/** Node's code of an error, such as `ECONNRESET`; empty when it has none. */
export declare const codeOf: (error: unknown) => string;
/** What the operating system's error means, without the call it came from. */
export declare const cause: (error: unknown) => string;
/** Whether this is an errno of the operating system. */
export declare const isSystemError: (error: unknown) => boolean;
/** `lookup nosuch: no such host`. */
export declare const lookupCause: (host: string, error: unknown) => string;
/** The stable name for a failure of the operating system. */
export declare const reasonOf: (error: unknown) => FailureReason;
/** Whether a copy that meets this error has simply ended: the peer is gone, or we closed the connection ourselves. */
export declare const isNormalEnd: (error: unknown) => boolean;
