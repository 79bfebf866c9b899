/**
 * Metric families in Effect's metric registry, which every exporter reads. Names are valid in the classic Prometheus grammar,
 * without the `_total` that some formats append to a counter's name; units are base units.
 */
import { type Context, Metric } from "effect"

export type Labels = Readonly<Record<string, string>>

/** Series that differ by labels. Pass labels in the same order every time. */
export interface Family {
  readonly record: (value: number, labels?: Labels) => void
  /** Removes a series; the next value starts it again. */
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

/** Access to the metric registry of a context. */
export class Registry {
  readonly #context: Context.Context<never>

  constructor(context: Context.Context<never>) {
    this.#context = context
  }

  /** A counter: it only grows. */
  counter({ help, name }: Described): Family {
    return familyOf((attributes) =>
      this.#series(Metric.counter(name, { description: help, attributes, incremental: true }))
    )
  }

  /** A histogram with the given upper bounds. */
  histogram({ help, name }: Described, boundaries: ReadonlyArray<number>): Family {
    return familyOf((attributes) => this.#series(Metric.histogram(name, { description: help, attributes, boundaries })))
  }

  /** A gauge whose value is read for each snapshot. */
  gauge({ help, name }: Described, read: () => number, attributes: Labels = none): Registration {
    const hooks = { get: () => ({ value: read() }), update: () => {}, modify: () => {} }
    return Metric.registerUnsafe(Metric.gauge(name, { description: help, attributes }), this.#context, hooks)
  }

  /** A counter whose value is kept elsewhere and read for each snapshot. */
  counted({ help, name }: Described, read: () => number, attributes: Labels = none): Registration {
    const hooks = { get: () => ({ count: read(), incremental: true }), update: () => {}, modify: () => {} }
    const metric = Metric.counter(name, { description: help, attributes, incremental: true })
    return Metric.registerUnsafe(metric, this.#context, hooks)
  }

  /** A snapshot of all families. */
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
