import { assert, describe, it } from "@effect/vitest"
import { exchange, request, startPort } from "./StatusPort.ts"

describe("/_metrics/prometheus", () => {
  it("reports that metrics cannot be collected, and keeps serving", async () => {
    const port = await startPort({
      prometheus: () => {
        throw new Error("no numbers")
      }
    })
    try {
      const at = { host: "127.0.0.1", port: port.port }
      const reply = await exchange(at, request("GET /_metrics/prometheus"))
      assert.match(reply, /^HTTP\/1\.1 500 /)
      assert.match(reply, /\r\ncontent-type: text\/plain/i)
      assert.match(reply, /\r\n\r\nAn error has occurred while serving metrics:\n\nError: no numbers\n$/)
      assert.match(await exchange(at, request("GET /_metrics/json")), /^HTTP\/1\.1 200 /)
    } finally {
      await port.close()
    }
  })
})
