/** Queries threads with a timeout. A thread that does not answer is left out, and the result says so. */
import { Effect } from "effect"
import type { ProfiledThread, Question, ThreadReport } from "./ProfiledThread.ts"

/** Timeout of each thread's answer, milliseconds. */
const PATIENCE = 2000

/** The value, or undefined if the promise fails or times out; a value that arrives later is passed to `late`. */
export const patiently = <A>(run: () => Promise<A>, late: (value: A) => unknown = () => {}): Promise<A | undefined> =>
  new Promise((done) => {
    let over = false
    const settle = (value: A | undefined) => {
      over = true
      clearTimeout(timer)
      done(value)
    }
    const timer = setTimeout(() => settle(undefined), PATIENCE)
    new Promise<A>((resolve) => resolve(run())).then(
      (value) => (over ? late(value) : settle(value)),
      () => settle(undefined)
    )
  })

/** The comment on a thread that did not answer. */
export const missing = (thread: string): string =>
  `thread ${thread} ended or did not answer within ${PATIENCE / 1e3} s: it is missing here`

/** The reports received, and a comment on each missing one. */
export interface Answers {
  readonly reports: ReadonlyArray<readonly [thread: string, report: ThreadReport]>
  readonly comments: ReadonlyArray<string>
}

/** Queries all threads concurrently. */
export const askAll = (threads: ReadonlyArray<ProfiledThread>, question: Question): Effect.Effect<Answers> =>
  Effect.promise(async () => {
    const answers = await Promise.all(
      threads.map(async (thread) => [thread.label, await patiently(() => thread.ask(question))] as const)
    )
    return {
      reports: answers.flatMap(([label, report]) => (report === undefined ? [] : [[label, report] as const])),
      comments: answers.flatMap(([label, report]) => (report === undefined ? [missing(label)] : []))
    }
  })
