/**
 * The status port: HTTP or HTTPS on a TCP address, a UNIX socket or an inherited descriptor (docs/compatibility/status-and-metrics.md, 2).
 * Loaded only if a status address is configured.
 */

import type { ServerResponse } from "node:http"
import { createSecureContext, type SecureContextOptions } from "node:tls"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Clock, Context, Duration, Effect, Layer, Scope } from "effect"
import type { Address } from "../config/Address.ts"
import { groups, type TlsOptions, tls12Suites, tls13Suites } from "../config/TlsOptions.ts"
import { keyInMemory, type TlsMaterial } from "../credentials/TlsMaterial.ts"
import { Descriptors, statusIsOver } from "../runtime/Descriptors.ts"
import { errnoText, nodeError } from "../runtime/ErrorText.ts"
import { Log } from "../runtime/Logging.ts"
import type { Prepared } from "../runtime/Replaceable.ts"
import { type BindError, type EndpointName, TlsMaterialError } from "../transport/Transport.ts"
import { makeBrowserGuard, type Refusal } from "./http/BrowserGuard.ts"
import { makeStatusHttpServer } from "./http/StatusHttpServer.ts"
import { listen } from "./Listen.ts"
import { application, type RouteOptions, type RouteServices, routes } from "./Routes.ts"

/** Options of a status port. */
export interface StatusServerOptions extends RouteOptions {
  readonly address: Address
  /** A listening descriptor to use instead of binding `address`; always plain HTTP. */
  readonly inheritedFd?: number | undefined
  /** Whether to serve HTTPS; only possible on TCP addresses and with a certificate. */
  readonly https: boolean
  readonly tls: TlsOptions
  /** The initial certificate, the tunnel's own. */
  readonly material: TlsMaterial
  /** Timeout of the TLS handshake, and of each request's header. */
  readonly connectTimeout: Duration.Duration
  /** Host names that browsers may use besides literal addresses and `localhost`, in lower case. */
  readonly allowedHosts?: ReadonlyArray<string> | undefined
  /** How long a client may take no byte of its reply before its connection is closed; 30 seconds if absent. */
  readonly stallTimeout?: Duration.Duration | undefined
  /** How long requests in flight may continue after a stop; five seconds if absent. */
  readonly gracePeriod?: Duration.Duration | undefined
}

export class StatusServer extends Context.Service<
  StatusServer,
  {
    /** The bound address, with the actual port if the configuration says 0. */
    readonly bound: EndpointName
    readonly protocol: "http" | "https"
    /** Reads this certificate, for connections that come after `commit`. Does nothing on plain HTTP. */
    readonly prepare: (material: TlsMaterial) => Effect.Effect<Prepared, TlsMaterialError>
    /**
     * Refuses new connections and drops idle ones at once, then waits until the requests in flight are answered, five
     * seconds at most. Idempotent; closing the scope does the same.
     */
    readonly stop: Effect.Effect<void>
  }
>()("ghostunnel/StatusServer") {
  /** Listens once the layer is built. */
  static readonly layer = (
    options: StatusServerOptions
  ): Layer.Layer<StatusServer, BindError | TlsMaterialError, RouteServices> => Layer.effect(StatusServer, make(options))
}

const make = Effect.fn("StatusServer.make")(function* (options: StatusServerOptions) {
  const log = yield* Log
  const usage = yield* Descriptors
  const tls = yield* secureOptions(options, options.material)
  if (options.https && options.material.identity === undefined) {
    log.line(
      "status_http",
      `warning: no certificate for the status port ${options.address.text}, serving plain HTTP instead of HTTPS`
    )
  }
  // Not the layer's scope, which would interrupt requests before the stop has waited for them.
  const requests = yield* Scope.make()
  let network: EndpointName["network"] | undefined
  const guard = makeBrowserGuard({
    allowedHosts: options.allowedHosts ?? [],
    exposed: () => tls === undefined && network === "tcp"
  })
  const app = yield* application(routes(options, guard))
  const answer = yield* NodeHttpServer.makeHandler(app, { scope: requests })
  const http = yield* Effect.try({
    try: () =>
      makeStatusHttpServer({
        connectTimeout: Duration.toMillis(options.connectTimeout),
        stallTimeout: options.stallTimeout === undefined ? undefined : Duration.toMillis(options.stallTimeout),
        tls,
        log: (line) => log.line("status_http", line),
        full: () => statusIsOver(usage),
        handle: (request, response) => {
          const refusal = guard.ofRequest(request)
          if (refusal === undefined) answer(request, response)
          else refuse(response, refusal)
        }
      }),
    catch: materialError
  })
  const server = http.listener
  const closed = Effect.callback<void>((resume) => {
    if (http.closed()) return resume(Effect.void)
    const onClose = () => resume(Effect.void)
    server.once("close", onClose)
    return Effect.sync(() => server.off("close", onClose))
  })
  const grace = Duration.toMillis(options.gracePeriod ?? Duration.seconds(5))
  let deadline: number | undefined
  let removeFile = () => {}
  const stop = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    deadline ??= now + grace
    removeFile()
    http.stop()
    yield* Effect.timeoutOption(closed, Duration.millis(Math.max(0, deadline - now)))
    http.cut()
  }).pipe(Effect.withSpan("StatusServer.stop"))
  yield* Effect.addFinalizer((exit) => Effect.andThen(stop, Scope.close(requests, exit)))

  // Always remove what has been bound.
  const listening = yield* listen(server, { address: options.address, inheritedFd: options.inheritedFd }).pipe(
    Effect.tap((each) => Effect.sync(() => (removeFile = each.removeFile))),
    Effect.uninterruptible
  )
  network = listening.bound.network
  server.on("error", (error) => log.line("status_http", `http: Accept error: ${errnoText(nodeError(error))}`))
  return {
    bound: listening.bound,
    protocol: tls === undefined ? "http" : "https",
    prepare: Effect.fn("StatusServer.prepare")(function* (material: TlsMaterial) {
      const next = yield* secureOptions(options, material)
      if (tls === undefined || next === undefined) return { commit: Effect.void }
      yield* Effect.try({ try: () => createSecureContext(next), catch: materialError })
      return { commit: Effect.sync(() => http.setTls(next)) }
    }),
    stop
  } as const
})

/** A refusal sent before routing; the connection closes with it. */
const refuse = (response: ServerResponse, { message, status }: Refusal): void => {
  const type = "text/plain; charset=utf-8"
  response.writeHead(status, { "Content-Type": type, "Content-Length": message.length, Connection: "close" })
  response.end(message)
}

const materialError = (cause: unknown): TlsMaterialError =>
  new TlsMaterialError({ message: cause instanceof Error ? cause.message : String(cause) })

/** TLS like the tunnel's own listener, but without a client certificate request; undefined without HTTPS. */
const secureOptions = Effect.fnUntraced(function* (
  options: StatusServerOptions,
  material: TlsMaterial
): Effect.fn.Return<SecureContextOptions | undefined, TlsMaterialError> {
  const { address, https, inheritedFd } = options
  const { identity } = material
  if (!https || address._tag !== "Tcp" || inheritedFd !== undefined || identity === undefined) return undefined
  return {
    cert: identity.chainPem,
    key: yield* Effect.mapError(Effect.fromResult(keyInMemory(identity.key)), materialError),
    minVersion: "TLSv1.2",
    maxVersion: options.tls.maxVersion,
    ciphers: [...tls13Suites, ...tls12Suites(options.tls.cipherGroups)].join(":"),
    honorCipherOrder: true,
    ecdhCurve: groups.join(":")
  }
})
