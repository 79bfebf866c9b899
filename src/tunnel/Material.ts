/** A tunnel's certificate and trust anchors, and the main thread's TLS contexts made from them. */
import { Effect, Layer, Redacted, Result, ScopedRef } from "effect"
import type { CredentialSource } from "../config/CredentialConfig.ts"
import type { TunnelConfig } from "../config/TunnelConfig.ts"
import { redacted } from "../config/UrlText.ts"
import { Credentials, certificateSourceLine } from "../credentials/Credentials.ts"
import type { TlsMaterial } from "../credentials/TlsMaterial.ts"
import type { Plan } from "../proxy/Plan.ts"
import { judgeOf, tlsOf } from "../proxy/ThreadProxy.ts"
import { joinHostPort } from "../runtime/ErrorText.ts"
import { Log } from "../runtime/Logging.ts"
import { type StartError, startError } from "../runtime/StartError.ts"
import { TlsMaterialError, Transport } from "../transport/Transport.ts"
import { isMetered } from "./MetricsExport.ts"

/** The contract's message for unreadable trust anchors; it differs when metrics are on. */
const credentialsFailed = (config: TunnelConfig, message: string): StartError => {
  const trust = isMetered(config) && message.startsWith("loading trust store: ")
  return startError(message, `error: unable to ${trust ? "build TLS config" : "load certificates"}: ${message}`)
}

/** Loads the credentials and logs their source. */
export const credentialsLayer = (config: TunnelConfig) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const log = yield* Log
      const { graphite, postUrl } = config.metrics
      if (graphite !== undefined) {
        log.line(
          "metrics",
          `metrics enabled; reporting metrics via TCP to ${joinHostPort(graphite.host, graphite.port)}`
        )
      }
      if (postUrl !== undefined) {
        log.line("metrics", `metrics enabled; reporting metrics via POST to ${redacted(Redacted.value(postUrl))}`)
      }
      log.line("certificate_source", certificateSourceLine(config.credentials))
      const { caBundlePath, credentials, revocation } = config
      return Credentials.layer(credentials, caBundlePath, process.env, {
        revocation,
        warn: (line) => log.line("credentials_warning", line)
      })
    })
  ).pipe(
    Layer.catchTag("CredentialError", (error) => Layer.effect(Credentials, credentialsFailed(config, error.message)))
  )

const judgeFailed = (config: TunnelConfig, message: string): StartError =>
  config.mode === "server"
    ? startError(message, message, `error from server listen: ${message}`)
    : startError(message, message, `error: unable to build dialer: ${message}`)

/** The flag's file that holds the certificate OpenSSL rejects. */
const placeOf = (source: CredentialSource): string => {
  switch (source._tag) {
    case "KeyPair":
      return `, in certificate file '${source.certificatePath}'`
    case "Keystore":
      return `, in keystore '${source.path}'`
    case "None":
      return ""
  }
}

/** The main thread's own TLS, for the client mode's backend check. */
export const ownTls = Effect.fn("Ghostunnel.ownTls")(function* (config: TunnelConfig, proxy: Plan) {
  const judged = judgeOf(proxy)
  if (Result.isFailure(judged)) return yield* judgeFailed(config, judged.failure)
  const transport = yield* Transport
  const credentials = yield* Credentials
  const place = placeOf(config.credentials)
  const build = (material: TlsMaterial) =>
    tlsOf(transport, proxy, judged.success, material, () => {}).pipe(
      Effect.mapError(({ message }) => new TlsMaterialError({ message: message + place }))
    )
  const current = yield* ScopedRef.fromAcquire(build(credentials.current())).pipe(
    Effect.mapError((error) => startError(error.message, `error: unable to load certificates: ${error.message}`))
  )
  return {
    /** The TLS context to dial with; undefined in server mode, which dials in plaintext. */
    client: () => {
      const tls = ScopedRef.getUnsafe(current)
      return tls.mode === "client" ? tls : undefined
    },
    /** Fails without changing anything if OpenSSL rejects the material. */
    update: (material: TlsMaterial) => ScopedRef.set(current, build(material))
  }
})

export type OwnTls = Effect.Success<ReturnType<typeof ownTls>>
