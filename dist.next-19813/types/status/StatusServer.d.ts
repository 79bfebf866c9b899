/**
 * The status port: HTTP or HTTPS on a TCP address, a UNIX socket or an inherited descriptor (contract: status, section 2).
 * Loaded only where a status address is configured.
 */
import { Context, Duration, Effect, Layer } from "effect";
import type { Address } from "../config/Address.ts";
import { type TlsOptions } from "../config/TlsOptions.ts";
import type { TlsMaterial } from "../credentials/TlsMaterial.ts";
import { type BindError, type EndpointName, TlsMaterialError } from "../transport/Transport.ts";
import { type RouteOptions, type RouteServices } from "./Routes.ts";
/** What a status port is made of. */
export interface StatusServerOptions extends RouteOptions {
    readonly address: Address;
    /** A descriptor that listens already, in place of binding `address`; plain HTTP always. */
    readonly inheritedFd?: number | undefined;
    /** HTTPS was asked for; only TCP addresses can, and only with a certificate. */
    readonly https: boolean;
    readonly tls: TlsOptions;
    /** The certificate to begin with: the one the tunnel uses. */
    readonly material: TlsMaterial;
    /** Bounds the TLS handshake, and again the header of each request. */
    readonly connectTimeout: Duration.Duration;
    /** How long requests in flight may go on after a stop; five seconds without it. */
    readonly gracePeriod?: Duration.Duration | undefined;
}
declare const StatusServer_base: Context.ServiceClass<StatusServer, "ghostunnel/StatusServer", {
    /** What it is bound to: the concrete port even where port 0 was asked for. */
    readonly bound: EndpointName;
    readonly protocol: "http" | "https";
    /** Later connections see this certificate; on failure they go on to see the old one. Nothing on plain HTTP. */
    readonly update: (material: TlsMaterial) => Effect.Effect<void, TlsMaterialError>;
    /**
     * Refuses new connections and drops idle ones at once, then waits until the requests in flight are answered, five
     * seconds at most. Idempotent; closing the scope does the same.
     */
    readonly stop: Effect.Effect<void>;
}>;
export declare class StatusServer extends StatusServer_base {
    /** Listening when it is built. */
    static readonly layer: (options: StatusServerOptions) => Layer.Layer<StatusServer, BindError | TlsMaterialError, RouteServices>;
}
export {};
