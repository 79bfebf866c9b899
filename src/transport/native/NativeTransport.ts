/** The transport on Linux sockets, epoll and the OpenSSL inside of Node, through `node:ffi`. */
import { Effect, Layer } from "effect"
import { NameLookup } from "../../runtime/NameLookup.ts"
import { Transport } from "../Transport.ts"
import { dial } from "./Dialer.ts"
import { loadNative } from "./Native.ts"
import { listen } from "./NativeListener.ts"
import { pump } from "./Pump.ts"
import { accept } from "./ServerHandshake.ts"

/** `Transport` on the kernel's sockets and OpenSSL. Only where the self-test has passed. */
export const layer: Layer.Layer<Transport> = Layer.effect(
  Transport,
  Effect.gen(function* () {
    const find = yield* NameLookup
    const native = yield* Effect.acquireRelease(Effect.sync(loadNative), ({ hold }) =>
      Effect.sync(() => hold.releaseAll())
    )
    const transport: Transport["Service"] = {
      name: "native" as const,
      verification: { by: "paths" as const },
      slept: () => native.thread.poller.slept,
      listen: (options) => listen(native, options),
      serverTls: (material, options) => native.contexts.server(material, options),
      clientTls: (material, options) => native.contexts.client(material, options),
      accept: (raw, tls) => accept(native, raw, tls),
      dial: (options) => dial(native, find, options),
      pump: (accepted, dialled, limits) => pump(native, accepted, dialled, limits)
    }
    return transport
  })
)
