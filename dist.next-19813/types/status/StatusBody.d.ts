/** The body of `/_status`, byte for byte as monitors know it (contract: status, sections 4.1 and 4.2). Pure. */
import { Result } from "effect";
import { type State } from "./Status.ts";
import type { Json } from "./StatusFacts.ts";
/** What stays the same between two requests. */
export interface StatusFacts {
    /** The configured listen address, verbatim. */
    readonly listenAddress: string;
    /** The configured target address, verbatim. */
    readonly forwardAddress: string;
    /** Version of this program. */
    readonly revision: string;
    /** Name and version of the runtime, `node26.10.0`. */
    readonly compiler: string;
}
/** What one request sees. Times in Unix milliseconds. */
export interface StatusMoment {
    /** When the request came, before the backend was checked. */
    readonly time: number;
    /** Read after the backend was checked. */
    readonly state: State;
    readonly backend: Result.Result<void, string>;
    /** Left out when empty. */
    readonly hostname: string;
    /** Optional keys that follow the contract's. */
    readonly more: Readonly<Record<string, Json>>;
}
/** RFC 3339 with the given offset from UTC in minutes, east positive; `Z` for none, no trailing zeros in the fraction. */
export declare const rfc3339: (millis: number, offset: number) => string;
/** JSON as Go's encoder writes it: safe to paste into HTML and into old JavaScript. */
export declare const goJson: (value: unknown) => string;
/** Whether the tunnel is up (state listening, also while reloading, and the backend reachable): 200 or 503. */
export declare const statusBody: (facts: StatusFacts, moment: StatusMoment) => {
    readonly ok: boolean;
    readonly json: string;
};
