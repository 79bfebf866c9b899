/** The data plane of a tunnel: on worker threads, or on the main one. */
import { Layer } from "effect";
import type { TunnelConfig } from "../config/TunnelConfig.ts";
import { Credentials } from "../credentials/Credentials.ts";
import type { ConnectionStats } from "../metrics/ConnectionStats.ts";
import type { ConnectionRecord } from "../proxy/ConnectionRecord.ts";
import { DataPlane } from "../proxy/DataPlane.ts";
import type { Plan } from "../proxy/Plan.ts";
import { InheritedSockets } from "../runtime/InheritedSockets.ts";
import { Log } from "../runtime/Logging.ts";
import { type StartError } from "../runtime/StartError.ts";
import { Transport } from "../transport/Transport.ts";
/** Where threads fail to bind, in the words of the mode. */
export declare const bindFailed: (config: TunnelConfig, message: string) => StartError;
/** Binds; its threads take no connection before they are told. `observe` hears of every connection, with all facts. */
export declare const planeLayer: (config: TunnelConfig, proxy: Plan, observe: ((record: ConnectionRecord) => void) | undefined) => Layer.Layer<DataPlane, StartError, ConnectionStats | Credentials | InheritedSockets | Log | Transport>;
