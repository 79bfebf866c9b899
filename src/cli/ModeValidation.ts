/**
 * From a command line that parsed to the tunnel it describes, or to the sentence that refuses it: the rules of the mode
 * first, in the Go program's order, then what this version does not do yet, then what Ghostunnel finds out only later.
 */
import { Redacted, Result } from "effect"
import type { AccessRules } from "../config/AccessRules.ts"
import * as Address from "../config/Address.ts"
import { sharedAddress } from "../config/AddressOverlap.ts"
import type { CredentialSource } from "../config/CredentialConfig.ts"
import { notUrl, refuseUrl } from "../config/HostText.ts"
import type { MetricsConfig } from "../config/MetricsConfig.ts"
import type { StatusConfig } from "../config/StatusConfig.ts"
import { maxProtocols, parseCipherGroups, type TlsOptions } from "../config/TlsOptions.ts"
import { ClientConfig, ServerConfig, type TunnelConfig } from "../config/TunnelConfig.ts"
import { type StartError, startError } from "../runtime/StartError.ts"
import * as ClientRules from "./ClientRules.ts"
import type { ClientInvocation, Invocation, ServerInvocation } from "./Invocation.ts"
import * as Rule from "./Rule.ts"
import * as ServerRules from "./ServerRules.ts"
import { machine } from "./Services.ts"
import { quietClasses, type SharedFlags } from "./SharedFlags.ts"
import { statusAddress } from "./Validation.ts"

const address = (flag: string, text: string, services: Address.Services): Result.Result<Address.Address, string> =>
  Result.mapError(Address.parse(text, services), (why) => `invalid ${flag} address: ${why}`)

/** What Ghostunnel finds out only when it listens or builds its dialer, with the lines it logs then. */
const late = (mode: Invocation["mode"], server: string, client: ReadonlyArray<string>) => (why: string) =>
  mode === "server"
    ? startError(why, `${server}: ${why}`, `error from server listen: ${why}`)
    : startError(why, ...client.map((start) => `${start}: ${why}`))

const cipherGroups = (flags: SharedFlags) => parseCipherGroups(flags.cipherSuites, flags.allowUnsafeCipherSuites)

const maxVersion = (text: string): Result.Result<TlsOptions["maxVersion"], string> => {
  switch (text.toLowerCase()) {
    case "":
    case "tls1.3":
      return Result.succeed("TLSv1.3")
    case "tls1.2":
      return Result.succeed("TLSv1.2")
    default:
      return Result.fail(
        `invalid max TLS version: unsupported TLS version: ${text} (--max-tls-version takes TLS1.2 or TLS1.3)`
      )
  }
}

/** What was given twice counts once, where it came first. */
const protocols = (flags: SharedFlags): Result.Result<Pick<TlsOptions, "alpn">, string> => {
  const alpn = [...new Set(flags.alpn.flat())]
  if (alpn.length > maxProtocols) return Result.fail(`--alpn: at most ${maxProtocols} protocols can be offered`)
  return Result.succeed(alpn.length === 0 ? {} : { alpn })
}

const credentials = (flags: SharedFlags): CredentialSource => {
  const password = {
    ...(Redacted.value(flags.storepass) === "" ? {} : { password: flags.storepass }),
    ...(flags.storepassFile === "" ? {} : { passwordPath: flags.storepassFile })
  }
  if (flags.cert !== "") return { _tag: "KeyPair", certificatePath: flags.cert, keyPath: flags.key, ...password }
  return flags.keystore === "" ? { _tag: "None" } : { _tag: "Keystore", path: flags.keystore, ...password }
}

const revocation = ({ crl: [first, ...others], crlMode }: SharedFlags) =>
  first === undefined
    ? {}
    : { revocation: { listPaths: [first, ...others] as const, mode: crlMode ?? "strict" } as const }

const status = (
  flags: SharedFlags,
  targetStatus: string,
  services: Address.Services
): Result.Result<StatusConfig | undefined, string> =>
  flags.status === ""
    ? Result.succeed(undefined)
    : Result.map(statusAddress(flags.status, services), (at) => ({
        ...at,
        enableShutdown: flags.enableShutdown,
        enableProfiling: flags.enablePprof,
        page: flags.statusUi,
        allowedHosts: flags.statusAllowHost,
        ...(targetStatus === "" ? {} : { targetStatus })
      }))

const metrics = (flags: SharedFlags): MetricsConfig => ({
  prefix: flags.metricsPrefix,
  interval: flags.metricsInterval,
  identities: flags.metricsIdentities,
  ...(flags.metricsGraphite === undefined ? {} : { graphite: flags.metricsGraphite }),
  ...(flags.metricsUrl === "" ? {} : { postUrl: Redacted.make(flags.metricsUrl) }),
  ...(flags.otlpEndpoint === ""
    ? {}
    : { otlp: { endpoint: Redacted.make(flags.otlpEndpoint), traces: flags.otlpTraces } })
})

/** A URL that no request could be sent to is refused at start. */
const usableUrl = (flag: string, url: string): ReadonlyArray<Rule.Rule> => {
  const refused = url === "" ? undefined : refuseUrl(url)
  if (refused === undefined) return []
  return [[true, refused === notUrl ? `${flag} is ${refused}` : `${flag}: ${refused}`]]
}

/** What both modes make of their flags once their rules are kept. */
const common = ({ flags, mode }: Invocation, targetStatus: string, services: Address.Services) =>
  Result.gen(function* () {
    yield* Rule.checkRules(Rule.ofSecrets(flags))
    const max = yield* Result.mapError(
      maxVersion(flags.maxTlsVersion),
      late(mode, "error trying to read CA bundle", ["error: unable to build dialer"])
    )
    const listen = yield* Result.mapError(
      address("--listen", flags.listen, services),
      late(mode, "error trying to listen", ["error opening socket", "error from client listen"])
    )
    const statusConfig = yield* status(flags, targetStatus, services)
    const shared = statusConfig === undefined ? undefined : sharedAddress(listen, statusConfig.address)
    yield* Rule.checkRules([
      [shared !== undefined, shared ?? ""],
      [
        listen._tag === "Systemd" && statusConfig?.address.text === listen.text,
        `--listen and --status must not both be "${listen.text}"`
      ],
      ...usableUrl("--metrics-url", flags.metricsUrl),
      ...usableUrl("--otlp-endpoint", flags.otlpEndpoint),
      ...usableUrl("--target-status", targetStatus),
      [flags.otlpEndpoint === "" && flags.otlpTraces, "--otlp-traces requires --otlp-endpoint to be set"]
    ])
    return {
      listen,
      credentials: credentials(flags),
      ...(flags.cacert === "" ? {} : { caBundlePath: flags.cacert }),
      ...revocation(flags),
      tls: { maxVersion: max, cipherGroups: yield* cipherGroups(flags), ...(yield* protocols(flags)) },
      connectTimeout: flags.connectTimeout,
      closeTimeout: flags.closeTimeout,
      maxConnectionLifetime: flags.maxConnLifetime,
      maxConcurrentConnections: flags.maxConcurrentConns,
      shutdownTimeout: flags.shutdownTimeout,
      reloadInterval: flags.timedReload,
      watchFiles: flags.watch,
      resolveTarget: !flags.skipResolve,
      ...(statusConfig === undefined ? {} : { status: statusConfig }),
      metrics: metrics(flags),
      quiet: quietClasses(flags),
      logFormat: flags.logFormat,
      workers: flags.workers,
      transport: flags.transport
    }
  })

const serverAccess = (flags: ServerInvocation["flags"]): AccessRules => {
  if (flags.disableAuthentication) return { _tag: "Anonymous" }
  if (flags.allowAll) return { _tag: "AnyVerified" }
  if (flags.allowSpkiPin.length > 0) return { _tag: "Pins", pins: flags.allowSpkiPin }
  const rules = {
    commonNames: flags.allowCn,
    organizationalUnits: flags.allowOu,
    dnsNames: flags.allowDns,
    ipAddresses: flags.allowIp,
    uriPatterns: flags.allowUri
  }
  return flags.allowPolicy === ""
    ? { _tag: "Names", rules }
    : { _tag: "Policy", path: flags.allowPolicy, query: flags.allowQuery, rules }
}

const clientAccess = (flags: ClientInvocation["flags"]): AccessRules => {
  if (flags.verifySpkiPin.length > 0) return { _tag: "Pins", pins: flags.verifySpkiPin }
  const rules = {
    commonNames: flags.verifyCn,
    organizationalUnits: flags.verifyOu,
    dnsNames: flags.verifyDns,
    ipAddresses: flags.verifyIp,
    uriPatterns: flags.verifyUri
  }
  if (flags.verifyPolicy !== "") return { _tag: "Policy", path: flags.verifyPolicy, query: flags.verifyQuery, rules }
  return Object.values(rules).some((list) => list.length > 0) ? { _tag: "Names", rules } : { _tag: "AnyVerified" }
}

/** The rules have been checked in the order and the words of the command line; URI patterns are checked at the start. */
const kept = { disableChecks: true } as const

const server = (invocation: ServerInvocation, services: Address.Services) =>
  Result.gen(function* () {
    const { flags } = invocation
    yield* Rule.checkRules(ServerRules.before(flags))
    const target = yield* address("--target", flags.target, services)
    yield* Rule.checkRules(ServerRules.after(flags, target))
    yield* cipherGroups(flags)
    yield* Rule.checkRules(ServerRules.unsupported(flags))
    const anonymous = flags.disableAuthentication ? "--disable-authentication" : undefined
    yield* Rule.checkRules(Rule.revocation(flags, flags.allowSpkiPin.length > 0 ? "--allow-spki-pin" : anonymous))
    const shared = yield* common(invocation, flags.targetStatus, services)
    const proxyProtocol = flags.proxyProtocolMode ?? (flags.proxyProtocol ? "conn" : undefined)
    return ServerConfig.make(
      {
        mode: "server",
        ...shared,
        target,
        access: serverAccess(flags),
        unsafeTarget: flags.unsafeTarget,
        ...(proxyProtocol === undefined ? {} : { proxyProtocol })
      },
      kept
    )
  })

const client = (invocation: ClientInvocation, services: Address.Services) =>
  Result.gen(function* () {
    const { flags } = invocation
    yield* Rule.checkRules(ClientRules.before(flags))
    const target = yield* address("--target", flags.target, services)
    yield* Rule.checkRules(ClientRules.after(flags, target))
    yield* cipherGroups(flags)
    yield* Rule.checkRules(ClientRules.unsupported(flags))
    yield* Rule.checkRules(Rule.revocation(flags, flags.verifySpkiPin.length > 0 ? "--verify-spki-pin" : undefined))
    const shared = yield* common(invocation, "", services)
    return ClientConfig.make(
      {
        mode: "client",
        ...shared,
        target,
        access: clientAccess(flags),
        unsafeListen: flags.unsafeListen,
        ocsp: flags.ocsp,
        ...(flags.overrideServerName === "" ? {} : { serverName: flags.overrideServerName }),
        ...(flags.proxy === "" ? {} : { proxyUrl: Redacted.make(flags.proxy) })
      },
      kept
    )
  })

/**
 * The tunnel that an invocation describes, or the one sentence (without `error: `) that refuses it, with its lines for the
 * log. Pure, but for the look at `/etc/services` when a port is given by a name that few know.
 */
export const toConfig = (
  invocation: Invocation,
  services: Address.Services = machine
): Result.Result<TunnelConfig, StartError> =>
  Result.mapError<TunnelConfig, string | StartError, StartError>(
    invocation.mode === "server" ? server(invocation, services) : client(invocation, services),
    (refused) => (typeof refused === "string" ? startError(refused, `error: ${refused}`) : refused)
  )
