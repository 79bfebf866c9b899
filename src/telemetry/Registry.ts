/**
 * Families of metrics in Effect's metric registry, which every exporter reads. Names are those of the classic Prometheus
 * grammar, without the `_total` that some formats put behind a counter's name; units are base units.
 */
import { type Context, Metric } from "effect"

export type Labels = Readonly<Record<string, string>>

/** Series that differ by labels. The order of labels must always be the same. */
export interface Family {
  readonly record: (value: number, labels?: Labels) => void
  /** Takes a series out; the next value begins it anew. */
  readonly forget: (labels: Labels) => void
}

export interface Registration {
  readonly remove: () => void
}

export interface Described {
  readonly name: string
  readonly help: string
}

type Make = (attributes: Labels) => { readonly update: (value: number) => void; readonly remove: () => void }

const none: Labels = {}
const keyOf = (labels: Labels): string => Object.values(labels).join("\0")

const familyOf = (make: Make): Family => {
  const series = new Map<string, ReturnType<Make>>()
  return {
    record: (value, labels = none) => {
      const key = keyOf(labels)
      let found = series.get(key)
      if (found === undefined) {
        found = make(labels)
        series.set(key, found)
      }
      found.update(value)
    },
    forget: (labels) => {
      const key = keyOf(labels)
      series.get(key)?.remove()
      series.delete(key)
    }
  }
}

/** What is behind the context's metric registry. */
export class Registry {
  readonly #context: Context.Context<never>

  constructor(context: Context.Context<never>) {
    this.#context = context
  }

  /** A number that only grows. */
  counter({ help, name }: Described): Family {
    return familyOf((attributes) =>
      this.#series(Metric.counter(name, { description: help, attributes, incremental: true }))
    )
  }

  /** Observations, counted by the upper bounds they stay below. */
  histogram({ help, name }: Described, boundaries: ReadonlyArray<number>): Family {
    return familyOf((attributes) => this.#series(Metric.histogram(name, { description: help, attributes, boundaries })))
  }

  /** A number that is read when somebody asks. */
  gauge({ help, name }: Described, read: () => number, attributes: Labels = none): Registration {
    const hooks = { get: () => ({ value: read() }), update: () => {}, modify: () => {} }
    return Metric.registerUnsafe(Metric.gauge(name, { description: help, attributes }), this.#context, hooks)
  }

  /** A growing number that somebody else keeps. */
  counted({ help, name }: Described, read: () => number, attributes: Labels = none): Registration {
    const hooks = { get: () => ({ count: read(), incremental: true }), update: () => {}, modify: () => {} }
    const metric = Metric.counter(name, { description: help, attributes, incremental: true })
    return Metric.registerUnsafe(metric, this.#context, hooks)
  }

  /** Everything, as it stands. */
  snapshot(): ReadonlyArray<Metric.Metric.Snapshot> {
    return Metric.snapshotUnsafe(this.#context)
  }

  #series<State>(metric: Metric.Metric<number, State>): ReturnType<Make> {
    return {
      update: (value) => metric.updateUnsafe(value, this.#context),
      remove: () => Metric.removeUnsafe(metric, this.#context)
    }
  }
}
