/** A change of generation, with participants that fail in turn. */
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, Schema, Stream } from "effect"
import { processOf } from "../../src/config/ProcessConfig.ts"
import { ServerConfig } from "../../src/config/TunnelConfig.ts"
import type { CertificateExpiry } from "../../src/credentials/CertificateExpiry.ts"
import { FetchedLists } from "../../src/credentials/FetchedLists.ts"
import { pemKey, type TlsMaterial } from "../../src/credentials/TlsMaterial.ts"
import { CertificateStatus } from "../../src/process/CertificateStatus.ts"
import { makeExpiryWatch } from "../../src/process/ExpiryWatch.ts"
import { Reloads } from "../../src/process/Reloads.ts"
import { RunningTunnels } from "../../src/process/RunningTunnels.ts"
import { StatusPort } from "../../src/process/StatusPort.ts"
import { planOf } from "../../src/proxy/Plan.ts"
import { Lifecycle } from "../../src/runtime/Lifecycle.ts"
import { Log } from "../../src/runtime/Logging.ts"
import type { Prepared } from "../../src/runtime/Replaceable.ts"
import { Status } from "../../src/status/Status.ts"
import { TlsMaterialError } from "../../src/transport/Transport.ts"
import { makeCa } from "../support/TestCa.ts"

/** What takes part, and whether it refuses the next generation. */
class Participant {
  inUse = 1
  refuses = false

  prepare = (material: TlsMaterial): Effect.Effect<Prepared, TlsMaterialError> =>
    this.refuses
      ? Effect.fail(new TlsMaterialError({ message: "refused" }))
      : Effect.succeed({ commit: Effect.sync(() => void (this.inUse = material.generation)) })
}

const names = ["own", "status", "plane"] as const

/** Reloads over participants of the test, and what `/_status` and metrics show. */
const reloading = Effect.gen(function* () {
  const ca = yield* Effect.promise(() => makeCa("reloads"))
  const [first, second] = yield* Effect.promise(() => Promise.all(["first", "second"].map((cn) => ca.issue({ cn }))))
  assert(first !== undefined && second !== undefined)
  const material = (generation: number, { chainPem, keyPem }: typeof first): TlsMaterial => ({
    ...{ generation, subject: `CN=${generation}`, trustAnchors: [ca.certPem] },
    identity: { chainPem, key: pemKey(keyPem) }
  })
  const config = yield* Schema.decodeEffect(ServerConfig)({
    listen: "127.0.0.1:0",
    target: "127.0.0.1:1",
    credentials: { _tag: "KeyPair", certificatePath: "unread", keyPath: "unread" },
    access: { _tag: "AnyVerified" }
  })
  const participants = { own: new Participant(), status: new Participant(), plane: new Participant() }
  const lines: Array<string> = []
  let metrics: ReadonlyArray<CertificateExpiry> = []
  const reloads: Array<boolean> = []
  const fetched = new FetchedLists([])
  const start = { material: material(1, first), lists: [] }
  const certificateStatus = new CertificateStatus(start, fetched, {
    certificates: (shown) => void (metrics = shown),
    revocation: () => {},
    reloaded: (succeeded) => void reloads.push(succeeded)
  })
  const bound = { network: "tcp", address: "127.0.0.1:1" } as const
  const log: Log["Service"]["line"] = (_event, line) => void lines.push(line)
  const tunnel: Context.Service.Shape<typeof RunningTunnels>[0] = {
    name: "tunnel",
    settings: config,
    plan: yield* Effect.fromResult(planOf(config)),
    credentials: {
      current: () => start.material,
      reload: Effect.succeed(material(2, second)),
      files: { now: Effect.succeed(""), read: () => "" },
      fetched,
      takeFetched: Effect.succeed(material(2, second)),
      lists: () => [],
      pushed: Stream.empty
    },
    first: start,
    own: { client: () => undefined, prepare: participants.own.prepare },
    expiry: makeExpiryWatch(log),
    plane: {
      ...{ bound, slotsTaken: () => 0, start: Effect.void, stop: Effect.void, drained: Effect.void },
      prepare: participants.plane.prepare,
      cut: Effect.succeed(0)
    },
    certificateStatus
  }
  const server = { bound, protocol: "https", prepare: participants.status.prepare, stop: Effect.void } as const
  const context = yield* Layer.build(
    Reloads.layer(processOf(config)).pipe(
      Layer.provide(
        Layer.mergeAll(
          Layer.succeed(RunningTunnels, [tunnel]),
          Layer.succeed(StatusPort, { server }),
          Layer.succeed(Log, { line: log }),
          Lifecycle.layerManual,
          Status.layer
        )
      )
    )
  )
  const shown = () => ({
    leaf: certificateStatus.certificates.find(({ role }) => role === "leaf")?.subject,
    metrics: metrics.find(({ role }) => role === "leaf")?.subject,
    error: certificateStatus.lastError
  })
  return { reload: Context.get(context, Reloads).reload, participants, lines, shown, reloads }
})

describe("a reload", () => {
  for (const failing of names) {
    it.effect(`changes nothing anywhere if one participant refuses (${failing})`, () =>
      Effect.gen(function* () {
        const { lines, participants, reload, reloads, shown } = yield* reloading
        participants[failing].refuses = true
        assert.isFalse(yield* reload)
        assert.deepStrictEqual(
          names.map((name) => participants[name].inUse),
          [1, 1, 1]
        )
        assert.deepStrictEqual(shown(), { leaf: "CN=first", metrics: "CN=first", error: "refused" })
        assert.deepStrictEqual(reloads, [false])
        assert.deepStrictEqual(lines, [
          "error reloading TLS configuration: refused",
          "reloading configuration complete"
        ])
      }).pipe(Effect.scoped)
    )
  }

  it.effect("is in use everywhere once all have prepared, and is shown then", () =>
    Effect.gen(function* () {
      const { participants, reload, reloads, shown } = yield* reloading
      assert.isTrue(yield* reload)
      assert.deepStrictEqual(
        names.map((name) => participants[name].inUse),
        [2, 2, 2]
      )
      assert.deepStrictEqual(shown(), { leaf: "CN=second", metrics: "CN=second", error: undefined })
      assert.deepStrictEqual(reloads, [true])
    }).pipe(Effect.scoped)
  )
})
