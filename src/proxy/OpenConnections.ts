/** Which connections of a thread are open, by their records: when it ends without a word, the main thread ends them for it. */
import { wallMillis } from "../runtime/WallClock.ts"
import type { CloseReason, ConnectionRecord } from "./ConnectionRecord.ts"

export interface OpenConnections {
  /** Takes a record of the thread and passes it on. */
  readonly record: (record: ConnectionRecord) => void
  /** Ends whatever is open; what the thread says after that is dropped. Idempotent. */
  readonly abandon: (reason: CloseReason) => void
}

type Opened = Extract<ConnectionRecord, { readonly _tag: "Opened" }>

/** Follows one thread's records. Without facts nothing is remembered and nothing ended. */
export const followOpen = (record: (record: ConnectionRecord) => void): OpenConnections => {
  const open = new Map<string, Opened>()
  let abandoned = false
  return {
    record: (each) => {
      if (abandoned) return
      const id = each.facts?.id
      if (id !== undefined) {
        if (each._tag === "Opened") open.set(id, each)
        else if (each._tag === "Closed" || each._tag === "Aborted") open.delete(id)
      }
      record(each)
    },
    abandon: (reason) => {
      if (abandoned) return
      abandoned = true
      const at = wallMillis()
      for (const { at: openedAt, facts } of open.values()) {
        const nanos = Math.max(0, Math.round((at - openedAt) * 1e6))
        record({ _tag: "Aborted", at, ...(facts && { facts }), reason, nanos })
      }
      open.clear()
    }
  }
}
