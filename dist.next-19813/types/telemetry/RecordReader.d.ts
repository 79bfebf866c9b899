/** Where an embedding program gets connection records from: a reference that a layer of its may set. */
import { Context } from "effect";
import type { ConnectionRecord } from "../proxy/ConnectionRecord.ts";
import type { Tunnelled } from "./ConnectionSpan.ts";
/** Takes every record of a tunnel, with its facts; asked for when the tunnel starts. Cheap, and must not throw. */
export type RecordReader = (tunnel: Tunnelled) => (record: ConnectionRecord) => void;
/** While it is set, tunnels keep their metrics in Effect's registry, whatever their configuration says. */
export declare const CurrentRecordReader: Context.Reference<RecordReader | undefined>;
