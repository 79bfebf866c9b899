/** What a tunnel's addresses need before anything listens: sockets that were handed over, names that mean something. */
import * as Dns from "node:dns/promises"
import { Effect, Result } from "effect"
import type { Address } from "../config/Address.ts"
import type { TunnelConfig } from "../config/TunnelConfig.ts"
import { InheritedSockets } from "../runtime/InheritedSockets.ts"
import { type StartError, startError } from "../runtime/StartError.ts"

/** The descriptor that stands in for an address; none where the address is bound. */
export const inherited = Effect.fnUntraced(function* (address: Address, failed: (message: string) => StartError) {
  // Nothing of launchd is there to ask on a platform without it; with it, nobody has built that yet.
  if (address._tag === "Launchd") {
    const why = process.platform === "darwin" ? "not supported yet" : "only supported on darwin"
    return yield* failed(`launchd socket activation is ${why}`)
  }
  if (address._tag !== "Systemd") return undefined
  const sockets = yield* InheritedSockets
  const taken = sockets.take(address.name)
  return Result.isFailure(taken) ? yield* failed(taken.failure) : taken.success
})

/** The target's name must mean something at start; every dial looks it up again. */
export const resolveTarget = (config: TunnelConfig): Effect.Effect<void, StartError> => {
  const { target } = config
  const proxied = config.mode === "client" && config.proxyUrl !== undefined
  if (!config.resolveTarget || proxied || target._tag !== "Tcp" || target.host === "") return Effect.void
  return Effect.tryPromise({
    try: () => Dns.lookup(target.host),
    catch: () => {
      const message = `lookup ${target.host}: no such host`
      return startError(message, `error: invalid target address: ${message}`)
    }
  })
}
