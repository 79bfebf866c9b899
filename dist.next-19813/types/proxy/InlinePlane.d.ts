/** The data plane on the thread it is built on: for embedding, for tests and for `--workers 0`. */
import { Layer } from "effect";
import { ConnectionStats } from "../metrics/ConnectionStats.ts";
import type { BindError, TlsMaterialError, Transport } from "../transport/Transport.ts";
import { DataPlane, type PlaneOptions } from "./DataPlane.ts";
export declare const layer: (options: PlaneOptions) => Layer.Layer<DataPlane, BindError | TlsMaterialError, Transport | ConnectionStats>;
