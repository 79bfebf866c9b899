/** Access rules of a server tunnel: each flag's hits and misses, alone and together. */
import assert from "node:assert/strict"
import { writeFileSync } from "node:fs"
import { echoBackend, holdingBackend } from "../support/Backend.ts"
import { numbers } from "../support/Metrics.ts"
import type { Stage } from "../support/Stage.ts"
import { type IdentitySpec, pinOf } from "../support/TestCa.ts"
import { attemptTls } from "../support/TlsClient.ts"
import { ca, clientIdentity, foreignCa, foreignIdentity, join, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

const policy = (body: string) => `package access\nimport rego.v1\ndefault allow := false\nallow if ${body}\n`

const byPolicy = (path: string) => [`--allow-policy=${path}`, "--allow-query=data.access.allow"]

/** Somebody every rule below admits, to prove that the tunnel works. */
const admitted: IdentitySpec = {
  cn: "admitted",
  ou: "admitted",
  dns: ["admitted.test"],
  uri: ["spiffe://td/admitted"],
  ip: ["10.9.8.7"]
}

const hit = (flags: ReadonlyArray<string>, hits: ReadonlyArray<IdentitySpec>) => async (stage: Stage) => {
  const backend = await echoBackend(stage)
  const tunnel = await (await serverTunnel(stage))
    .args(...flags)
    .target(backend)
    .start()
  for (const spec of hits) {
    const peer = await join(stage, tunnel, { identity: await clientIdentity(spec) })
    await peer.echo("let in")
    peer.destroy()
  }
}

const miss = (flag: string, rule: string, misses: ReadonlyArray<IdentitySpec>) => async (stage: Stage) => {
  const backend = await holdingBackend(stage)
  const tunnel = await (await serverTunnel(stage)).args(`${flag}=${rule}`).status().target(backend).start()
  for (const spec of misses) {
    const attempt = await attemptTls(
      stage,
      { to: tunnel.listen, ca: await ca(), identity: await clientIdentity(spec) },
      "must not arrive"
    )
    assert.equal(attempt.received, "")
  }
  await tunnel.waitForLine(
    /error on TLS handshake from 127\.0\.0\.1:\d+: unauthorized: invalid principal, or principal not allowed/,
    misses.length
  )
  const control = await join(stage, tunnel, { identity: await clientIdentity(admitted) })
  await control.write("control")
  await (await backend.connection(0)).receive("control")
  assert.equal(backend.connections.length, 1)
  const counted = await numbers(tunnel)
  assert.equal(counted["accept.error"], misses.length)
  assert.equal(counted["accept.success"], 1)
}

export const serverAccess = [
  scenario("server-allow-cn-hit", "data-path", hit(["--allow-cn=other", "--allow-cn=client"], [{}])),
  scenario(
    "server-allow-cn-miss",
    "data-path",
    miss("--allow-cn", "admitted", [{}, { cn: "Admitted" }, { cn: "admitted2" }, { ou: "admitted", dns: ["admitted"] }])
  ),
  scenario("server-allow-ou-hit", "data-path", hit(["--allow-ou=night"], [{}, { ou: "night" }])),
  scenario(
    "server-allow-ou-miss",
    "data-path",
    miss("--allow-ou", "admitted", [{}, { cn: "admitted", ou: "ops" }, { ou: "admitted+x" }])
  ),
  scenario("server-allow-dns-hit", "data-path", hit(["--allow-dns=client.test"], [{}, { dns: ["more.test"] }])),
  scenario(
    "server-allow-dns-miss",
    "data-path",
    miss("--allow-dns", "admitted.test", [
      {},
      { cn: "admitted.test" },
      { dns: ["*.test"] },
      { dns: ["ADMITTED.test"] },
      { dns: ["x.admitted.test"] }
    ])
  ),
  scenario(
    "server-allow-uri-hit",
    "data-path",
    hit(
      ["--allow-uri=spiffe://td/*/client", "--allow-uri=spiffe://all/**"],
      [
        { uri: ["spiffe://td/path/client"] },
        { uri: ["SPIFFE://td/path/client"] },
        { uri: ["spiffe://all/a/b"] },
        { uri: ["spiffe://other/x", "spiffe://all"] }
      ]
    )
  ),
  scenario(
    "server-allow-uri-miss",
    "data-path",
    miss("--allow-uri", "spiffe://td/*", [
      {},
      { uri: ["spiffe://td/a/b"] },
      { uri: ["spiffe://tdx/a"] },
      { dns: ["admitted.test"] }
    ])
  ),
  scenario(
    "server-allow-ip-hit",
    "data-path",
    hit(["--allow-ip=10.9.8.7", "--allow-ip=2001:DB8::1"], [{ ip: ["10.9.8.7"] }, { ip: ["2001:db8:0::1"] }])
  ),
  scenario("server-allow-ip-mapped-hit", "data-path", hit(["--allow-ip=::ffff:10.9.8.7"], [{ ip: ["10.9.8.7"] }])),
  scenario(
    "server-allow-ip-miss",
    "data-path",
    miss("--allow-ip", "10.9.8.7", [{}, { ip: ["10.9.8.8"] }, { dns: ["10.9.8.7"] }, { cn: "10.9.8.7" }])
  ),
  scenario(
    "server-allow-san-aliases",
    "data-path",
    hit(
      ["--allow-dns-san=alias.test", "--allow-ip-san=10.1.1.1", "--allow-uri-san=spiffe://alias/*"],
      [{ dns: ["alias.test"] }, { ip: ["10.1.1.1"] }, { uri: ["spiffe://alias/x"] }]
    )
  ),
  scenario("server-allow-spki-pin", "data-path", async (stage) => {
    const backend = await echoBackend(stage)
    // Another authority, no longer valid and not meant for clients: the pin is the only check.
    const foreign = await (await foreignCa()).issue({ cn: "pinned", expired: true, eku: "codeSigning" })
    const own = await clientIdentity({ cn: "pinned too", key: "rsa" })
    const tunnel = await (await serverTunnel(stage))
      .args(`--allow-spki-pin=${pinOf("sha256", foreign)}`, `--allow-spki-pin=${pinOf("sha512", own)}`)
      .status()
      .target(backend)
      .start()
    for (const identity of [foreign, own]) await (await join(stage, tunnel, { identity })).echo("by my key")
    const to = { to: tunnel.listen, ca: await ca() }
    const other = await attemptTls(stage, { ...to, identity: await clientIdentity() }, "must not arrive")
    const nobody = await attemptTls(stage, to, "must not arrive")
    assert.equal(other.received + nobody.received, "")
    const presented = pinOf("sha256", await clientIdentity())
    const line = await tunnel.waitForLine(/unauthorized: pin verification failed/)
    assert.ok(line.endsWith(`: unauthorized: pin verification failed (presented ${presented}; allowed 2 pins)`), line)
    await tunnel.waitForLine(/tls: client didn't provide a certificate/)
    assert.equal(backend.connections.length, 2)
    assert.equal((await numbers(tunnel))["accept.error"], 2)
  }),
  scenario("server-refusal-says-why", "data-path", async (stage) => {
    const backend = await holdingBackend(stage)
    const builder = (await serverTunnel(stage)).args("--allow-cn=client", "--allow-cn=admin", "--allow-ou=web")
    const tunnel = await builder.target(backend).start()
    const to = { to: tunnel.listen, ca: await ca() }
    const refused = async (spec: IdentitySpec) =>
      attemptTls(stage, { ...to, identity: await clientIdentity(spec) }, "must not arrive")
    const phrase = "unauthorized: invalid principal, or principal not allowed"
    await refused({ cn: "clinet" })
    await refused({ cn: "web", ou: "ops" })
    await tunnel.waitForLine(/error on TLS handshake from /, 2)
    const [typo = "", misplaced = ""] = tunnel.messages.filter((message) => message.includes(phrase))
    const ends = (message: string, end: string) => assert.ok(message.endsWith(`: ${phrase} (${end})`), message)
    ends(
      typo,
      "presented CN=clinet, OU=ops, night; allowed CN admin, client or OU web; CN client is spelled almost like it"
    )
    ends(misplaced, "presented CN=web, OU=ops; allowed CN admin, client or OU web; web is presented as CN, not as OU")
    assert.equal(backend.connections.length, 0)
  }),
  scenario(
    "server-allow-any-of-several",
    "data-path",
    hit(["--allow-cn=nobody", "--allow-ou=nobody", "--allow-dns=client.test"], [{}])
  ),
  scenario("server-allow-policy", "data-path", async (stage) => {
    const path = stage.path(".rego")
    const body =
      '{\n  input.certificate.Subject.CommonName == "client"\n  input.connection.remote_address == "127.0.0.1"\n}'
    writeFileSync(path, policy(body))
    const backend = await echoBackend(stage)
    const tunnel = await (await serverTunnel(stage))
      .args(...byPolicy(path), "--allow-cn=named")
      .target(backend)
      .start()
    for (const cn of ["client", "named"]) {
      const peer = await join(stage, tunnel, { identity: await clientIdentity({ cn }) })
      await peer.echo("let in")
    }
    const to = { to: tunnel.listen, ca: await ca() }
    const other = await attemptTls(stage, { ...to, identity: await clientIdentity({ cn: "other" }) }, "no")
    const foreign = await attemptTls(stage, { ...to, identity: await foreignIdentity("client") }, "no")
    assert.equal(other.received + foreign.received, "")
    await tunnel.waitForLine(
      /unauthorized: invalid principal, or principal not allowed \(data\.access\.allow is false, not true; closest rule: data\.access\.allow at .* fails in line 5: input\.certificate\.Subject\.CommonName == /
    )
    writeFileSync(path, policy('input.certificate.Subject.CommonName == "other"'))
    tunnel.signal("SIGHUP")
    await tunnel.waitForLine(/reloading configuration complete$/)
    const peer = await join(stage, tunnel, { identity: await clientIdentity({ cn: "other" }) })
    await peer.echo("now")
    writeFileSync(path, "package access\nallow := {")
    tunnel.signal("SIGHUP")
    await tunnel.waitForLine(/error reloading OPA policy: 1 error occurred: /)
    await tunnel.waitForLine(/reloading configuration complete$/, 2)
    const again = await join(stage, tunnel, { identity: await clientIdentity({ cn: "other" }) })
    await again.echo("still")
  }),
  scenario("server-allow-policy-expensive", "data-path", async (stage) => {
    const path = stage.path(".rego")
    writeFileSync(
      path,
      policy("count([1 | some i in numbers.range(1, 3000); some j in numbers.range(1, 3000); i == j]) > 0")
    )
    const backend = await echoBackend(stage)
    const tunnel = await (await serverTunnel(stage))
      .args(...byPolicy(path))
      .target(backend)
      .start()
    const attempt = await attemptTls(
      stage,
      { to: tunnel.listen, ca: await ca(), identity: await clientIdentity({}) },
      "no"
    )
    assert.equal(attempt.received, "")
    await tunnel.waitForLine(/unauthorized: the policy used up its budget of (steps|time)/)
    assert.equal(backend.connections.length, 0)
  }),
  scenario("server-allow-all", "data-path", async (stage) => {
    const backend = await holdingBackend(stage)
    const tunnel = await (await serverTunnel(stage)).allowAll().target(backend).start()
    const to = { to: tunnel.listen, ca: await ca() }
    const foreign = await attemptTls(stage, { ...to, identity: await foreignIdentity("client") }, "no")
    const nobody = await attemptTls(stage, to, "no")
    assert.equal(foreign.received + nobody.received, "")
    const welcome: ReadonlyArray<IdentitySpec> = [{}, { cn: "whoever" }, { key: "rsa" }]
    for (const [index, spec] of welcome.entries()) {
      const peer = await join(stage, tunnel, { identity: await clientIdentity(spec) })
      await peer.write("yes")
      await (await backend.connection(index)).receive("yes")
    }
    assert.equal(backend.connections.length, 3)
  }),
  scenario("server-disable-authentication", "data-path", async (stage) => {
    const backend = await echoBackend(stage)
    const tunnel = await (await serverTunnel(stage)).args("--disable-authentication").target(backend).start()
    const anonymous = await join(stage, tunnel, { identity: undefined })
    await anonymous.echo("anybody")
    await tunnel.waitForLine(/opening pipe: tcp:127\.0\.0\.1:\d+ \[no cert\] <-> /)
    const foreign = await join(stage, tunnel, { identity: await foreignIdentity("client") })
    await foreign.echo("not even asked")
    await tunnel.waitForLine(/opening pipe: tcp:127\.0\.0\.1:\d+ \[no cert\] <-> /, 2)
  })
]

runTopic("server-access", serverAccess)
