/**
 * `--target-status`: a GET whose connection always goes to the target, whatever host the URL or a redirect names (contract:
 * status, section 4.3). Every request has a connection of its own, so each check proves that the target still accepts.
 */
import { type Duration, Effect, type Result } from "effect";
import type { TcpAddress, UnixAddress } from "../config/Address.ts";
interface ProbeOptions {
    readonly target: TcpAddress | UnixAddress;
    readonly connectTimeout: Duration.Duration;
    readonly url: string;
    readonly roots?: (() => ReadonlyArray<string>) | undefined;
}
/** Asks the URL at the target; the first reply that is no redirect decides. Never fails, bounded by the timeout. */
export declare const httpProbe: (options: ProbeOptions) => Effect.Effect<Result.Result<void, string>>;
export {};
