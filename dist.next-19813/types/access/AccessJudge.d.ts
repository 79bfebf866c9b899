/**
 * Judges of peers: the one place where a verdict is made. They fail closed: a peer passes only where a branch below says
 * `Admitted`, a chain that OpenSSL refused never does except by a pin, and whatever goes wrong inside is a refusal.
 */
import { Result } from "effect";
import type { AccessRules } from "../config/AccessRules.ts";
import { type PeerCertificateCache } from "./PeerCertificateCache.ts";
import type { Judge } from "./Verdict.ts";
export interface JudgeOptions {
    /** The flag that the sentence about a bad URI pattern names. */
    readonly uriFlag?: string;
    readonly now?: () => Date;
    readonly cache?: PeerCertificateCache;
}
/** Judges clients. The failure says which rule cannot be understood. */
export declare const serverJudge: (rules: AccessRules, options?: JudgeOptions) => Result.Result<Judge, string>;
/** Judges servers that were asked for as `serverName`. The failure says which rule cannot be understood. */
export declare const clientJudge: (rules: AccessRules, serverName: string, options?: JudgeOptions) => Result.Result<Judge, string>;
