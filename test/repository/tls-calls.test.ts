import { assert, describe, it } from "@effect/vitest"
import { read, sources } from "./Files.ts"
import { unstated } from "./TlsCalls.ts"

describe("TLS calls in src", () => {
  it("state rejectUnauthorized themselves, whatever the environment says", () => {
    assert.deepStrictEqual(
      sources("src").flatMap((path) => unstated(read(`src/${path}`)).map((why) => `${path}: ${why}`)),
      []
    )
  })

  it("are found in every form", () => {
    const source = `
      import * as Tls from "node:tls"
      import { TLSSocket, connect as connectTls } from "node:tls"
      import Https from "https"
      const settings = { rejectUnauthorized: false, host }
      const open = { host }
      Tls.connect({ host, rejectUnauthorized: true })
      connectTls(settings)
      Tls.createSecureContext({ ca })
      Tls.connect({ host, ...verified })
      connectTls(open)
      new TLSSocket(socket, { isServer: true })
      Https.request(url)
      fetch(url)
      const { connect } = await import("node:tls")`
    assert.deepStrictEqual(unstated(source), [
      "Tls.connect is called without rejectUnauthorized",
      "connect is called without rejectUnauthorized",
      "TLSSocket is called without rejectUnauthorized",
      "Https.request is called without rejectUnauthorized",
      "fetch is called",
      "node:tls is imported dynamically"
    ])
  })
})
