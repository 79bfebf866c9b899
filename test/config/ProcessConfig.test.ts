import { Schema } from "effect"
import { expect, test } from "vitest"
import { onlyTunnel, processOf } from "../../src/config/ProcessConfig.ts"
import { ServerConfig } from "../../src/config/TunnelConfig.ts"

test("a single tunnel becomes a process that runs it", () => {
  const config = Schema.decodeUnknownSync(ServerConfig)({
    listen: "localhost:8443",
    target: "localhost:8080",
    credentials: { _tag: "Keystore", path: "server.p12" },
    access: { _tag: "AnyVerified" },
    shutdownTimeout: "7s"
  })
  const { process, tunnels } = processOf(config)
  expect(process.shutdownTimeout).toBe(config.shutdownTimeout)
  expect(tunnels.map(({ name }) => name)).toEqual([onlyTunnel])
  expect(tunnels[0].settings).toMatchObject({ mode: "server", listen: config.listen, target: config.target })
})
