/** Keeps systemd's watchdog quiet (contract: command line, section 5.6): `WATCHDOG=1` at half its interval. */
import { Duration, Effect } from "effect";
import { ServiceNotify } from "./ServiceNotify.ts";
/**
 * How often to report (contract: command line, section 5.6): half of `WATCHDOG_USEC`, though not more often than each
 * millisecond. Undefined when there is no watchdog, when it is another process's, or when the variables are junk. Pure.
 */
export declare const watchdogInterval: (env: Readonly<Record<string, string | undefined>>, pid: number) => Duration.Duration | undefined;
/**
 * Reports until it is interrupted, first after one interval, whatever the tunnel does; ends at once without a watchdog.
 * To be forked where it outlives the drain.
 */
export declare const watch: (env?: Readonly<Record<string, string | undefined>> | undefined, pid?: number | undefined) => Effect.Effect<void, never, ServiceNotify>;
