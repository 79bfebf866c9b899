/** What no configuration may ask for, whoever wrote it: embedding programs do not pass the command line's rules. */
import { Result, Schema } from "effect"
import { describe, expect, it } from "vitest"
import { ClientConfig } from "../../src/config/TunnelConfig.ts"
import { planOf } from "../../src/proxy/Plan.ts"

const plan = (change: Partial<(typeof ClientConfig)["Encoded"]>) =>
  planOf(
    Schema.decodeSync(ClientConfig)({
      listen: "localhost:1",
      target: "unix:/run/tls.sock",
      credentials: { _tag: "None" },
      ...change
    })
  )

describe("a client of a UNIX socket", () => {
  it("needs a name to verify the server by", () => {
    for (const nameless of [{}, { serverName: "" }]) {
      expect(() => plan(nameless)).toThrow("is required: the path of a UNIX socket does not name a server")
    }
    expect(Result.getOrThrow(plan({ serverName: "n" })).serverName).toBe("n")
  })
  it("or a pin, which is no name", () => {
    const access = { _tag: "Pins", pins: [`sha256:${Buffer.alloc(32).toString("base64")}`] } as const
    expect(Result.getOrThrow(plan({ access })).serverName).toBe("")
  })
})
