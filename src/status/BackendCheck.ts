/** Checks whether the target is reachable, once for every `/_status` request (docs/compatibility/status-and-metrics.md, 4.3). */
import { Context, Duration, Effect, Layer, Result } from "effect"
import type { Judge } from "../access/Verdict.ts"
import type { TcpAddress, UnixAddress } from "../config/Address.ts"
import { type ClientTls, type DialOptions, Transport } from "../transport/Transport.ts"
import { httpProbe } from "./HttpProbe.ts"

interface Options {
  readonly target: TcpAddress | UnixAddress
  /** Timeout of the whole check. */
  readonly connectTimeout: Duration.Duration
}

export class BackendCheck extends Context.Service<
  BackendCheck,
  {
    /** Checks once: succeeds, or fails with the reason as text. Interruption cancels the check. */
    readonly check: Effect.Effect<Result.Result<void, string>>
  }
>()("ghostunnel/BackendCheck") {
  /** Server mode: connects to the target and closes the connection at once. */
  static readonly layerConnect = (options: Options): Layer.Layer<BackendCheck, never, Transport> =>
    layerDial(options, () => undefined)

  /** Client mode: dials the target with TLS handshake and verification, using the settings current at that moment. */
  static readonly layerTls = (
    options: Options & {
      /** The proxy to dial through. */
      readonly via?: DialOptions["via"]
      readonly tls: () =>
        | { readonly context: ClientTls; readonly serverName: string; readonly judge: Judge }
        | undefined
    }
  ): Layer.Layer<BackendCheck, never, Transport> => layerDial(options, options.tls)

  /** Server mode with `--target-status`: a GET of the URL, sent to the target, must return 200. */
  static readonly layerHttp = (
    options: Options & {
      /** `http://…` or `https://…`. */
      readonly url: string
      /** PEM certificates that https trusts, read for each check; the system's roots if absent. */
      readonly roots?: (() => ReadonlyArray<string>) | undefined
    }
  ): Layer.Layer<BackendCheck> => Layer.succeed(BackendCheck, { check: httpProbe(options) })
}

const layerDial = (
  options: Options & { readonly via?: DialOptions["via"] },
  tls: () => { readonly context: ClientTls; readonly serverName: string; readonly judge: Judge } | undefined
): Layer.Layer<BackendCheck, never, Transport> =>
  Layer.effect(
    BackendCheck,
    Effect.map(Transport, (transport) => {
      const dial = Effect.suspend(() =>
        transport.dial({
          target: options.target,
          via: options.via,
          deadline: performance.now() + Duration.toMillis(options.connectTimeout),
          tls: tls()
        })
      )
      return {
        check: Effect.uninterruptibleMask((restore) =>
          restore(dial).pipe(
            Effect.match({
              onSuccess: (stream) => Result.succeed(stream.close()),
              onFailure: (failure) => Result.fail(failure.message)
            })
          )
        ).pipe(Effect.withSpan("BackendCheck.check"))
      }
    })
  )
