/**
 * A tunnel, composed: the only file that knows every part. `layerServer` and `layerClient` are tunnels as layers whose scope
 * drains them; `run` is the program around one: until shutdown, with the log lines and the exit code of the contract
 * (command line, sections 5.1 to 5.5).
 */
import { Context, Effect, Layer } from "effect";
import type { ClientConfig, ServerConfig, TunnelConfig } from "./config/TunnelConfig.ts";
import { InheritedSockets } from "./runtime/InheritedSockets.ts";
import { Lifecycle } from "./runtime/Lifecycle.ts";
import { Log } from "./runtime/Logging.ts";
import { Native } from "./runtime/Native.ts";
import { ServiceNotify } from "./runtime/ServiceNotify.ts";
import type { StartError } from "./runtime/StartError.ts";
import type { EndpointName } from "./transport/Transport.ts";
declare const Tunnel_base: Context.ServiceClass<Tunnel, "ghostunnel/Tunnel", {
    /** What the listener is bound to, the concrete port even where 0 was asked for. */
    readonly bound: EndpointName;
    /** What the status port is bound to. */
    readonly statusBound: EndpointName | undefined;
    /** Worker threads that carry connections; 0: the main thread does. */
    readonly workers: number;
    /** Reloads certificate, key and trust anchors once; `false` when the old ones stay. Logs what happened. */
    readonly reload: Effect.Effect<boolean>;
    /**
     * Stops accepting, waits for open connections until the shutdown timeout, cuts the rest; tells whether any had to
     * wait too long. Happens once; closing the tunnel's scope does it too.
     */
    readonly shutdown: Effect.Effect<{
        readonly forced: boolean;
    }>;
}>;
/** A running tunnel. */
export declare class Tunnel extends Tunnel_base {
}
/**
 * A tunnel as a layer: listening when it is built, drained when its scope closes. Shutdown and reload requests come from
 * `Lifecycle`, lines go to `Log`.
 */
export declare const layer: (config: TunnelConfig) => Layer.Layer<Tunnel, StartError, Log | Lifecycle | InheritedSockets | ServiceNotify>;
/** A server tunnel for embedding: its log lines go to Effect's loggers, nothing of the process is touched. */
export declare const layerServer: (config: ServerConfig) => Layer.Layer<Tunnel, StartError>;
/** A client tunnel for embedding. */
export declare const layerClient: (config: ClientConfig) => Layer.Layer<Tunnel, StartError>;
/** Builds the tunnel, serves until a shutdown is asked for, and drains. Succeeds with whether the drain was forced. */
export declare const serve: (config: TunnelConfig) => Effect.Effect<{
    readonly forced: boolean;
}, StartError, InheritedSockets | Lifecycle | Log | ServiceNotify>;
/** What the process is given by its service manager. */
export declare const processServices: Layer.Layer<InheritedSockets | Native | ServiceNotify, never, never>;
/** The whole program around a tunnel: signals ask for shutdown and reload, lines go to standard output. */
export declare const run: (config: TunnelConfig) => Effect.Effect<{
    readonly forced: boolean;
}, StartError>;
export {};
