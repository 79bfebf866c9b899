/**
 * Presents changed copies of valid chains, and valid chains with changed copies of their lists, to the built program: none
 * whose signed part was changed may be accepted, and others only where `openssl verify` accepts them too.
 */
import * as Path from "node:path"
import { parseArgs } from "node:util"
import { Effect, type Scope } from "effect"
import { ConformanceError, temporaryDirectory, writeText } from "../Files.ts"
import { type PkixCase, readCases } from "../pkix/Cases.ts"
import { echoServer, presentAsClient } from "../pkix/Peers.ts"
import { listening, type OwnCertificate, ownCertificate } from "../pkix/Present.ts"
import { startProcess } from "../pkix/TunnelProcess.ts"
import { type Mutation, mutate, randomBy } from "./Mutation.ts"
import { opensslAccepts } from "./OpensslVerify.ts"

/** Valid chains of different kinds: each certificate and each list of them is needed. */
const bases = ["4.1.1 ", "4.4.18 ", "4.14.1 ", "4.14.18 ", "4.14.22 ", "4.15.7 "]

export interface MutationSetting {
  readonly seed: number
  readonly count: number
  readonly transport: "native" | "node" | undefined
}

export interface MutationReport {
  readonly tried: number
  /** Changed copies that OpenSSL lets no peer present. */
  readonly unpresentable: number
  readonly accepted: number
  /** What must not happen, one line each. */
  readonly failures: ReadonlyArray<string>
}

const pem = (type: string, der: Uint8Array): string =>
  `-----BEGIN ${type}-----\n${Buffer.from(der)
    .toString("base64")
    .replace(/(.{64})(?=.)/g, "$1\n")}\n-----END ${type}-----\n`

const dersOf = (text: string): ReadonlyArray<Uint8Array> =>
  [...text.matchAll(/-----BEGIN [^-]*-----([^-]*)-----END/g)].map(([, body = ""]) => Buffer.from(body, "base64"))

/** The case with one of its certificates or lists changed. */
const mutated = (base: PkixCase, random: (limit: number) => number) => {
  const ofLists = random(2) === 0
  const type = ofLists ? "X509 CRL" : "CERTIFICATE"
  const ders = dersOf(ofLists ? base.lists : base.chain)
  const index = random(ders.length)
  const mutation = mutate(ders[index] ?? new Uint8Array(), random)
  const text = ders.map((der, at) => pem(type, at === index ? mutation.der : der)).join("")
  const changed: PkixCase = ofLists ? { ...base, lists: text } : { ...base, chain: text }
  return { changed, mutation, ofLists, what: `${ofLists ? "list" : "certificate"} ${index}, ${mutation.what}` }
}

type Outcome = "accepted" | "refused" | "unpresentable"

/** A tunnel for one base; judges a changed copy of it. */
const judgeOf = Effect.fnUntraced(function* (
  base: PkixCase,
  transport: MutationSetting["transport"],
  own: OwnCertificate
) {
  const directory = yield* temporaryDirectory
  const at = (name: string) => Path.join(directory, name)
  yield* writeText(at("anchors.pem"), base.anchors)
  yield* writeText(at("lists.pem"), base.lists)
  yield* listening(echoServer(), at("target"))
  const tunnel = yield* startProcess([
    ...["server", "--allow-all", `--cert=${own.cert}`, `--key=${own.key}`, `--cacert=${at("anchors.pem")}`],
    ...[`--listen=unix:${at("listen")}`, `--target=unix:${at("target")}`, `--crl=${at("lists.pem")}`, "--workers=0"],
    ...(transport === undefined ? [] : [`--transport=${transport}`])
  ])
  if (!tunnel.started) return yield* new ConformanceError({ message: `${base.name}: ${tunnel.log.join("\n")}` })
  let given = base.lists
  /** Whether the tunnel takes the lists. */
  const give = Effect.fnUntraced(function* (lists: string) {
    if (lists === given) return true
    yield* writeText(at("lists.pem"), lists)
    const line = yield* Effect.promise(() => tunnel.reload())
    if (line !== undefined) return false
    given = lists
    return true
  })
  const judge = Effect.fnUntraced(function* ({ chain, key = "", lists }: PkixCase) {
    if (!(yield* give(lists))) return "refused" as const
    const seen = yield* Effect.promise(() => presentAsClient(at("listen"), chain, key))
    if (seen._tag === "Unpresentable" && seen.why.startsWith("neither")) {
      return yield* new ConformanceError({ message: `no answer: ${base.name}` })
    }
    const outcome: Outcome = seen._tag === "Answered" ? "accepted" : seen._tag === "Ended" ? "refused" : "unpresentable"
    return outcome
  })
  return judge
})

const runBase = Effect.fnUntraced(function* (
  base: PkixCase,
  { count, seed, transport }: MutationSetting,
  own: OwnCertificate
): Effect.fn.Return<MutationReport, ConformanceError, Scope.Scope> {
  const judge = yield* judgeOf(base, transport, own)
  const random = randomBy(seed)
  const failures: Array<string> = []
  const outcomes: Array<Outcome> = []
  const isFlaw = ({ inside }: Mutation, changed: PkixCase) =>
    inside ? Effect.succeed(true) : Effect.map(opensslAccepts(changed), (accepted) => !accepted)
  const whole = Effect.fnUntraced(function* (when: string) {
    if ((yield* judge(base)) !== "accepted") failures.push(`${base.name}: not accepted unchanged, ${when}`)
  })
  yield* whole("at first")
  for (let index = 0; index < count; index++) {
    const { changed, mutation, what } = mutated(base, random)
    const outcome = yield* judge(changed)
    outcomes.push(outcome)
    if (outcome === "accepted" && (yield* isFlaw(mutation, changed))) {
      failures.push(
        `${base.name}: accepted with a change ${mutation.inside ? "inside" : "outside"} the signed part: ${what}`
      )
    }
  }
  // Nothing has crashed or is stuck.
  yield* whole("after the changes")
  const of = (wanted: Outcome) => outcomes.filter((outcome) => outcome === wanted).length
  return { tried: count, unpresentable: of("unpresentable"), accepted: of("accepted"), failures }
})

/** Runs `count` changes, spread over the bases. */
export const runMutations = (cases: ReadonlyArray<PkixCase>, setting: MutationSetting, jobs: number) =>
  Effect.scoped(
    Effect.gen(function* () {
      const own = yield* ownCertificate
      const chosen = cases.filter(({ name }) => bases.some((base) => name.startsWith(`pkits/${base}`)))
      const share = { ...setting, count: Math.ceil(setting.count / chosen.length) }
      const reports = yield* Effect.forEach(
        chosen,
        (base, index) => Effect.scoped(runBase(base, { ...share, seed: setting.seed * 1000 + index }, own)),
        { concurrency: jobs }
      )
      const sum = (of: (report: MutationReport) => number) => reports.reduce((all, report) => all + of(report), 0)
      const report: MutationReport = {
        tried: sum(({ tried }) => tried),
        unpresentable: sum(({ unpresentable }) => unpresentable),
        accepted: sum(({ accepted }) => accepted),
        failures: reports.flatMap(({ failures }) => failures)
      }
      return report
    })
  )

const options = {
  seed: { type: "string", default: "1" },
  full: { type: "boolean", default: false },
  transport: { type: "string" }
} as const

const sample = 120
const full = 2000

/** The command: gives the exit code. */
export const mutations = Effect.fn("mutations")(function* (words: ReadonlyArray<string>) {
  const { positionals, values } = yield* Effect.try({
    try: () => parseArgs({ args: [...words], allowPositionals: true, options }),
    catch: (cause) => new ConformanceError({ message: cause instanceof Error ? cause.message : String(cause) })
  })
  const [file] = positionals
  if (file === undefined) return yield* new ConformanceError({ message: "name a file of PKIX cases" })
  const { seed, transport } = values
  if (transport !== undefined && transport !== "native" && transport !== "node") {
    return yield* new ConformanceError({ message: "--transport is native or node" })
  }
  const cases = yield* readCases(file)
  const setting: MutationSetting = { seed: Number(seed), count: values.full ? full : sample, transport }
  const { accepted, failures, tried, unpresentable } = yield* runMutations(cases, setting, 2)
  for (const line of failures) process.stdout.write(`${line}\n`)
  process.stdout.write(
    `${tried} changes: ${accepted} accepted, ${unpresentable} that no peer can present, ${failures.length} failures\n`
  )
  return failures.length === 0 ? 0 : 1
})
