/** The rules of `client` in the contract's order (contract: command line, section 2.3). */
import * as Address from "../config/Address.ts";
import type { ClientInvocation } from "./Invocation.ts";
import * as Rule from "./Rule.ts";
/** Asked before the target is parsed: rows 1 to 4. */
export declare const before: (flags: ClientInvocation["flags"]) => ReadonlyArray<Rule.Rule>;
/** Asked after the target has been parsed: rows 6 to 10, row 6 less strict than the contract: UNIX sockets are targets too. */
export declare const after: (flags: ClientInvocation["flags"], target: Address.Address) => ReadonlyArray<Rule.Rule>;
/** What the contract has and this version has not. */
export declare const unsupported: (flags: ClientInvocation["flags"]) => ReadonlyArray<Rule.Rule>;
