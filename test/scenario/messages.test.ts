/** What refusals and warnings say beyond the Go program's wording: which file or flag, why, and what to do. */
import assert from "node:assert/strict"
import { copyFileSync, readFileSync, writeFileSync } from "node:fs"
import { jsonLines } from "../support/JsonLog.ts"
import { ask } from "../support/Metrics.ts"
import { makeCa } from "../support/TestCa.ts"
import { server } from "../support/Tunnel.ts"
import { certificates, early, late, nowhere, ready } from "./bad-input.test.ts"
import { ca, clientTunnel, serverIdentity } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { type Scenario, scenario } from "./Scenario.ts"

const longPath = (stage: { readonly path: (suffix: string) => string }) => `${stage.path(".sock")}${"x".repeat(107)}`

export const messages: ReadonlyArray<Scenario> = [
  scenario("server-explains-bad-files", "control", async (stage) => {
    const identity = await serverIdentity()
    const pem = readFileSync(identity.certPath, "latin1")
    const key = readFileSync(identity.keyPath, "latin1")
    const put = (content: string | Uint8Array): string => {
      const path = stage.path(".pem")
      writeFileSync(path, content)
      return path
    }
    const certificateFiles: ReadonlyArray<readonly [content: string | Uint8Array, why: string]> = [
      ["", "is empty"],
      [pem.slice(0, 300), "is cut off: the block CERTIFICATE has no complete END line"],
      [Buffer.from(`\ufeff${pem}`, "utf16le"), "is UTF-16 text: "]
    ]
    for (const [content, why] of certificateFiles) {
      const certPath = put(content)
      const phrase = new RegExp(`PEM inputs may have been switched \\(certificate file '${certPath}' ${why}`)
      await late((await ready(stage)).identity({ ...identity, certPath }), certificates, phrase, false)
    }
    const keyPath = put(key.replaceAll(/^/gm, "\t"))
    const indented = new RegExp(`found a certificate rather .* \\(private key file '${keyPath}' has indented BEGIN`)
    await late((await ready(stage)).identity({ ...identity, keyPath }), certificates, indented, false)
    const authority = { certPath: put(key) }
    const none = new RegExp(`from CA bundle \\(the file '${authority.certPath}' holds no certificate, only PRIVATE KEY`)
    await late((await ready(stage)).ca(authority), certificates, none, false)
  }),
  scenario("server-rejects-bad-duration", "control", async (stage) => {
    await early(
      (await ready(stage)).args("--close-timeout=10"),
      /missing unit in duration "10" \(--close-timeout: did you mean "10s"\?\)/
    )
  }),
  scenario("client-explains-bad-flags", "control", async (stage) => {
    const builder = async () => (await clientTunnel(stage)).target(nowhere)
    await early((await builder()).args("--allow-cn=x"), /'--allow-cn' \(--allow-cn belongs to 'server'\)/)
    await early((await builder()).args("--verfy-cn=x"), /'--verfy-cn' \(did you mean '--verify-cn'\?\)/)
    await early((await builder()).args("--timed-reload=30"), /"30" \(--timed-reload: did you mean "30s"\?\)/)
    const url = (await clientTunnel(stage)).target("https://example.com:8443/")
    const port = /invalid --target address: .* \(a URL is not an address: give example\.com:8443\)/
    await late(url, [/^error: invalid --target address: /], port, false)
  }),
  scenario("server-explains-long-socket-paths", "control", async (stage) => {
    const listen = (await ready(stage)).listenText(`unix:${longPath(stage)}`)
    const bind = [/^error trying to listen: listen unix .*: bind: invalid argument \(the path has \d+ bytes, /]
    await late(listen, bind, /: bind: invalid argument \(the path has \d+ bytes, .* at most 107/, false)
    const target = (await ready(stage)).target(`unix:${longPath(stage)}`)
    await late(target, [/^error: invalid target address: address unix:/], /the path has .* at most 107/, false)
    const status = (await ready(stage)).args(`--status=unix:${longPath(stage)}`)
    await late(status, [/^error: unable to bind on status port: listen unix .* at most 107/], /at most 107/, false)
  }),
  scenario("server-warns-of-expiry", "control", async (stage) => {
    const paths = { certPath: stage.path(".crt"), keyPath: stage.path(".key") }
    /** A certificate of the last thirty days, or without an end an ordinary one. */
    const use = async (notAfter?: Date) => {
      const identity = await serverIdentity({
        cn: "own",
        ...(notAfter === undefined ? {} : { notAfter, notBefore: new Date(Date.now() - 30 * 86_400_000) })
      })
      copyFileSync(identity.certPath, paths.certPath)
      copyFileSync(identity.keyPath, paths.keyPath)
    }
    const bundle = stage.path(".pem")
    const [old, current] = [await makeCa("Old Root", { expired: true }), await ca()]
    writeFileSync(bundle, readFileSync(old.certPath, "latin1") + readFileSync(current.certPath, "latin1"))
    await use(new Date(Date.now() + 5.5 * 3_600_000))
    const builder = server(stage).identity(paths).ca({ certPath: bundle }).allowAll().status().target(nowhere)
    const tunnel = await builder.args("--log-format=json", "--skip-resolve").start()
    const warnings = () => jsonLines(tunnel.lines).filter(({ event }) => event === "certificate_expires")
    const [warning] = warnings()
    assert.match(
      String(warning?.message),
      /^warning: the certificate CN=own expires in 5 hours, on \d.*Z: renew it and reload$/
    )
    assert.deepEqual([warning?.level, warning?.role, warning?.subject], ["warn", "leaf", "CN=own"])
    const page = (await ask(tunnel.status, "/_metrics/openmetrics")).body
    assert.match(page, /^ghostunnel_expired_authorities 1$/m)
    assert.doesNotMatch(page, /Old Root/)
    tunnel.signal("SIGHUP")
    await tunnel.waitForLine(/reloading configuration complete/)
    assert.equal(warnings().length, 2)
    await use()
    tunnel.signal("SIGHUP")
    await tunnel.waitForLine(/reloading configuration complete/, 2)
    assert.equal(warnings().length, 2)
  })
]

runTopic("messages", messages)
