/** The rules of `server` in the contract's order (contract: command line, section 2.2). */
import * as Address from "../config/Address.ts";
import type { ServerInvocation } from "./Invocation.ts";
import * as Rule from "./Rule.ts";
/** Asked before the target is parsed: rows 1 to 10. */
export declare const before: (flags: ServerInvocation["flags"]) => ReadonlyArray<Rule.Rule>;
/** Asked after the target has been parsed: rows 12 to 16. */
export declare const after: (flags: ServerInvocation["flags"], target: Address.Address) => ReadonlyArray<Rule.Rule>;
/** What the contract has and this version has not. */
export declare const unsupported: (flags: ServerInvocation["flags"]) => ReadonlyArray<Rule.Rule>;
