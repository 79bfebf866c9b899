import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Result } from "effect"
import { pemKey } from "../../src/credentials/TlsMaterial.ts"
import { eventually } from "../support/Changes.ts"
import { needing } from "../support/Installed.ts"
import { makeCa } from "../support/TestCa.ts"
import { address, at, connect, connectTls, exchange, material, request, startPort, withPort } from "./StatusPort.ts"

const run = promisify(execFile)

const has = (text: string, pattern: RegExp) => assert.match(text, pattern)
const identities = async () => {
  const ca = await makeCa("status")
  return {
    ca,
    first: await ca.issue({ cn: "first", dns: ["localhost"] }),
    second: await ca.issue({ cn: "second", dns: ["localhost"] })
  }
}
const subject = (text: string | undefined) => /CN=(\w+)/.exec(text ?? "")?.[1]

describe("HTTPS", () => {
  it("serves the tunnel's certificate on TLS 1.2 and 1.3, without ALPN, and asks for none", async () => {
    const { ca, first, second } = await identities()
    await withPort({ https: true, material: material(first) }, async (port) => {
      assert.strictEqual(port.server.protocol, "https")
      for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
        const versions = { minVersion: version, maxVersion: version }
        const trust = { ca: ca.certPem, servername: "localhost", rejectUnauthorized: true }
        // A client that has a certificate keeps it to itself.
        const own = { cert: second.chainPem, key: second.keyPem, ALPNProtocols: ["h2"] }
        const client = await connectTls({ ...versions, ...trust, ...own, port: port.port })
        assert.strictEqual(client.tls?.getProtocol(), version)
        assert.isFalse(client.tls?.alpnProtocol)
        client.send(request("GET /_metrics"))
        await client.ended
        has(client.received, /\[\]$/)
      }
      assert.deepStrictEqual(port.lines, [])
    })
  })

  it("takes a timeout of months, which no timer of Node's does", async () => {
    const { first } = await identities()
    const warnings: Array<string> = []
    const onWarning = ({ message }: Error) => void warnings.push(message)
    process.on("warning", onWarning)
    await withPort({ https: true, material: material(first), connectTimeout: Duration.hours(720) }, async (port) => {
      for (let round = 0; round < 5; round++) {
        const client = await connectTls({ port: port.port })
        client.send(request("GET /_metrics"))
        await client.ended
        has(client.received, /\[\]$/)
      }
      assert.deepStrictEqual(port.lines, [])
    })
    process.off("warning", onWarning)
    assert.deepStrictEqual(warnings, [])
  })

  const curl = needing("curl")
  it.skipIf(curl.skip)(`serves curl${curl.reason}`, async () => {
    const { ca, first } = await identities()
    await withPort({ https: true, material: material(first) }, async (port) => {
      const { stdout } = await run("curl", ["-s", "--cacert", ca.certPath, `https://localhost:${port.port}/_metrics`])
      assert.strictEqual(stdout, "[]")
      assert.deepStrictEqual(port.lines, [])
    })
  })

  it("refuses TLS 1.1, and 1.3 or suites that the options leave out", async () => {
    const { first } = await identities()
    const tls = { maxVersion: "TLSv1.2", cipherGroups: ["CHACHA"] } as const
    await withPort({ https: true, material: material(first), tls }, async (port) => {
      const fails = (options: Parameters<typeof connectTls>[0]) =>
        connectTls({ ...options, port: port.port }).then(
          () => "connected",
          (error: Error) => error.message
        )
      const old = { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const
      has(await fails(old), /alert number 70|unsupported protocol/)
      has(await fails({ minVersion: "TLSv1.3" }), /alert number 70/)
      has(await fails({ maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256" }), /alert number 40/)
      const client = await connectTls({ port: port.port })
      assert.strictEqual(client.tls?.getCipher().name, "ECDHE-ECDSA-CHACHA20-POLY1305")
      client.close()
      has(port.lines.join("\n"), /^http: TLS handshake error from 127\.0\.0\.1:\d+: tls: client offered only unsupp/m)
      has(port.lines.join("\n"), /: tls: no cipher suite supported by both client and server$/m)
    })
  })

  it("shows a new certificate to the next connection and keeps the old one when the new one is bad", async () => {
    const { first, second } = await identities()
    await withPort({ https: true, material: material(first) }, async (port) => {
      const shown = async () => {
        const client = await connectTls({ port: port.port })
        const name = subject(client.tls?.getPeerX509Certificate()?.subject)
        return { client, name }
      }
      const before = await shown()
      assert.strictEqual(before.name, "first")
      const prepared = await port.runtime.runPromise(port.server.prepare(material(second, 2)))
      assert.strictEqual((await shown()).name, "first", "prepared, not yet in use")
      await port.runtime.runPromise(prepared.commit)
      const after = await shown()
      assert.strictEqual(after.name, "second")
      const bad = { ...material(second, 3), identity: { chainPem: second.chainPem, key: pemKey(first.keyPem) } }
      const result = await port.runtime.runPromise(Effect.result(port.server.prepare(bad)))
      assert.isTrue(Result.isFailure(result))
      assert.strictEqual((await shown()).name, "second")
      before.client.send(request("GET /_metrics"))
      await before.client.ended
      has(before.client.received, /\[\]$/)
      after.client.close()
    })
  })

  it("tells a plain HTTP client to use HTTPS, and logs other failures", async () => {
    const { first } = await identities()
    await withPort({ https: true, material: material(first) }, async (port) => {
      const line = async (pattern: RegExp) => {
        await eventually(`${pattern}`, async () => port.lines.some((text) => pattern.test(text)) || undefined)
        has(port.lines.splice(0).join("\n"), pattern)
      }
      assert.strictEqual(
        await exchange(at(port), request("GET /_status")),
        "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"
      )
      const prefix = "^http: TLS handshake error from 127\\.0\\.0\\.1:\\d+: "
      await line(new RegExp(`${prefix}client sent an HTTP request to an HTTPS server$`))
      await exchange(at(port), "\0\0garbage")
      await line(new RegExp(`${prefix}tls: first record does not look like a TLS handshake$`))
      const leaver = await connect(at(port))
      leaver.close()
      await line(new RegExp(`${prefix}EOF$`))
      const resetter = await connect(at(port))
      resetter.socket.resetAndDestroy()
      await line(new RegExp(`${prefix}(read: connection reset by peer|EOF)$`))
      await run("openssl", ["s_client", "-verify_return_error", "-connect", `127.0.0.1:${port.port}`]).catch(() => {})
      await line(new RegExp(`${prefix}remote error: tls: unknown certificate authority$`))
      const old = ["s_client", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0", "-connect", `127.0.0.1:${port.port}`]
      await run("openssl", old).catch(() => {})
      await line(new RegExp(`${prefix}tls: client offered only unsupported versions: \\[302 301\\]$`))
    })
  })

  it("bounds the handshake absolutely by the connect timeout", async () => {
    const { first } = await identities()
    await withPort({ https: true, material: material(first), connectTimeout: Duration.millis(1000) }, async (port) => {
      const started = performance.now()
      const silent = await connect(at(port))
      const slow = await connect(at(port))
      // A record of 512 bytes that never completes.
      slow.socket.write(Buffer.from([22, 3, 1, 2, 0, 1]))
      const drip = setInterval(() => slow.socket.write(Buffer.from([0])), 50)
      await Promise.all([silent.ended, slow.ended])
      clearInterval(drip)
      const took = performance.now() - started
      assert.isTrue(took >= 990 && took < 25_000, `${took} ms`)
      assert.strictEqual(silent.received + slow.received, "")
      assert.strictEqual(port.lines.filter((line) => line.endsWith(": i/o timeout")).length, 2)
      assert.strictEqual(port.lines.length, 2)
      // After the handshake the header has its own time.
      const client = await connectTls({ port: port.port })
      await client.ended
      assert.strictEqual(client.received, "")
      const half = await connectTls({ port: port.port })
      half.send("GET / HT")
      await half.ended
      has(half.received, /^HTTP\/1.1 400 Bad Request\r\n/)
    })
  })

  it("falls back to HTTP with a warning when there is no certificate", () =>
    withPort({ https: true }, async (port) => {
      assert.strictEqual(port.server.protocol, "http")
      assert.strictEqual(port.lines.length, 1)
      has(port.lines[0] ?? "", /^warning: no certificate .* plain HTTP/)
      has(await exchange(at(port), request("GET /_metrics")), /\[\]$/)
    }))

  it("is a typed failure when the certificate is bad", async () => {
    const { first, second } = await identities()
    const bad = { ...material(first), identity: { chainPem: first.chainPem, key: pemKey(second.keyPem) } }
    const failure = await startPort({ https: true, material: bad }).catch((error: unknown) => error)
    has(String(failure), /TlsMaterialError.*mismatch/s)
  })

  it("is plain HTTP on UNIX sockets", async () => {
    const { first } = await identities()
    const path = `/tmp/ghostunnel-status-${process.pid}-https.sock`
    await withPort({ https: true, material: material(first), address: address(`unix:${path}`) }, async (port) => {
      assert.strictEqual(port.server.protocol, "http")
      has(await exchange({ path }, request("GET /_metrics")), /\[\]$/)
    })
  })
})
