/** Dials of a network that is not as it should be. */
import assert from "node:assert/strict"
import { withOutgoingPorts, withSilentNameServer } from "../../support/PrivateNetwork.ts"
import { join, serverTunnel } from "../Cast.ts"
import { scenario } from "../Scenario.ts"

export const serverDial = [
  scenario(
    "server-dial-never-connects-to-itself",
    "data-path",
    async (stage) => {
      // Nobody listens on the target's port, and every few connections the kernel chooses just that one for our end.
      const builder = (await serverTunnel(stage)).allowAll().listen(stage.unix()).target("127.0.0.1:40000")
      const tunnel = await builder.below(...withOutgoingPorts(40_000, 40_003)).start()
      const refused = /^error on dial: dial tcp 127\.0\.0\.1:40000: connect: connection refused$/
      for (let count = 1; count <= 40; count++) {
        const peer = await join(stage, tunnel)
        await tunnel.changes.until(
          () => (tunnel.count(refused) >= count || tunnel.count(/^opening pipe/) > 0 ? true : undefined),
          () => `refusal ${count}`
        )
        peer.destroy()
      }
      assert.equal(tunnel.count(/^opening pipe/), 0)
    },
    ["own-network"]
  ),
  scenario(
    "server-dial-in-a-look-up-does-not-hold-up-the-exit",
    "data-path",
    async (stage) => {
      const builder = (await serverTunnel(stage)).allowAll().listen(stage.unix()).target("backend.test:9000")
      const tunnel = await builder
        .args("--unsafe-target", "--skip-resolve", "--connect-timeout=5m")
        .below(...withSilentNameServer(stage))
        .start()
      const peers = await Promise.all([1, 2, 3].map(() => join(stage, tunnel)))
      tunnel.signal("SIGTERM")
      await tunnel.waitForLine(/shutdown proxy, waiting for drain$/)
      // The name server is asked for longer than anybody waits here.
      assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
      for (const peer of peers) await peer.eof()
    },
    ["own-network"]
  )
]
