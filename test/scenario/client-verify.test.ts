/** What a client tunnel demands of its server beyond a trusted chain: names, rules, its own presented identity. */
import assert from "node:assert/strict"
import { writeFileSync } from "node:fs"
import { ask } from "../support/Metrics.ts"
import { connectPlain } from "../support/Peer.ts"
import type { Stage } from "../support/Stage.ts"
import { type IdentitySpec, pinOf } from "../support/TestCa.ts"
import { tlsServer } from "../support/TlsServer.ts"
import { client } from "../support/Tunnel.ts"
import { ca, clientTunnel, foreignCa, foreignIdentity, serverIdentity } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

const rich: IdentitySpec = { ou: ["web", "blue"], dns: ["localhost", "web.test"], uri: ["spiffe://td/web/server"] }

const accepts =
  (words: ReadonlyArray<string>, change: IdentitySpec = rich) =>
  async (stage: Stage) => {
    const server = await tlsServer(stage, { identity: await serverIdentity(change), ca: await ca(), echo: true })
    const tunnel = await (await clientTunnel(stage))
      .localTarget(server)
      .args(...words)
      .start()
    const peer = await connectPlain(stage, tunnel.listen)
    await peer.echo("welcome")
    const seen = await server.connection(0)
    assert.equal(seen.peerName, "client")
  }

const refuses = (words: ReadonlyArray<string>, change: IdentitySpec, phrase: RegExp) => async (stage: Stage) => {
  const server = await tlsServer(stage, { identity: await serverIdentity(change), ca: await ca(), echo: true })
  const tunnel = await (await clientTunnel(stage))
    .localTarget(server)
    .args(...words)
    .start()
  const peer = await connectPlain(stage, tunnel.listen)
  await peer.write("must not arrive")
  await peer.eof()
  assert.equal(peer.received, 0)
  await tunnel.waitForLine(new RegExp(`error on dial: ${phrase.source}`))
  await server.over(1)
  assert.equal(server.connections.length, 0, "with TLS 1.3 the server must see the handshake fail")
  assert.equal(tunnel.count(/opening pipe/), 0)
}

const notAllowed = /unauthorized: invalid principal, or principal not allowed/

export const clientVerify = [
  scenario("client-verify-cn-hit", "data-path", accepts(["--verify-cn=other", "--verify-cn=server"])),
  scenario("client-verify-cn-miss", "data-path", refuses(["--verify-cn=Server"], rich, notAllowed)),
  scenario("client-verify-policy", "data-path", async (stage) => {
    const path = stage.path(".rego")
    writeFileSync(path, 'package access\nallow { input.certificate.Subject.OrganizationalUnit[_] == "blue" }\n')
    const words = [`--verify-policy=${path}`, "--verify-query=data.access.allow"]
    await accepts(words)(stage)
    await refuses(words, { ...rich, ou: ["green"] }, notAllowed)(stage)
  }),
  scenario("client-verify-ou-hit", "data-path", accepts(["--verify-ou=blue"])),
  scenario("client-verify-ou-miss", "data-path", refuses(["--verify-ou=web+blue"], rich, notAllowed)),
  scenario("client-verify-dns-hit", "data-path", accepts(["--verify-dns=web.test"])),
  scenario("client-verify-dns-miss", "data-path", refuses(["--verify-dns=*.test"], rich, notAllowed)),
  scenario("client-verify-uri-hit", "data-path", accepts(["--verify-uri=spiffe://td/*/server"])),
  scenario("client-verify-uri-miss", "data-path", refuses(["--verify-uri=spiffe://td/*"], rich, notAllowed)),
  scenario(
    "client-verify-ip-hit",
    "data-path",
    accepts(["--verify-ip=10.9.8.7"], { ...rich, ip: ["127.0.0.1", "10.9.8.7"] })
  ),
  scenario("client-verify-ip-miss", "data-path", refuses(["--verify-ip=10.9.8.8"], rich, notAllowed)),
  scenario(
    "client-verify-san-aliases",
    "data-path",
    accepts(["--verify-dns-san=no.test", "--verify-ip-san=10.0.0.1", "--verify-uri-san=spiffe://td/**"])
  ),
  // The key is the only check: neither dates nor name nor use nor authority count.
  scenario("client-verify-spki-pin-hit", "data-path", async (stage) => {
    const spec: IdentitySpec = { cn: "pinned", dns: ["elsewhere.test"], expired: true, eku: "codeSigning" }
    const identity = await (await foreignCa()).issue(spec)
    const server = await tlsServer(stage, { identity, ca: await ca(), echo: true })
    const builder = (await clientTunnel(stage)).localTarget(server)
    const tunnel = await builder.args(`--verify-spki-pin=${pinOf("sha384", identity)}`).start()
    const peer = await connectPlain(stage, tunnel.listen)
    await peer.echo("known by its key")
  }),
  scenario("client-verify-spki-pin-miss", "data-path", async (stage) => {
    const other = pinOf("sha256", await foreignIdentity("server"))
    const message = /unauthorized: pin verification failed \(presented sha256:[A-Za-z0-9+/]+=; allowed 1 pin\)/
    await refuses([`--verify-spki-pin=${other}`], rich, message)(stage)
  }),
  scenario("client-verify-any-of-several", "data-path", accepts(["--verify-cn=no", "--verify-dns=web.test"])),
  scenario(
    "client-wrong-host-name",
    "data-path",
    refuses(
      [],
      { dns: ["a.test", "b.test"] },
      /tls: failed to verify certificate: x509: certificate is valid for (127\.0\.0\.1, )?a\.test, b\.test(, 127\.0\.0\.1)?, not localhost/
    )
  ),
  scenario(
    "client-rule-does-not-replace-host-name",
    "data-path",
    refuses(
      ["--verify-cn=server"],
      { dns: ["a.test"] },
      /tls: failed to verify certificate: x509: certificate is valid for .*, not localhost/
    )
  ),
  scenario(
    "client-common-name-is-no-host-name",
    "data-path",
    refuses(
      [],
      { cn: "localhost", dns: [], ip: [] },
      /tls: failed to verify certificate: x509: certificate relies on legacy Common Name field, use SANs instead/
    )
  ),
  scenario(
    "client-wildcard-host-name",
    "data-path",
    accepts(["--override-server-name=web.apps.test"], { dns: ["*.apps.test"] })
  ),
  scenario(
    "client-wildcard-is-one-label",
    "data-path",
    refuses(
      ["--override-server-name=a.b.apps.test"],
      { dns: ["*.apps.test"] },
      /tls: failed to verify certificate: x509: certificate is valid for .*, not a\.b\.apps\.test/
    )
  ),
  scenario("client-override-server-name", "data-path", async (stage) => {
    const server = await tlsServer(stage, {
      identity: await serverIdentity({ dns: ["a.test"] }),
      ca: await ca(),
      echo: true
    })
    const tunnel = await (await clientTunnel(stage)).localTarget(server).args("--override-server-name=a.test").start()
    const peer = await connectPlain(stage, tunnel.listen)
    await peer.echo("by another name")
    assert.equal((await server.connection(0)).tls.servername, "a.test")
  }),
  scenario("client-target-by-address", "data-path", async (stage) => {
    const server = await tlsServer(stage, { identity: await serverIdentity(), ca: await ca(), echo: true })
    const tunnel = await (await clientTunnel(stage)).target(server).start()
    const peer = await connectPlain(stage, tunnel.listen)
    await peer.echo("by address")
    // No server name is sent for an address.
    assert.ok(!(await server.connection(0)).tls.servername)
  }),
  scenario("client-disable-authentication", "data-path", async (stage) => {
    const server = await tlsServer(stage, {
      identity: await serverIdentity(),
      ca: await ca(),
      optional: true,
      echo: true
    })
    const builder = client(stage)
      .ca(await ca())
      .args("--disable-authentication")
      .localTarget(server)
    const tunnel = await builder.start()
    const peer = await connectPlain(stage, tunnel.listen)
    await peer.echo("nobody in particular")
    assert.equal((await server.connection(0)).peerName, undefined)
    assert.equal(tunnel.count(/^no cert source configured -- running without certificate$/), 1)
  }),
  scenario("client-disable-authentication-still-verifies", "data-path", async (stage) => {
    const identity = await serverIdentity({ dns: ["a.test"], ip: [] })
    const server = await tlsServer(stage, { identity, ca: await ca(), optional: true, echo: true })
    const builder = client(stage)
      .ca(await ca())
      .args("--disable-authentication")
      .status()
      .localTarget(server)
    const tunnel = await builder.start()
    const peer = await connectPlain(stage, tunnel.listen)
    await peer.eof()
    assert.equal(peer.received, 0)
    await tunnel.waitForLine(
      /error on dial: tls: failed to verify certificate: x509: certificate is valid for a\.test, not localhost/
    )
    assert.equal(server.connections.length, 0)
    assert.equal((await ask(tunnel.status, "/_status")).code, 503)
  }),
  scenario("client-disable-authentication-with-pin", "data-path", async (stage) => {
    const identity = await foreignIdentity("server")
    const server = await tlsServer(stage, { identity, ca: await ca(), optional: true, echo: true })
    const builder = client(stage)
      .ca(await ca())
      .args("--disable-authentication", `--verify-spki-pin=${pinOf("sha256", identity)}`)
      .localTarget(server)
    const tunnel = await builder.start()
    const peer = await connectPlain(stage, tunnel.listen)
    await peer.echo("known by its key alone")
    assert.equal((await server.connection(0)).peerName, undefined)
  }),
  scenario("client-without-certificate-rejected-tls12", "data-path", async (stage) => {
    const identity = await serverIdentity()
    const server = await tlsServer(stage, { identity, ca: await ca(), version: "TLSv1.2" })
    const tunnel = await client(stage)
      .ca(await ca())
      .args("--disable-authentication")
      .localTarget(server)
      .start()
    const peer = await connectPlain(stage, tunnel.listen)
    await peer.eof()
    await tunnel.waitForLine(/error on dial: remote error: tls: handshake failure/)
    assert.equal(server.connections.length, 0)
  }),
  scenario("client-without-certificate-rejected-tls13", "data-path", async (stage) => {
    const identity = await serverIdentity()
    const server = await tlsServer(stage, { identity, ca: await ca(), version: "TLSv1.3" })
    const tunnel = await client(stage)
      .ca(await ca())
      .args("--disable-authentication")
      .localTarget(server)
      .start()
    const peer = await connectPlain(stage, tunnel.listen)
    await peer.eof()
    await tunnel.waitForLine(/error during copy: remote error: tls: certificate required/)
    assert.equal(server.connections.length, 0)
  })
]

runTopic("client-verify", clientVerify)
