/** The benchmark's own command line. */
import * as Os from "node:os"
import { parseArgs } from "node:util"
import type { Algorithms } from "./load/Peers.ts"
import { allScenarios, groups } from "./Scenarios.ts"

/** A transport of ours that can be named. */
export type TransportName = "native" | "node"

/** What to run, how much of it, and where the results go beside the terminal. */
export interface Options {
  readonly rounds: number
  /** Amounts are divided by about fifty: shows that the harness works, measures nothing. */
  readonly quick: boolean
  readonly only: ReadonlyArray<string>
  readonly against: ReadonlyArray<string>
  readonly againstBinary: ReadonlyArray<string>
  readonly workers: number
  /** Which of our transports to compare; none: the program's own choice. */
  readonly transports: ReadonlyArray<TransportName>
  readonly algorithms: Algorithms
  /** Files of earlier runs to put together instead of measuring. */
  readonly from: ReadonlyArray<string>
  readonly json: string | undefined
  readonly markdown: string | undefined
  readonly svg: string | undefined
  /** The command as it can be repeated: without files to write, and with names instead of paths. */
  readonly command: string
}

const wrapped = (names: ReadonlyArray<string>): string => names.join(", ").replace(/(.{1,80})(?:, |$)/g, "\n      $1")

/** What `--help` prints. */
export const usage = `npm run bench -- [flags]
  --rounds N              interleaved rounds (3)
  --quick                 every scenario in less than a minute, to see that it works
  --only NAME,NAME        scenarios or groups of them by name
  --against NAME,NAME     also haproxy, nginx, hitch, stunnel, as installed on this machine
  --against-binary PATH   also a program with the same command line; may be repeated
  --transport NAME,NAME   our program with each of these (native, node), side by side
  --workers N             threads or processes of every proxy (all processors)
  --groups NAME:NAME      key exchange groups that clients offer, the first with a key share (X25519: what every proxy has;
                          X25519MLKEM768:X25519 is what a client of OpenSSL 3.5 or Go offers)
  --cipher NAME           TLS 1.3 cipher suite that clients offer (TLS_AES_128_GCM_SHA256)
  --json FILE             also write every figure of every round there
  --markdown FILE         also write the tables there, with the machine and the command that made them
  --svg FILE              also draw the ratios there
  --from FILE             measure nothing: report on what --json wrote; may be repeated to put runs together

Scenarios:${wrapped(allScenarios.map((each) => each.name))}
Groups:
${Object.entries(groups)
  .map(([name, scenarios]) => `  ${name}:${wrapped(scenarios.map((each) => each.name))}`)
  .join("\n")}
`

const list = (text: string | undefined): ReadonlyArray<string> => (text ?? "").split(",").filter((name) => name !== "")

const count = (flag: string, text: string | undefined, otherwise: number): number => {
  const number = text === undefined ? otherwise : Number(text)
  if (!Number.isInteger(number) || number < 1 || number > 64) throw new Error(`--${flag} must be a number from 1 to 64`)
  return number
}

const transport = (name: string): TransportName => {
  if (name === "native" || name === "node") return name
  throw new Error(`no transport ${name}; there are native, node`)
}

const files = ["--json", "--markdown", "--svg", "--from"]

/** The words without files, and of a path only its last part. */
const repeatable = (words: ReadonlyArray<string>): string =>
  ["npm run bench --", ...words]
    .filter(
      (word, index, all) =>
        !files.some((file) => word === file || all[index - 1] === file || word.startsWith(`${file}=`))
    )
    .map((word) => word.replace(/(^|=).*\//, "$1"))
    .join(" ")

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
      groups: { type: "string", default: "X25519" },
      cipher: { type: "string", default: "TLS_AES_128_GCM_SHA256" },
      from: { type: "string", multiple: true, default: [] },
      json: { type: "string" },
      markdown: { type: "string" },
      svg: { type: "string" },
      help: { type: "boolean", default: false }
    }
  })
  if (values.help) return undefined
  const only = list(values.only)
  return {
    rounds: count("rounds", values.rounds, values.quick ? 1 : 3),
    quick: values.quick,
    only: only.length > 0 ? only : [values.quick ? "all" : "default"],
    against: list(values.against),
    againstBinary: values["against-binary"],
    transports: list(values.transport).map(transport),
    workers: count("workers", values.workers, Os.availableParallelism()),
    algorithms: { groups: values.groups, cipher: values.cipher },
    from: values.from,
    json: values.json,
    markdown: values.markdown,
    svg: values.svg,
    command: repeatable(words)
  }
}
