/** Turns connection records into counters and histograms. Labels come from closed sets, so their number is bounded. */
import type { ConnectionRecord } from "../proxy/ConnectionRecord.ts";
import { type tunnelNames } from "./Names.ts";
import type { Registry } from "./Registry.ts";
/** What takes the records; they must carry their facts. */
export declare const connectionMetrics: (registry: Registry, names: ReturnType<typeof tunnelNames>) => ((record: ConnectionRecord) => void);
