/** The tunnels of a process before anything listens: plans, credentials, checked addresses. */
import { Context, Effect, Layer, Option, Redacted } from "effect"
import type { NamedTunnel, ProcessConfig, ProcessSettings, TunnelSettings } from "../config/ProcessConfig.ts"
import { redacted } from "../config/UrlText.ts"
import type { CredentialError } from "../credentials/CredentialError.ts"
import { CredentialSource } from "../credentials/CredentialSource.ts"
import { Credentials } from "../credentials/Credentials.ts"
import { certificateSourceLine } from "../credentials/FileSource.ts"
import { type Plan, planOf } from "../proxy/Plan.ts"
import { joinHostPort } from "../runtime/ErrorText.ts"
import type { InheritedSockets } from "../runtime/InheritedSockets.ts"
import { Lifecycle } from "../runtime/Lifecycle.ts"
import { Log } from "../runtime/Logging.ts"
import { type StartError, startError } from "../runtime/StartError.ts"
import type { Transport } from "../transport/Transport.ts"
import { inherited, keepApart, resolveTarget } from "./Addresses.ts"
import { type ExpiryWatch, makeExpiryWatch } from "./ExpiryWatch.ts"
import { type Generation, generationOf } from "./Generation.ts"
import { isMetered } from "./MetricsReaders.ts"
import { type OwnTls, ownTls } from "./OwnTls.ts"
import { bindFailed } from "./PlaneLayer.ts"
import { readPolicy } from "./PolicySource.ts"

/** A tunnel that is ready to bind. */
export interface ConfiguredTunnel {
  readonly name: string
  readonly settings: TunnelSettings
  readonly plan: Plan
  readonly credentials: Credentials["Service"]
  /** What its first handshakes use. */
  readonly first: Generation
  readonly own: OwnTls
  readonly expiry: ExpiryWatch
}

/** The Go program's message for unreadable trust anchors; it differs when metrics are on. */
const credentialsFailed = ({ message, part }: CredentialError, metered: boolean): StartError => {
  const trust = metered && part === "trust_anchors"
  return startError(message, `error: unable to ${trust ? "build TLS config" : "load certificates"}: ${message}`)
}

const loadCredentials = Effect.fnUntraced(function* (
  { caBundlePath, credentials, revocation }: TunnelSettings,
  metered: boolean
) {
  const log = yield* Log
  const given = yield* Effect.serviceOption(CredentialSource)
  const described = Option.match(given, {
    onNone: () => certificateSourceLine(credentials),
    onSome: ({ description }) => description
  })
  log.line("certificate_source", described)
  const source = Credentials.layer(credentials, caBundlePath, process.env, {
    revocation,
    warn: (line) => log.line("credentials_warning", line)
  })
  // Lives as long as the tunnel.
  const built = yield* Effect.mapError(Layer.build(source), (error) => credentialsFailed(error, metered))
  return Context.get(built, Credentials)
})

interface Loaded extends NamedTunnel {
  readonly credentials: Credentials["Service"]
}

/** The Go program's messages for a policy that cannot be used. */
const policyFailed = ({ message }: { readonly message: string }): StartError =>
  startError(message, `Invalid rego policy or query: ${message}`, `error: ${message}`)

const configure = Effect.fnUntraced(function* ({ credentials, name, settings }: Loaded) {
  const log = yield* Log
  const policy = yield* Effect.mapError(readPolicy(settings.access), policyFailed)
  const first = generationOf({ ...credentials.current(), ...(policy && { policy }) }, credentials)
  const expiry = makeExpiryWatch(log.line)
  yield* expiry.take(first.material)
  const plan = yield* Effect.fromResult(planOf(settings))
  yield* resolveTarget(settings)
  log.line("target", `using target address ${settings.target.text}`)
  if (plan.upstream !== undefined) log.line("proxy", `using proxy ${plan.upstream.display}`)
  const own = yield* ownTls(settings, plan, first.material)
  return { name, settings, plan, credentials, first, own, expiry }
})

/** Where metrics are pushed to, for the log. */
const announcePushes = ({ metrics: { graphite, postUrl } }: ProcessSettings, log: Log["Service"]) => {
  if (graphite !== undefined) {
    log.line("metrics", `metrics enabled; reporting metrics via TCP to ${joinHostPort(graphite.host, graphite.port)}`)
  }
  if (postUrl !== undefined) {
    log.line("metrics", `metrics enabled; reporting metrics via POST to ${redacted(Redacted.value(postUrl))}`)
  }
}

/** In the order of the configuration; at least one. */
export class ConfiguredTunnels extends Context.Service<
  ConfiguredTunnels,
  readonly [ConfiguredTunnel, ...ReadonlyArray<ConfiguredTunnel>]
>()("ghostunnel/ConfiguredTunnels") {
  /** Reads all files and checks all addresses. Once it is built signals no longer have their default effect. */
  static readonly layer = (
    config: ProcessConfig
  ): Layer.Layer<ConfiguredTunnels, StartError, Log | Lifecycle | InheritedSockets | Transport> =>
    Layer.effect(
      ConfiguredTunnels,
      Effect.gen(function* () {
        const log = yield* Log
        const lifecycle = yield* Lifecycle
        announcePushes(config.process, log)
        const metered = isMetered(config.process)
        const load = (tunnel: NamedTunnel) =>
          Effect.map(loadCredentials(tunnel.settings, metered), (credentials) => ({ ...tunnel, credentials }))
        const [head, ...tail] = config.tunnels
        const loaded = [yield* load(head), ...(yield* Effect.forEach(tail, load))] as const
        yield* keepApart(config)
        const [first, ...others] = loaded
        const configured = [yield* configure(first), ...(yield* Effect.forEach(others, configure))] as const
        // A deploy script may send a signal as soon as a port accepts: it waits until the process serves.
        yield* lifecycle.begin
        const adopt = (tunnel: ConfiguredTunnel) =>
          Effect.map(
            inherited(tunnel.settings.listen, (message) => bindFailed(tunnel.settings, message)),
            (inheritedFd): ConfiguredTunnel => ({ ...tunnel, plan: { ...tunnel.plan, inheritedFd } })
          )
        const [one, ...more] = configured
        return [yield* adopt(one), ...(yield* Effect.forEach(more, adopt))]
      })
    )
}
