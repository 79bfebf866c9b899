/** Rules that refuse a command line, and what those of both modes have in common. */
import { Result } from "effect";
import type { SharedFlags } from "./SharedFlags.ts";
/** A rule: whether it is broken, and what to say then. */
export type Rule = readonly [broken: boolean, sentence: string];
/** Fails with the sentence of the first broken rule. */
export declare const obey: (rules: ReadonlyArray<Rule>) => Result.Result<void, string>;
/** Naming an address of the workload API asks for it. */
export declare const usesWorkloadApi: (flags: SharedFlags) => boolean;
/** How many sources of credentials are named; `own` is the one that only this mode has. */
export declare const countSources: (flags: SharedFlags, own: boolean) => number;
/** What to say of half a pair. */
export declare const pair = "--cert/--key must be set together, unless using PKCS11 for private key";
/** A secret is given once: as a value or as a file, by flag or by variable. */
export declare const ofSecrets: (flags: SharedFlags) => ReadonlyArray<Rule>;
/** The sentence that refuses the first bad pin of a flag. */
export declare const badPin: (flag: string, pins: ReadonlyArray<string>) => string | undefined;
/** Lists that nobody would look into are refused, not ignored; `chainless` is the flag that leaves chains unverified. */
export declare const revocation: (flags: SharedFlags, chainless: string | undefined) => ReadonlyArray<Rule>;
/** A flag that the contract has and this version has not. */
export declare const notYet: (given: boolean, flag: string) => Rule;
/** Such flags among the shared ones. */
export declare const unsupported: (flags: SharedFlags) => ReadonlyArray<Rule>;
