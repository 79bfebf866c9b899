/** The benchmark's own command line. */
import * as Os from "node:os"
import { parseArgs } from "node:util"

/** What to run, and how much of it. */
export interface Options {
  readonly rounds: number
  /** Amounts are divided by about fifty: shows that the harness works, measures nothing. */
  readonly quick: boolean
  readonly only: ReadonlyArray<string>
  readonly against: ReadonlyArray<string>
  readonly againstBinary: ReadonlyArray<string>
  readonly workers: number
  /** Which of our transports to compare; none: the program's own choice. */
  readonly transports: ReadonlyArray<string>
}

/** What `--help` prints. */
export const usage = `npm run bench -- [flags]
  --rounds N              interleaved rounds (3)
  --quick                 a few seconds in all, to see that it works
  --only NAME,NAME        scenarios by name
  --against NAME,NAME     also haproxy, nginx, hitch, stunnel, as installed on this machine
  --against-binary PATH   also a program with the same command line; may be repeated
  --transport NAME,NAME   our program with each of these (native, node), side by side
  --workers N             threads or processes of every proxy (all processors)
`

const list = (text: string | undefined): ReadonlyArray<string> => (text ?? "").split(",").filter((name) => name !== "")

const count = (flag: string, text: string | undefined, otherwise: number): number => {
  const number = text === undefined ? otherwise : Number(text)
  if (!Number.isInteger(number) || number < 1 || number > 64) throw new Error(`--${flag} must be a number from 1 to 64`)
  return number
}

/** Reads the words; undefined when help was asked for. Throws on words it does not know. */
export const readOptions = (words: ReadonlyArray<string>): Options | undefined => {
  const { values } = parseArgs({
    args: [...words],
    options: {
      rounds: { type: "string" },
      quick: { type: "boolean", default: false },
      only: { type: "string" },
      against: { type: "string" },
      "against-binary": { type: "string", multiple: true, default: [] },
      workers: { type: "string" },
      transport: { type: "string" },
      help: { type: "boolean", default: false }
    }
  })
  if (values.help) return undefined
  return {
    rounds: count("rounds", values.rounds, values.quick ? 1 : 3),
    quick: values.quick,
    only: list(values.only),
    against: list(values.against),
    againstBinary: values["against-binary"],
    transports: list(values.transport),
    workers: count("workers", values.workers, Os.availableParallelism())
  }
}
