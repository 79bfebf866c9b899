/** The paths of the status port (contract: status, section 2.4), on Effect's router. */
import { Effect, type Layer, type Scope } from "effect";
import { HttpRouter, type HttpServerError, HttpServerRequest, HttpServerResponse } from "effect/http";
import { Metrics } from "../metrics/Metrics.ts";
import { Lifecycle } from "../runtime/Lifecycle.ts";
import { Log } from "../runtime/Logging.ts";
import { type TextFormat } from "../telemetry/OpenMetrics.ts";
import { BackendCheck } from "./BackendCheck.ts";
import { Status } from "./Status.ts";
import { type StatusFacts } from "./StatusBody.ts";
import type { MoreFacts } from "./StatusFacts.ts";
/** What the routes need to know besides services. */
export interface RouteOptions {
    readonly facts: StatusFacts;
    /** Optional keys of `/_status` after the contract's. */
    readonly more: MoreFacts;
    /** Whether `POST /_shutdown` exists. */
    readonly enableShutdown: boolean;
    /** The page of `/_metrics/openmetrics`, computed now; none without it. */
    readonly openMetrics?: ((format: TextFormat) => string) | undefined;
    /** The routes of `/debug/pprof/`; none without them. */
    readonly profiling?: ReadonlyArray<HttpRouter.Route<never, HttpServerRequest.HttpServerRequest>> | undefined;
    /** The page for people and its stream; none without them. */
    readonly page?: ReadonlyArray<HttpRouter.Route<never, HttpServerRequest.HttpServerRequest | Scope.Scope>> | undefined;
}
/** Services the routes read. */
export type RouteServices = Status | BackendCheck | Metrics | Lifecycle | Log;
/** `/_status`, `/_metrics..`, the probes `/_livez` and `/_readyz`, and, where enabled, `/_shutdown`. */
export declare const routes: (options: RouteOptions) => Layer.Layer<never, never, HttpRouter.HttpRouter | RouteServices>;
/**
 * The whole application: paths match exactly, case and slashes included, after percent-decoding. (The router would take
 * `;` for the start of a query.)
 */
export declare const application: (layer: Layer.Layer<never, never, HttpRouter.HttpRouter | RouteServices>) => Effect.Effect<Effect.Effect<HttpServerResponse.HttpServerResponse, HttpServerError.HttpServerError, HttpServerRequest.HttpServerRequest | Scope.Scope>, never, RouteServices | Scope.Scope>;
