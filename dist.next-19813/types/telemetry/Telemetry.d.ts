/**
 * What is told beside the contract's own metrics: families in Effect's metric registry, for `/_metrics/openmetrics`, OTLP and
 * an embedder's OpenTelemetry SDK, and the live view of the status page. Fed by connection records.
 */
import { Context, Layer } from "effect";
import type { CertificateExpiry } from "../credentials/CertificateExpiry.ts";
import { ConnectionStats } from "../metrics/ConnectionStats.ts";
import type { ConnectionRecord } from "../proxy/ConnectionRecord.ts";
import { LiveView } from "./LiveView.ts";
import { type TextFormat } from "./OpenMetrics.ts";
import { type PlaneFacts } from "./SampledMetrics.ts";
export interface TelemetryOptions {
    /** `--metrics-prefix`. */
    readonly prefix: string;
    /** How many identities get series of their own; 0: none is counted. */
    readonly identities: number;
    /** What is running: version, runtime, mode, transport. */
    readonly build: Readonly<Record<string, string>>;
}
declare const Telemetry_base: Context.ServiceClass<Telemetry, "ghostunnel/Telemetry", {
    /** Takes every connection record; they must carry their facts. Cheap, and does not throw. */
    readonly record: (record: ConnectionRecord) => void;
    /** Shows capacity and threads of this data plane. */
    readonly follow: (plane: PlaneFacts) => void;
    /** The certificates in play from now on. */
    readonly certificates: (expiries: ReadonlyArray<CertificateExpiry>) => void;
    /** Counts a reload by its result. */
    readonly reloaded: (succeeded: boolean) => void;
    /** The body of `/_metrics/openmetrics`. */
    readonly page: (format: TextFormat) => string;
    readonly live: LiveView;
}>;
export declare class Telemetry extends Telemetry_base {
    /** Registers everything in the metric registry of the context it is built in. */
    static readonly layer: (options: TelemetryOptions) => Layer.Layer<Telemetry, never, ConnectionStats>;
}
export {};
