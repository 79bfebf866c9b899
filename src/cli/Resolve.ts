/** The only name look-up during flag parsing (docs/compatibility/status-and-metrics.md, 1). */
import { isIP } from "node:net"
import { Effect, Result } from "effect"
import type { TcpAddress } from "../config/Address.ts"
import { loadNative } from "../runtime/Native.ts"

/**
 * The address with its host looked up, IPv4 before IPv6; its text stays what was written. The failure is the Go program's
 * sentence. Asks on this thread where that can be done: Node's own look-up would start threads before the sandbox is there.
 */
export const resolved = (address: TcpAddress): Effect.Effect<TcpAddress, string> => {
  const { host } = address
  if (host === "" || isIP(host) !== 0) return Effect.succeed(address)
  const unknown = () => `'${address.text}' is not a valid TCP address: lookup ${host}: no such host`
  const found = loadNative().lookup(host)
  if (Result.isSuccess(found)) {
    return found.success === undefined ? Effect.fail(unknown()) : Effect.succeed({ ...address, host: found.success })
  }
  return Effect.tryPromise({
    try: async () => (await import("node:dns/promises")).lookup(host, { order: "ipv4first" }),
    catch: unknown
  }).pipe(Effect.map((answer) => ({ ...address, host: answer.address })))
}
