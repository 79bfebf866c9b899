import { Context, Effect, Schema } from "effect";
import { Log } from "./Logging.ts";
import { Native, type NativeCalls } from "./Native.ts";
import { type Need, type SandboxRules, type Surroundings } from "./Sandbox.ts";
/** `auto`: as far as the kernel can, else with a warning. `require`: start only when all of it holds. */
export type SandboxMode = "off" | "auto" | "require";
/** What holds. */
export interface SandboxReceipt {
    readonly mode: SandboxMode;
    /** The kernel's version of Landlock; 0 when there is none or it was not asked. */
    readonly abi: number;
    readonly enforced: ReadonlyArray<string>;
    readonly notEnforced: ReadonlyArray<string>;
    /** Names of threads that existed before and that nothing is enforced on. */
    readonly threadsOutside: ReadonlyArray<string>;
}
declare const SandboxError_base: Schema.Class<SandboxError, Schema.TaggedStruct<"SandboxError", {
    readonly message: Schema.String;
}>, import("effect/Cause").YieldableError>;
/** `--sandbox=require` asks for what cannot be had. */
export declare class SandboxError extends SandboxError_base {
}
/** The receipt of this process; without a sandbox, that nothing is enforced. */
export declare const Sandbox: Context.Reference<SandboxReceipt>;
/** What to sandbox for. */
export interface SandboxOptions {
    readonly mode: SandboxMode;
    readonly needs: ReadonlyArray<Need>;
    /** A PKCS#11 module needs what nobody can foresee: no sandbox with it. */
    readonly pkcs11: boolean;
    readonly surroundings?: Surroundings;
}
/** The receipt as one log line. Pure. */
export declare const receiptLine: (receipt: SandboxReceipt) => string;
/**
 * Restricts this thread and all it starts, writes the contract's lines (command line, sections 6.2 and 7) and gives the
 * receipt. Must run on the main thread before anything uses Node's helper threads. Fails only for `require`, before
 * anything was restricted where that can be known.
 */
export declare const setUp: (options: SandboxOptions) => Effect.Effect<SandboxReceipt, SandboxError, Log | Native>;
/** How far restricting came. */
export interface Applied {
    readonly files: boolean;
    readonly ports: boolean;
    readonly problems: ReadonlyArray<string>;
    readonly threadsOutside: ReadonlyArray<string>;
}
/** Two rulesets, files and ports, prepared in full before the first is applied. */
export declare const restrict: (native: NativeCalls, rules: SandboxRules, abi: number) => Applied;
export {};
