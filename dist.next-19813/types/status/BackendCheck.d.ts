/** Whether the target can be reached, asked anew for every `/_status` (contract: status, section 4.3). */
import { Context, Duration, Effect, Layer, Result } from "effect";
import type { Judge } from "../access/Verdict.ts";
import type { TcpAddress, UnixAddress } from "../config/Address.ts";
import { type ClientTls, type DialOptions, Transport } from "../transport/Transport.ts";
interface Options {
    readonly target: TcpAddress | UnixAddress;
    /** Bounds the whole check. */
    readonly connectTimeout: Duration.Duration;
}
declare const BackendCheck_base: Context.ServiceClass<BackendCheck, "ghostunnel/BackendCheck", {
    /** Checks once: success, or what is wrong in words. Interruption gives the check up. */
    readonly check: Effect.Effect<Result.Result<void, string>>;
}>;
export declare class BackendCheck extends BackendCheck_base {
    /** Servers: a connection to the target, closed at once. */
    static readonly layerConnect: (options: Options) => Layer.Layer<BackendCheck, never, Transport>;
    /** Clients: the whole way to the target, handshake and verdict with the settings that are current at that moment. */
    static readonly layerTls: (options: Options & {
        /** The proxy that connects in our place. */
        readonly via?: DialOptions["via"];
        readonly tls: () => {
            readonly context: ClientTls;
            readonly serverName: string;
            readonly judge: Judge;
        } | undefined;
    }) => Layer.Layer<BackendCheck, never, Transport>;
    /** Servers with `--target-status`: the URL must answer a GET with 200, and it is the target that is asked. */
    static readonly layerHttp: (options: Options & {
        /** `http://..` or `https://..`. */
        readonly url: string;
        /** PEM certificates that https trusts, read for each check; the system's without it. */
        readonly roots?: (() => ReadonlyArray<string>) | undefined;
    }) => Layer.Layer<BackendCheck>;
}
export {};
