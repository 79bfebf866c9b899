/** Which names may pass (contract: credentials, section 4.1). The decision always says why. */
import { Result } from "effect";
import type { NameRules } from "../config/AccessRules.ts";
import { type Asked } from "./NearestMiss.ts";
import type { PeerCertificate } from "./PeerCertificate.ts";
import type { Why } from "./Verdict.ts";
/** The parts of a certificate that rules are about. */
export type Principal = Pick<PeerCertificate, "dnsNames" | "ipAddresses" | "uris"> & {
    readonly subject: Pick<PeerCertificate["subject"], "commonName" | "organizationalUnits">;
};
export type Decision = {
    readonly allowed: true /** The rule that matched, such as `CN alice`. */;
    readonly by: string;
} | {
    readonly allowed: false;
    /** `why` in one bounded line. */
    readonly detail: string;
    readonly why: Why;
};
/** Rules of one kind of name, ready to be asked: however many there are, an answer costs about the same. */
interface Kind extends Omit<Asked, "presented"> {
    readonly presented: (peer: Principal) => ReadonlyArray<string>;
}
/** Rules ready to be asked. The same set of rules is the same, whatever their order and repetition. */
export type CompiledRules = ReadonlyArray<Kind>;
/** Compiles rules. The failure is the contract's wording; `uriFlag` is the flag it names for bad URI patterns. */
export declare const compileRules: (rules: NameRules, uriFlag: string) => Result.Result<CompiledRules, string>;
/** Whether any rule names the peer. Without rules nobody passes. */
export declare const decide: (rules: CompiledRules, peer: Principal) => Decision;
export {};
