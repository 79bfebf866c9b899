import { Layer } from "effect";
import { ConnectionStats } from "../metrics/ConnectionStats.ts";
import { Log } from "../runtime/Logging.ts";
import { BindError, TlsMaterialError } from "../transport/Transport.ts";
import { DataPlane, type PlaneOptions } from "./DataPlane.ts";
export declare const layer: (options: PlaneOptions, workers: number) => Layer.Layer<DataPlane, BindError | TlsMaterialError, ConnectionStats | Log>;
