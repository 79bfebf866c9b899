/** The portable transport, on Node's `net` and `tls`. */
import { Layer } from "effect"
import { Transport } from "../Transport.ts"
import { dial } from "./Dialer.ts"
import { listen } from "./NodeListener.ts"
import { pump } from "./Pump.ts"
import { clientTls, serverTls } from "./SecureContexts.ts"
import { accept } from "./ServerHandshake.ts"

/** `Transport` on Node's own sockets and TLS. */
export const layer: Layer.Layer<Transport> = Layer.succeed(Transport, {
  name: "node",
  slept: () => 0,
  listen,
  serverTls,
  clientTls,
  accept,
  dial,
  pump
})
