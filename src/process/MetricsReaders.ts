/** Who reads the metrics of a process: nothing is measured or loaded for metrics that nothing reads. */
import { Context, Effect } from "effect"
import type { ProcessSettings } from "../config/ProcessConfig.ts"
import { CurrentRecordReader } from "../telemetry/RecordReader.ts"
import type { Labels } from "../telemetry/Registry.ts"

/** In an embedding program: labels of every series in its metric registry. Undefined: the process is a program itself. */
export const ProgramLabels = Context.Reference<Labels | undefined>("ghostunnel/ProgramLabels", {
  defaultValue: () => undefined
})

/** Whether the configuration has a reader of metrics: the status port, Graphite, a push URL or OTLP. */
export const isMetered = ({ metrics, status }: ProcessSettings): boolean =>
  status !== undefined || metrics.graphite !== undefined || metrics.postUrl !== undefined || metrics.otlp !== undefined

/** Whether to record metrics: the configuration or the embedding program reads them. */
export const isCounted = (settings: ProcessSettings): Effect.Effect<boolean> =>
  Effect.gen(function* () {
    const program = yield* ProgramLabels
    const reader = yield* CurrentRecordReader
    return isMetered(settings) || program !== undefined || reader !== undefined
  })

/** Whether to deliver connection records with all facts: the status port, OTLP or the embedding program reads them. */
export const isObserved = ({ metrics, status }: ProcessSettings): Effect.Effect<boolean> =>
  Effect.gen(function* () {
    const program = yield* ProgramLabels
    const reader = yield* CurrentRecordReader
    return status !== undefined || metrics.otlp !== undefined || program !== undefined || reader !== undefined
  })
