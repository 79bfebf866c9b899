/** Resolves and checks a tunnel's addresses before anything listens: inherited sockets, host names, overlaps. */
import * as Dns from "node:dns/promises"
import { Effect, Result } from "effect"
import { type Address, parse } from "../config/Address.ts"
import { overlap, sharedAddress } from "../config/AddressOverlap.ts"
import type { ProcessConfig, TunnelSettings } from "../config/ProcessConfig.ts"
import { unixPathProblem } from "../config/UnixPath.ts"
import { InheritedSockets } from "../runtime/InheritedSockets.ts"
import { type StartError, startError } from "../runtime/StartError.ts"
import type { EndpointName } from "../transport/Transport.ts"

/** The inherited descriptor for an address; undefined if the tunnel binds the address itself. */
export const inherited = Effect.fnUntraced(function* (address: Address, failed: (message: string) => StartError) {
  // launchd exists on macOS only, and its sockets are not supported there yet.
  if (address._tag === "Launchd") {
    const why = process.platform === "darwin" ? "not supported yet" : "only supported on darwin"
    return yield* failed(`launchd socket activation is ${why}`)
  }
  if (address._tag === "Unix") {
    // Checked here, because bind would fail with only "invalid argument", which begins the Go program's message.
    const why = unixPathProblem(address.path)
    return why === undefined
      ? undefined
      : yield* failed(`listen ${address.text.replace(":", " ")}: bind: invalid argument (${why})`)
  }
  if (address._tag !== "Systemd") return undefined
  const sockets = yield* InheritedSockets
  const taken = sockets.take(address.name)
  return Result.isFailure(taken) ? yield* failed(taken.failure) : taken.success
})

/** Refuses a status port on a tunnel's own address, and two tunnels on one address. */
export const keepApart = ({ process: { status }, tunnels }: ProcessConfig): Effect.Effect<void, StartError> => {
  for (const [index, { name, settings }] of tunnels.entries()) {
    const shared = status === undefined ? undefined : sharedAddress(settings.listen, status.address)
    if (shared !== undefined) return startError(shared, `error: ${shared}`)
    const other = tunnels.slice(0, index).find((before) => overlap(before.settings.listen, settings.listen))
    if (other === undefined) continue
    const message = `the tunnels ${other.name} and ${name} must not listen on one address: ${settings.listen.text}`
    return startError(message, `error: ${message}`)
  }
  return Effect.void
}

/** Compares the bound addresses, since names are resolved only by then. The kernel lets two sockets share a port. */
export const keepBoundApart = (
  tunnel: EndpointName,
  status: EndpointName | undefined
): Effect.Effect<void, StartError> => {
  if (tunnel.network !== "tcp" || status?.network !== "tcp") return Effect.void
  const shared = Result.map(Result.all([parse(tunnel.address), parse(status.address)]), ([one, other]) =>
    sharedAddress(one, other)
  )
  if (Result.isFailure(shared) || shared.success === undefined) return Effect.void
  return startError(shared.success, `error: ${shared.success}`)
}

const unusableTarget = (message: string): StartError => startError(message, `error: invalid target address: ${message}`)

/** Fails if the target's name does not resolve at start. Every dial resolves it again. */
export const resolveTarget = (config: TunnelSettings): Effect.Effect<void, StartError> => {
  const { target } = config
  const unfit = config.resolveTarget && target._tag === "Unix" ? unixPathProblem(target.path) : undefined
  if (unfit !== undefined) return unusableTarget(`address ${target.text}: ${unfit}`)
  const proxied = config.mode === "client" && config.proxyUrl !== undefined
  if (!config.resolveTarget || proxied || target._tag !== "Tcp" || target.host === "") return Effect.void
  return Effect.tryPromise({
    try: () => Dns.lookup(target.host),
    catch: () => unusableTarget(`lookup ${target.host}: no such host`)
  })
}
