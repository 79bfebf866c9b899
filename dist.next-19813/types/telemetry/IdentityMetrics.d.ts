/**
 * Connections and bytes by the peer's identity, for the busiest N identities; all others count as `other`. Whoever overtakes
 * a named one by far takes its place: from then on it is counted under its name, and the numbers of the one that had to go
 * are added to `other`. So every series only grows, and their sum is always the truth.
 */
import type { tunnelNames } from "./Names.ts";
import type { Registry } from "./Registry.ts";
export declare class IdentityMetrics {
    #private;
    /** With a limit of 0 nothing is counted. */
    constructor(registry: Registry, names: ReturnType<typeof tunnelNames>, limit: number);
    opened(identity: string): void;
    ended(identity: string, forwarded: number, returned: number): void;
}
