/** A child process that listens on the descriptor it was given as number 3 and says where that is. */
import { Effect } from "effect"
import { layer } from "../../../src/transport/node/NodeTransport.ts"
import { Transport } from "../../../src/transport/Transport.ts"

const program = Effect.gen(function* () {
  const transport = yield* Transport
  const { bound } = yield* transport.listen({
    address: { _tag: "Systemd", text: "systemd:x", name: "x" },
    reusePort: false,
    inheritedFd: 3,
    admit: () => true,
    giveBack: () => {},
    onConnection: () => {},
    onAcceptError: () => {}
  })
  process.stdout.write(`${bound.network} ${bound.address}\n`)
})

await Effect.runPromise(Effect.provide(Effect.scoped(program), layer))
