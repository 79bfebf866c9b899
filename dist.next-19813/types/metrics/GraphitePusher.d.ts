import { Layer } from "effect";
import type { TcpAddress } from "../config/Address.ts";
import { Metrics } from "./Metrics.ts";
/** What to push to. */
export interface GraphitePusherOptions {
    readonly address: TcpAddress;
    readonly log: (line: string) => void;
}
/** The address as log lines show it. */
export declare const graphitePlace: ({ host, port }: TcpAddress) => string;
/** Pushes while its scope is open; no connection outlives it. Never fails: what goes wrong is logged. */
export declare const layer: (options: GraphitePusherOptions) => Layer.Layer<never, never, Metrics>;
