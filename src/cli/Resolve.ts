/** The one look-up that happens while flags are parsed (contract: status and metrics, section 1). */
import { Effect, Result } from "effect"
import type { TcpAddress } from "../config/Address.ts"
import { loadNative } from "../runtime/Native.ts"

/** Node's own look-up runs on a helper thread, which must not exist before the sandbox does: only where there is none. */
const hasAddress = Effect.fnUntraced(function* (host: string) {
  const found = loadNative().lookup(host)
  if (Result.isSuccess(found)) return found.success !== undefined
  return yield* Effect.promise(async () => {
    const Dns = await import("node:dns/promises")
    return Dns.lookup(host).then(
      () => true,
      () => false
    )
  })
})

/** Succeeds when the host of the address has an IP address; the failure is the contract's sentence. */
export const resolves = (address: TcpAddress): Effect.Effect<void, string> => {
  if (address.host === "") return Effect.void
  const refusal = `'${address.text}' is not a valid TCP address: lookup ${address.host}: no such host`
  return Effect.flatMap(hasAddress(address.host), (there) => (there ? Effect.void : Effect.fail(refusal)))
}
