/** The numbers of a tunnel and where they are pushed; nothing of it exists where nobody wants them. */
import { Context, Effect } from "effect";
import type { TunnelConfig } from "../config/TunnelConfig.ts";
import { Credentials } from "../credentials/Credentials.ts";
import type { Metrics } from "../metrics/Metrics.ts";
import type { ConnectionRecord } from "../proxy/ConnectionRecord.ts";
import { Log } from "../runtime/Logging.ts";
import { Transport } from "../transport/Transport.ts";
/** Whether anyone reads the numbers: else none are kept. */
export declare const isMetered: ({ metrics, status }: TunnelConfig) => boolean;
/** Whether numbers are kept: somebody reads them, or the embedding program does. */
export declare const isCounted: (config: TunnelConfig) => Effect.Effect<boolean>;
/** Whether anyone hears of each connection: the status port's pages beside the contract's, OTLP, the embedding program. */
export declare const isObserved: ({ metrics, status }: TunnelConfig) => Effect.Effect<boolean>;
/** The numbers for whoever shows them, already on their way to where they are pushed; only where somebody wants them. */
export declare const openNumbers: (config: TunnelConfig) => Effect.Effect<{
    services: Context.Context<Metrics | import("../telemetry/Telemetry.ts").Telemetry>;
    telemetry: {
        readonly record: (record: ConnectionRecord) => void;
        readonly follow: (plane: import("../telemetry/SampledMetrics.ts").PlaneFacts) => void;
        readonly certificates: (expiries: ReadonlyArray<import("../credentials/CertificateExpiry.ts").CertificateExpiry>) => void;
        readonly reloaded: (succeeded: boolean) => void;
        readonly page: (format: import("../telemetry/OpenMetrics.ts").TextFormat) => string;
        readonly live: import("../telemetry/LiveView.ts").LiveView;
    };
    /** Takes every connection record. */
    record: (record: ConnectionRecord) => void;
    /** Last words on the way to a shutdown; bounded. */
    flush: Effect.Effect<void, never, never>;
}, import("../index.ts").StartError, import("../metrics/ConnectionStats.ts").ConnectionStats | Credentials | Log | import("effect/Scope").Scope | Transport>;
/** What shows and pushes them. */
export type Numbers = Effect.Success<ReturnType<typeof openNumbers>>;
