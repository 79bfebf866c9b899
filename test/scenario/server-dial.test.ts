/** Dials of a network that is not as it should be. */
import assert from "node:assert/strict"
import { pause } from "../support/Changes.ts"
import { silentNameServer, withOutgoingPorts } from "../support/PrivateNetwork.ts"
import { join, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario, waiting } from "./Scenario.ts"

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
        .below(...silentNameServer(stage).below)
        .start()
      const peers = await Promise.all([1, 2, 3].map(() => join(stage, tunnel)))
      tunnel.signal("SIGTERM")
      await tunnel.waitForLine(/shutdown proxy, waiting for drain$/)
      // The name server is asked for longer than anybody waits here.
      assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
      for (const peer of peers) await peer.eof()
    },
    ["own-network"]
  ),
  waiting(
    scenario(
      "server-dial-looks-up-anew-when-the-name-server-answers-again",
      "data-path",
      async (stage) => {
        const names = silentNameServer(stage)
        const builder = (await serverTunnel(stage)).allowAll().listen(stage.unix()).target("backend.test:9000")
        const tunnel = await builder
          .args("--unsafe-target", "--skip-resolve", "--connect-timeout=2s")
          .below(...names.below)
          .start()
        await join(stage, tunnel)
        await tunnel.waitForLine(/error on dial: dial tcp: lookup backend\.test: i\/o timeout$/)
        names.wakeUp()
        // The first question is still open, and will not be asked again for half a minute.
        await join(stage, tunnel)
        await tunnel.waitForLine(/error on dial: dial tcp 127\.0\.0\.1:9000: connect: connection refused$/)
      },
      ["own-network"]
    )
  ),
  waiting(
    scenario(
      "server-dial-is-not-held-up-by-the-look-ups-of-pushes",
      "data-path",
      async (stage) => {
        const builder = (await serverTunnel(stage)).allowAll().listen(stage.unix()).target("localhost:9000")
        const few = ["env", "UV_THREADPOOL_SIZE=6", "OTEL_METRIC_EXPORT_INTERVAL=300", "OTEL_EXPORTER_OTLP_TIMEOUT=250"]
        const tunnel = await builder
          .args("--otlp-endpoint=http://collector.test:4318")
          .below(...silentNameServer(stage).below, ...few)
          .start()
        await tunnel.waitForLine(/collector\.test.* deadline exceeded/)
        // For some more pushes, which are not logged: three look-ups are all that six helper threads wait for at a time.
        await pause(2_000)
        await join(stage, tunnel)
        await tunnel.waitForLine(/error on dial: dial tcp (127\.0\.0\.1|\[::1\]):9000: connect: connection refused$/)
      },
      ["own-network"]
    )
  )
]

runTopic("server-dial", serverDial)
