/** The data plane on the thread it is built on: for embedding, for tests and for `--workers 0`. */
import { Effect, Layer } from "effect"
import { ConnectionStats, writer } from "../metrics/ConnectionStats.ts"
import { Descriptors } from "../runtime/Descriptors.ts"
import { Log } from "../runtime/Logging.ts"
import { Transport } from "../transport/Transport.ts"
import { makeShared, slotsTaken } from "./Admission.ts"
import { Backlog } from "./Backlog.ts"
import { DataPlane, type PlaneOptions, type PlaneTunnel } from "./DataPlane.ts"
import { PendingDials } from "./PendingDials.ts"
import { ThreadBudget } from "./ThreadBudget.ts"
import * as ThreadProxy from "./ThreadProxy.ts"

/** The number of the only thread. */
const thread = 0

export const layer = (
  options: Pick<PlaneOptions, "subjectOf" | "profiled">
): Layer.Layer<DataPlane, never, Transport | ConnectionStats | Log> =>
  Layer.effect(
    DataPlane,
    Effect.gen(function* () {
      const stats = yield* ConnectionStats
      const log = yield* Log
      const transport = yield* Transport
      const backlog = new Backlog(Backlog.allocate())
      const budget = new ThreadBudget(PendingDials.allocate(1), thread, 1, yield* Descriptors)
      const add = Effect.fnUntraced(function* (tunnel: PlaneTunnel) {
        const limit = tunnel.maxConcurrentConnections
        const slots = limit > 0 ? makeShared(limit, 1) : undefined
        const proxy = yield* ThreadProxy.make(
          { ...tunnel.proxy, slots },
          {
            thread,
            budget,
            stats: writer(stats.attachThread(tunnel.name, thread)),
            record: (record) => {
              backlog.sent(1)
              tunnel.record(record)
              backlog.takenBy(log, 1)
            },
            isBacklogged: () => backlog.isFull,
            interest: tunnel.interest,
            profiled: options.profiled,
            subjectOf: options.subjectOf
          },
          tunnel.material
        )
        return { ...proxy, slotsTaken: () => (slots === undefined ? 0 : slotsTaken(slots)) }
      })
      return {
        workers: 0,
        threads: () => ({ serving: [], replaced: 0 }),
        profiled: () => [],
        add: (tunnel: PlaneTunnel) => Effect.provideService(add(tunnel), Transport, transport)
      }
    })
  )
