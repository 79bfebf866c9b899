/** How an embedding program subscribes to connection records: a reference that one of its layers sets. */
import { Context } from "effect"
import type { ConnectionRecord } from "../proxy/ConnectionRecord.ts"
import type { Tunnelled } from "./ConnectionSpan.ts"

/**
 * Called when a tunnel starts; the returned function gets every record of the tunnel, with its facts. It must be cheap and
 * must not throw.
 */
export type RecordReader = (tunnel: Tunnelled) => (record: ConnectionRecord) => void

/** While set, tunnels keep their metrics in Effect's registry, whatever their configuration says. */
export const CurrentRecordReader = Context.Reference<RecordReader | undefined>("ghostunnel/CurrentRecordReader", {
  defaultValue: () => undefined
})
