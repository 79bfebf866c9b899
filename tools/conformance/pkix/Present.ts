/** Presents every case of a group to one tunnel process. */
import { once } from "node:events"
import type * as Net from "node:net"
import * as Path from "node:path"
import { Effect } from "effect"
import { makeCertificates } from "../../demo/Certificates.ts"
import { ConformanceError, temporaryDirectory, writeText } from "../Files.ts"
import type { CrlMode } from "./Bars.ts"
import type { Answer, PkixCase } from "./Cases.ts"
import type { Group } from "./Groups.ts"
import { echoServer, PresentingServer, presentAsClient, type Seen } from "./Peers.ts"
import { startProcess, type TunnelProcess } from "./TunnelProcess.ts"

/** What the tunnel did with one case; no answer when no peer can present it. */
export interface Presented {
  readonly each: PkixCase
  readonly answer: Answer | undefined
  /** The tunnel's log line about a refusal, or why there is no answer. */
  readonly why: string
}

export interface Setting {
  readonly transport: "native" | "node" | undefined
  readonly workers: number
  readonly crlMode: CrlMode
}

/** The tunnel's own certificate and key, made once for a run. */
export interface OwnCertificate {
  readonly cert: string
  readonly key: string
}

/** A certificate for tunnels in server mode; it is removed with the scope. */
export const ownCertificate = Effect.gen(function* () {
  const directory = yield* temporaryDirectory
  const made = yield* Effect.tryPromise({
    try: () => makeCertificates(directory),
    catch: (cause) => new ConformanceError({ message: `openssl cannot make certificates: ${cause}` })
  })
  const own: OwnCertificate = made.server
  return own
})

/** Listens on a UNIX socket while the scope is open. */
export const listening = (server: Net.Server, path: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      await once(server.listen(path), "listening")
    }),
    () => Effect.sync(() => server.close())
  )

const refusal = (line: string | undefined, why: string): string => (line === undefined ? `no log line; ${why}` : line)

const answered = async (each: PkixCase, tunnel: TunnelProcess, present: () => Promise<Seen>): Promise<Presented> => {
  const before = tunnel.log.length
  const seen = await present()
  switch (seen._tag) {
    case "Answered":
      return { each, answer: "accept", why: "" }
    case "Ended":
      return { each, answer: "refuse", why: refusal(await tunnel.failureSince(before), seen.why) }
    case "Unpresentable":
      return { each, answer: undefined, why: seen.why }
  }
}

/** Starts a tunnel for the group and presents its cases, one after the other. A tunnel that does not start refuses. */
export const presentGroup = Effect.fn("presentGroup")(function* (group: Group, setting: Setting, own: OwnCertificate) {
  const directory = yield* temporaryDirectory
  const at = (name: string) => Path.join(directory, name)
  yield* writeText(at("anchors.pem"), group.anchors)
  yield* writeText(at("lists.pem"), group.lists)
  const presenting = new PresentingServer()
  yield* listening(group.peer === "client" ? echoServer() : presenting.server, at("target"))
  const side =
    group.peer === "client"
      ? ["server", "--allow-all", `--cert=${own.cert}`, `--key=${own.key}`]
      : ["client", "--disable-authentication", `--override-server-name=${group.host}`]
  const lists =
    group.lists === "" || setting.crlMode === "none"
      ? []
      : [`--crl=${at("lists.pem")}`, `--crl-mode=${setting.crlMode}`]
  const tunnel = yield* startProcess([
    ...side,
    ...[`--listen=unix:${at("listen")}`, `--target=unix:${at("target")}`, `--cacert=${at("anchors.pem")}`],
    ...lists,
    ...[
      `--workers=${setting.workers}`,
      ...(setting.transport === undefined ? [] : [`--transport=${setting.transport}`])
    ]
  ])
  if (!tunnel.started) {
    // A tunnel that refuses its files says first that it starts; a program that does not run at all judges nothing.
    if (!tunnel.log.some((line) => line.startsWith("starting ghostunnel"))) {
      return yield* new ConformanceError({ message: `the program does not run: ${tunnel.log.join("\n")}` })
    }
    const why = `does not start: ${tunnel.log.at(-1) ?? ""}`
    return group.cases.map((each): Presented => ({ each, answer: "refuse", why }))
  }
  return yield* Effect.forEach(group.cases, (each) => {
    const { chain, key = "" } = each
    const present = () =>
      group.peer === "client" ? presentAsClient(at("listen"), chain, key) : presenting.present(at("listen"), chain, key)
    return Effect.promise(() => answered(each, tunnel, present))
  })
})
