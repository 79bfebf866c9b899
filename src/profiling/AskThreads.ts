/** Asks threads and does not wait for ever: one that hangs is left out of the answer, and the answer says so. */
import { Effect } from "effect"
import type { ProfiledThread, Question, ThreadReport } from "./ProfiledThread.ts"

/** How long a thread may take to answer, milliseconds. */
const PATIENCE = 2000

/** The value, or `undefined` when the promise fails or takes too long; what comes too late is handed to `late`. */
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

/** What to say of a thread that is missing. */
export const missing = (thread: string): string =>
  `thread ${thread} ended or did not answer within ${PATIENCE / 1e3} s: it is missing here`

/** The reports that came, and a comment on each that did not. */
export interface Answers {
  readonly reports: ReadonlyArray<readonly [thread: string, report: ThreadReport]>
  readonly comments: ReadonlyArray<string>
}

/** Asks all at once. */
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
