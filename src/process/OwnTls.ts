/** The main thread's own TLS context of a tunnel: it finds what OpenSSL refuses before any thread does, and clients dial with it. */
import { Effect, Result } from "effect"
import type { CredentialSource } from "../config/CredentialConfig.ts"
import type { TunnelSettings } from "../config/ProcessConfig.ts"
import type { TlsMaterial } from "../credentials/TlsMaterial.ts"
import type { Plan } from "../proxy/Plan.ts"
import { judgeOf, tlsOf } from "../proxy/ThreadProxy.ts"
import { makeReplaceable } from "../runtime/Replaceable.ts"
import { type StartError, startError } from "../runtime/StartError.ts"
import { TlsMaterialError, Transport } from "../transport/Transport.ts"

const judgeFailed = (config: TunnelSettings, message: string): StartError =>
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

/** Builds the first generation. */
export const ownTls = Effect.fn("Process.ownTls")(function* (config: TunnelSettings, proxy: Plan, first: TlsMaterial) {
  const judged = judgeOf(proxy)
  if (Result.isFailure(judged)) return yield* judgeFailed(config, judged.failure)
  const transport = yield* Transport
  const place = placeOf(config.credentials)
  const build = (material: TlsMaterial) =>
    tlsOf(transport, proxy, judged.success, material, () => {}).pipe(
      Effect.mapError(({ message }) => new TlsMaterialError({ message: message + place }))
    )
  const current = yield* makeReplaceable(build(first)).pipe(
    Effect.mapError((error) => startError(error.message, `error: unable to load certificates: ${error.message}`))
  )
  return {
    /** The TLS context to dial with; undefined in server mode, which dials in plaintext. */
    client: () => {
      const tls = current.get()
      return tls.mode === "client" ? tls : undefined
    },
    /** Fails if OpenSSL rejects the material; then nothing has changed. */
    prepare: (material: TlsMaterial) => current.prepare(build(material))
  }
})

export type OwnTls = Effect.Success<ReturnType<typeof ownTls>>
