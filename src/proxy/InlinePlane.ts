/** The data plane on the thread it is built on: for embedding, for tests and for `--workers 0`. */
import { Effect, Layer } from "effect"
import { ConnectionStats, writer } from "../metrics/ConnectionStats.ts"
import { Log } from "../runtime/Logging.ts"
import type { BindError, TlsMaterialError, Transport } from "../transport/Transport.ts"
import { makeShared, slotsTaken } from "./Admission.ts"
import { Backlog } from "./Backlog.ts"
import { DataPlane, type PlaneOptions } from "./DataPlane.ts"
import { PendingDials } from "./PendingDials.ts"
import * as ThreadProxy from "./ThreadProxy.ts"

export const layer = (
  options: PlaneOptions
): Layer.Layer<DataPlane, BindError | TlsMaterialError, Transport | ConnectionStats | Log> =>
  Layer.effect(
    DataPlane,
    Effect.gen(function* () {
      const stats = yield* ConnectionStats
      const log = yield* Log
      const backlog = new Backlog(Backlog.allocate())
      const limit = options.maxConcurrentConnections
      const slots = limit > 0 ? makeShared(limit, 1) : undefined
      const proxy = yield* ThreadProxy.make(
        { ...options.proxy, slots, dials: PendingDials.allocate(1) },
        {
          thread: 0,
          threads: 1,
          reusePort: true,
          stats: writer(stats.attachThread(0)),
          record: (record) => {
            backlog.sent(1)
            options.record(record)
            backlog.takenBy(log, 1)
          },
          isBacklogged: () => backlog.isFull,
          interest: options.interest,
          subjectOf: options.subjectOf
        },
        options.material
      )
      return {
        ...proxy,
        slotsTaken: () => (slots === undefined ? 0 : slotsTaken(slots)),
        workers: 0,
        threads: () => ({ serving: [], replaced: 0 }),
        profiled: () => []
      }
    })
  )
