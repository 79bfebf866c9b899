/** Disturbs the tunnel during traffic: reloads, garbage, silent clients, an unavailable backend. */
import * as Fs from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import fc from "fast-check"
import type { Pair } from "../../tools/demo/Certificates.ts"
import type { Mode } from "../traffic/Ends.ts"
import { noise } from "../traffic/Plans.ts"
import type { Account } from "./Account.ts"
import type { Tunnel } from "./Tunnel.ts"

/** The tunnel to disturb, and what is needed for it. */
export interface Disturbed {
  readonly tunnel: Tunnel
  readonly port: number
  readonly mode: Mode
  readonly account: Account
  readonly certificates: Alternating
}

/** A file with certificate and key, of one pair and then of another. */
export class Alternating {
  readonly path: string
  readonly #texts: ReadonlyArray<string>
  #turn = 0

  constructor(path: string, pairs: ReadonlyArray<Pair>) {
    this.path = path
    this.#texts = pairs.map(({ cert, key }) => Fs.readFileSync(cert, "utf8") + Fs.readFileSync(key, "utf8"))
    this.next()
  }

  /** Replaces the certificate file with the next pair, atomically. */
  next(): void {
    Fs.writeFileSync(`${this.path}.new`, this.#texts[this.#turn++ % this.#texts.length] ?? "", { mode: 0o600 })
    Fs.renameSync(`${this.path}.new`, this.path)
  }
}

const silentClients = 20
const noisyClients = 20

/** How long the backend is unavailable, milliseconds. */
const absence = 100

const repeat = async (stop: AbortSignal, first: number, period: number, action: () => Promise<unknown>) => {
  for (let wait = first; ; wait = period) {
    await sleep(wait, undefined, { signal: stop }).catch(() => {})
    if (stop.aborted) return
    await action()
  }
}

/** A tunnel in client mode forwards garbage, and the backend must not take any of it for the number of a plan. */
const noises = (mode: Mode, seed: number): ReadonlyArray<ReadonlyArray<number>> =>
  fc.sample(noise, { seed, numRuns: noisyClients }).map((bytes) => (mode === "server" ? bytes : bytes.slice(0, 3)))

/** Disturbs until told to stop; resolves once everything is restored. */
export const disturb = async (
  { account, certificates, mode, port, tunnel }: Disturbed,
  seed: number,
  stop: AbortSignal
): Promise<void> => {
  let batch = 0
  await account.ask({ kind: "silent", port, connections: silentClients })
  await Promise.all([
    repeat(stop, 100, 300, () => {
      certificates.next()
      return tunnel.reload()
    }),
    repeat(stop, 200, 1_100, () => account.ask({ kind: "noise", port, noises: noises(mode, seed + batch++) })),
    repeat(stop, 500, 2_300, async () => {
      await account.ask({ kind: "backend", listening: false })
      await sleep(absence)
      await account.ask({ kind: "backend", listening: true })
    })
  ])
  await account.ask({ kind: "release" })
}
