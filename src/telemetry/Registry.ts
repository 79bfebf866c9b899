/**
 * Metric families in Effect's metric registry, which every exporter reads. Names are valid in the classic Prometheus grammar,
 * without the `_total` that some formats append to a counter's name; units are base units.
 */
import { Context, Metric } from "effect"

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

/** A metric registry of Effect's, and labels that every series gets there. */
export interface RegistryTarget {
  readonly context: Context.Context<never>
  readonly labels: Labels
}

/**
 * Registers families in one metric registry or in several at once: a process's own, and that of the program it is embedded in.
 */
export class Registry {
  readonly #targets: ReadonlyArray<RegistryTarget>

  /** Snapshots are those of the first target. */
  constructor(targets: ReadonlyArray<RegistryTarget>) {
    this.#targets = targets
  }

  /** The same registry, whose series get these labels too. */
  labelled(labels: Labels): Registry {
    return new Registry(this.#targets.map((target) => ({ ...target, labels: { ...target.labels, ...labels } })))
  }

  /** A counter: it only grows. */
  counter({ help, name }: Described): Family {
    return familyOf((attributes) =>
      this.#series(attributes, (all) => Metric.counter(name, { description: help, attributes: all, incremental: true }))
    )
  }

  /** A histogram with the given upper bounds. */
  histogram({ help, name }: Described, boundaries: ReadonlyArray<number>): Family {
    return familyOf((attributes) =>
      this.#series(attributes, (all) => Metric.histogram(name, { description: help, attributes: all, boundaries }))
    )
  }

  /** A gauge whose value is read for each snapshot. */
  gauge({ help, name }: Described, read: () => number, attributes: Labels = none): Registration {
    const hooks = { get: () => ({ value: read() }), update: () => {}, modify: () => {} }
    return this.#registration(({ context, labels }) => {
      const metric = Metric.gauge(name, { description: help, attributes: { ...labels, ...attributes } })
      return Metric.registerUnsafe(metric, context, hooks).remove
    })
  }

  /** A counter whose value is kept elsewhere and read for each snapshot. */
  counted({ help, name }: Described, read: () => number, attributes: Labels = none): Registration {
    const hooks = { get: () => ({ count: read(), incremental: true }), update: () => {}, modify: () => {} }
    return this.#registration(({ context, labels }) => {
      const all = { ...labels, ...attributes }
      const metric = Metric.counter(name, { description: help, attributes: all, incremental: true })
      return Metric.registerUnsafe(metric, context, hooks).remove
    })
  }

  /** A snapshot of all families. */
  snapshot(): ReadonlyArray<Metric.Metric.Snapshot> {
    return Metric.snapshotUnsafe(this.#targets[0]?.context ?? Context.empty())
  }

  #registration(register: (target: RegistryTarget) => () => void): Registration {
    const removals = this.#targets.map(register)
    return { remove: () => removals.forEach((remove) => void remove()) }
  }

  #series<State>(attributes: Labels, make: (labels: Labels) => Metric.Metric<number, State>): ReturnType<Make> {
    const series = this.#targets.map(({ context, labels }) => ({ context, metric: make({ ...labels, ...attributes }) }))
    return {
      update: (value) => {
        for (const { context, metric } of series) metric.updateUnsafe(value, context)
      },
      remove: () => {
        for (const { context, metric } of series) Metric.removeUnsafe(metric, context)
      }
    }
  }
}
