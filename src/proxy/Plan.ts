/** From a configuration to plain values and numbers, as every thread takes them. */
import { Duration, Redacted, Result } from "effect"
import * as Address from "../config/Address.ts"
import type { TunnelSettings } from "../config/ProcessConfig.ts"
import { type StartError, startError } from "../runtime/StartError.ts"
import { negotiationWith } from "../transport/Negotiation.ts"
import { parseProxyUrl, type UpstreamProxy } from "../transport/UpstreamProxy.ts"
import type { ProxyOptions } from "./ThreadProxy.ts"

/** What a tunnel does, before its threads are given what they share. */
export type Plan = Omit<ProxyOptions, "slots">

/** The proxy to connect through; one that could never be asked for the target is refused here, not per connection. */
const upstreamOf = (
  config: TunnelSettings,
  target: Address.TcpAddress | Address.UnixAddress
): Result.Result<UpstreamProxy | undefined, StartError> => {
  if (config.mode === "server" || config.proxyUrl === undefined) return Result.succeed(undefined)
  const proxy = Result.flatMap(parseProxyUrl(Redacted.value(config.proxyUrl)), (parsed) =>
    target._tag === "Unix"
      ? Result.fail("proxy: the target is a UNIX socket")
      : Result.map(negotiationWith(parsed, target), () => parsed)
  )
  return Result.mapError(proxy, (why) =>
    startError(
      `error configuring proxy: ${why}`,
      `error: error configuring proxy: ${why}`,
      `error: unable to build dialer: error configuring proxy: ${why}`
    )
  )
}

/** The plan that a tunnel's settings describe, or what is wrong with them. */
export const planOf = (config: TunnelSettings): Result.Result<Plan, StartError> => {
  const { target } = config
  if (target._tag !== "Tcp" && target._tag !== "Unix") {
    const message = `invalid --target network "${Address.network(target)}"`
    return Result.fail(startError(message, `error: ${message}`))
  }
  const serverName = config.mode === "client" ? (config.serverName ?? (target._tag === "Tcp" ? target.host : "")) : ""
  const upstream = upstreamOf(config, target)
  if (Result.isFailure(upstream)) return Result.fail(upstream.failure)
  return Result.succeed({
    mode: config.mode,
    listen: config.listen,
    inheritedFd: undefined,
    target,
    upstream: upstream.success,
    proxyProtocol: config.mode === "server" ? config.proxyProtocol : undefined,
    tls: config.tls,
    access: config.access,
    serverName,
    ocsp: config.mode === "client" && config.ocsp !== "off" ? config.ocsp : undefined,
    connectTimeout: Duration.toMillis(config.connectTimeout),
    closeTimeout: Duration.toMillis(config.closeTimeout),
    lifetime: Duration.toMillis(config.maxConnectionLifetime)
  })
}
