/** The soak's own command line. */
import { parseArgs } from "node:util"
import type { TransportName } from "../Options.ts"
import type { Mode } from "../traffic/Ends.ts"

/** How long to soak, what, and where the figures go beside the terminal. */
export interface Options {
  /** Ends after so many minutes; undefined: only connections count. */
  readonly minutes: number | undefined
  /** Ends after so many connections; undefined: only time counts. */
  readonly connections: number | undefined
  /** Connections of a few hundred bytes instead of up to a megabyte. */
  readonly small: boolean
  /** Undefined: the program's own choice. */
  readonly transport: TransportName | undefined
  readonly workers: number
  readonly mode: Mode
  readonly seed: number
  readonly json: string | undefined
}

/** More connections than this are small ones. */
const manyConnections = 20_000

/** What `--help` prints. */
export const usage = `npm run soak -- [flags]
  Random traffic through the tunnel, with resets, early leaves, stalls and half-closes, while certificates change under
  reloads, clients say nothing or nonsense, and the backend is away for moments. Afterwards nothing may be left of it.

  --connections N         end after so many connections (5000, unless there is --minutes)
  --minutes N             end after so many minutes, such as 0.5
  --small                 connections of at most 500 bytes each way; without it up to 1 MB, and this is the rule by itself
                          for more than ${manyConnections} connections without --minutes
  --transport NAME        native or node (the program's own choice)
  --workers N             threads that carry connections (2)
  --mode NAME             server or client (server)
  --seed N                what the connections are made from (random, and printed)
  --json FILE             also write samples and verdict there

  GHOSTUNNEL_MAIN names another build of the program.
  Memory is what is private and dirty, sampled with nothing open after every thread has collected: the median of the last
  quarter of the samples is compared with that of the second. Heaps grow to their size within 20,000 connections: shorter
  soaks see only large leaks.
  Exit code 0: nothing is wrong. 1: one sentence for each thing that is. 2: the command line is.
`

const numberIn = (flag: string, text: string, least: number, most: number, whole: boolean): number => {
  const number = Number(text)
  const fits = text.trim() !== "" && number >= least && number <= most && (!whole || Number.isInteger(number))
  if (!fits) throw new Error(`--${flag} must be a ${whole ? "whole " : ""}number from ${least} to ${most}`)
  return number
}

const oneOf = <const Name extends string>(flag: string, text: string, names: ReadonlyArray<Name>): Name => {
  const found = names.find((name) => name === text)
  if (found === undefined) throw new Error(`--${flag} must be ${names.join(" or ")}`)
  return found
}

const parse = (words: ReadonlyArray<string>) =>
  parseArgs({
    args: [...words],
    options: {
      minutes: { type: "string" },
      connections: { type: "string" },
      small: { type: "boolean" },
      transport: { type: "string" },
      workers: { type: "string", default: "2" },
      mode: { type: "string", default: "server" },
      seed: { type: "string" },
      json: { type: "string" },
      help: { type: "boolean", default: false }
    }
  })

/** Reads the words; undefined when help was asked for. Throws a sentence about words it does not know. */
export const readOptions = (words: ReadonlyArray<string>): Options | undefined => {
  const { values } = parse(words)
  if (values.help) return undefined
  const minutes = values.minutes === undefined ? undefined : numberIn("minutes", values.minutes, 0.05, 100_000, false)
  const connections =
    values.connections === undefined ? undefined : numberIn("connections", values.connections, 100, 1e9, true)
  const amount = connections ?? (minutes === undefined ? 5_000 : undefined)
  return {
    minutes,
    connections: amount,
    small: values.small ?? (minutes === undefined && (amount ?? 0) > manyConnections),
    transport: values.transport === undefined ? undefined : oneOf("transport", values.transport, ["native", "node"]),
    workers: numberIn("workers", values.workers, 0, 64, true),
    mode: oneOf("mode", values.mode, ["server", "client"]),
    seed: values.seed === undefined ? Math.floor(Math.random() * 1e9) : numberIn("seed", values.seed, 0, 1e9, true),
    json: values.json
  }
}
