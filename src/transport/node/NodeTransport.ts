/** The portable transport, on Node's `net` and `tls`. */
import { Effect, Layer } from "effect"
import { NameLookup } from "../../runtime/NameLookup.ts"
import { contextGuard } from "../openssl/ContextGuard.ts"
import { type ChainVerification, type DialOptions, Transport } from "../Transport.ts"
import { dial } from "./Dialer.ts"
import { handshakeLimit } from "./HandshakeGate.ts"
import { listen } from "./NodeListener.ts"
import { pump } from "./Pump.ts"
import { clientTls, serverTls } from "./SecureContexts.ts"
import { accept } from "./ServerHandshake.ts"

/** `Transport` on Node's own sockets and TLS. */
export const layer: Layer.Layer<Transport> = Layer.effect(
  Transport,
  Effect.gen(function* () {
    const guard = yield* Effect.acquireRelease(Effect.sync(contextGuard), (loaded) =>
      Effect.sync(() => (typeof loaded === "string" ? undefined : loaded.hold.releaseAll()))
    )
    const find = yield* NameLookup
    const verification: ChainVerification =
      typeof guard === "string" ? { by: "library", why: guard, handshakes: handshakeLimit } : { by: "paths" }
    return {
      name: "node" as const,
      verification,
      slept: () => 0,
      listen,
      serverTls,
      clientTls,
      accept,
      dial: (options: DialOptions) => dial(find, options),
      pump
    }
  })
)
