/** Lists live fibers: a scheduler that remembers every fiber it has run (docs/compatibility/status-and-metrics.md, 10.3). */
import { Context, Fiber, References, Scheduler, Tracer } from "effect"
import { FiberSubject, type LiveFiber, type RawFrame } from "./ProfiledThread.ts"

/** Schedules like Effect's own scheduler, and keeps the list. Provide it outermost: fibers inherit it. */
export class FiberWatch extends Scheduler.MixedScheduler {
  readonly #live = new Set<Fiber.Fiber<unknown, unknown>>()

  override shouldYield(fiber: Fiber.Fiber<unknown, unknown>): boolean {
    if (!this.#live.has(fiber)) {
      this.#live.add(fiber)
      fiber.addObserver(() => this.#live.delete(fiber))
    }
    return super.shouldYield(fiber)
  }

  /** The fibers that have begun and not ended, oldest first. */
  dump(): ReadonlyArray<LiveFiber> {
    const current = Fiber.getCurrent()
    // A fiber that has just ended may still be in the list.
    const live = [...this.#live].filter((fiber) => fiber.pollUnsafe() === undefined)
    return live.map((fiber) => {
      const subject = fiber.getRef(FiberSubject)?.()
      const stack = stackOf(fiber)
      return {
        id: fiber.id,
        state: [fiber === current ? "running" : "suspended", ...(subject?.words ?? [])],
        stack: subject === undefined ? stack : [named(subject.name), ...stack]
      }
    })
  }
}

const named = (name: string): RawFrame => ({ name, given: true, url: "", line: 0, column: 0 })

/** `at f (file:///x.mjs:1:2)`, or the same without parentheses. */
const place = /((?:file:\/\/|node:|\/)[^\s()]*):(\d+):(\d+)\)?$/m

/** The frame that a line of an error's stack stands for. */
export const frameOf = (name: string, stack: string | undefined): RawFrame => {
  const found = place.exec(stack ?? "")
  if (found === null) return named(name)
  const [, url = "", line, column] = found
  return { name, given: true, url, line: Number(line), column: Number(column) - 1 }
}

/** Named calls; where there are none, spans. */
const stackOf = (fiber: Fiber.Fiber<unknown, unknown>): ReadonlyArray<RawFrame> => {
  const frames: Array<RawFrame> = []
  for (let at = fiber.getRef(References.CurrentStackFrame); at !== undefined; at = at.parent) {
    frames.push(frameOf(at.name, at.stack()))
  }
  if (frames.length > 0) return frames
  let span = Context.getOrUndefined(fiber.context, Tracer.ParentSpan)
  while (span?._tag === "Span") {
    frames.push(named(span.name))
    span = span.parent._tag === "Some" ? span.parent.value : undefined
  }
  return frames.length > 0 ? frames : [named("(unnamed)")]
}
