import { Context, Duration, Effect, Layer } from "effect";
import type { ConnectionRecord } from "../proxy/ConnectionRecord.ts";
import { type StartError } from "../runtime/StartError.ts";
import { type Tunnelled } from "./ConnectionSpan.ts";
import type { Environment } from "./otlp/Environment.ts";
export interface OtlpOptions extends Tunnelled {
    /** `http://..` or `https://..`, perhaps with user and password; the signals' paths are put behind its own. */
    readonly endpoint: string;
    /** Whether spans and logs of connections are pushed too. */
    readonly traces: boolean;
    /** Between two pushes of metrics, where the environment says nothing else; zero or negative: never. */
    readonly interval: Duration.Duration;
    /** PEM certificates that https trusts; looked at once. */
    readonly trustAnchors: ReadonlyArray<string>;
    readonly env: Environment;
    readonly log: (line: string) => void;
}
type Record = (record: ConnectionRecord) => void;
declare const Otlp_base: Context.ServiceClass<Otlp, "ghostunnel/Otlp", {
    /** Takes every connection record; they must carry their facts. Cheap, and does not throw. */
    readonly record: Record;
    /** Pushes what there is, once, for three seconds at most. Never fails. */
    readonly flush: Effect.Effect<void>;
}>;
export declare class Otlp extends Otlp_base {
    /** Reads the metric registry of the context it is built in. Fails when a variable is refused. */
    static readonly layer: (options: OtlpOptions) => Layer.Layer<Otlp, StartError>;
}
export {};
