/** The one look-up that happens while flags are parsed (contract: status and metrics, section 1). */
import { Effect } from "effect"
import type { TcpAddress } from "../config/Address.ts"

/** Succeeds when the host of the address has an IP address; the failure is the contract's sentence. */
export const resolves = (address: TcpAddress): Effect.Effect<void, string> =>
  address.host === ""
    ? Effect.void
    : Effect.asVoid(
        Effect.tryPromise({
          try: async () => (await import("node:dns/promises")).lookup(address.host),
          catch: () => `'${address.text}' is not a valid TCP address: lookup ${address.host}: no such host`
        })
      )
