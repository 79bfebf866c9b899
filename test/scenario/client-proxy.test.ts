/** A client tunnel that reaches its server through an HTTP or SOCKS5 proxy: what the proxy is told, and what it is not. */
import assert from "node:assert/strict"
import type { Socket } from "node:net"
import { pause } from "../support/Changes.ts"
import { type Endpoint, tcp } from "../support/Endpoint.ts"
import { ask, waitForRow } from "../support/Metrics.ts"
import { connectPlain } from "../support/Peer.ts"
import type { Stage } from "../support/Stage.ts"
import { tlsServer } from "../support/TlsServer.ts"
import type { Tunnel } from "../support/Tunnel.ts"
import {
  answering,
  connectManners,
  type Manners,
  type SocksBehaviour,
  silent,
  socksManners,
  type UpstreamServer,
  upstreamServer
} from "../support/UpstreamProxies.ts"
import { ca, clientTunnel, serverIdentity } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario, waiting } from "./Scenario.ts"

type Scheme = Parameters<UpstreamServer["url"]>[0]

/** A name that no resolver knows. */
const name = "known-to-the-proxy-only.invalid"
const target = `${name}:8443`
const password = "p@ss:w0rd"
const userinfo = "caesar:p%40ss%3Aw0rd"
const basic = Buffer.from(`caesar:${password}`).toString("base64")

const behindProxy = async (stage: Stage) =>
  tlsServer(stage, { identity: await serverIdentity({ dns: [name, "localhost"] }), ca: await ca(), echo: true })

const portOf = (endpoint: Endpoint): number => (endpoint.network === "tcp" ? endpoint.port : assert.fail("not TCP"))

/** No form of the password is in anything the tunnel printed. */
const assertSecret = (tunnel: Tunnel) => {
  for (const form of [password, "p%40ss%3Aw0rd", "w0rd", basic]) {
    assert.ok(!`${tunnel.stdout}${tunnel.stderr}`.includes(form), `${form} was printed`)
  }
}

const flow = async (stage: Stage, tunnel: Tunnel, proxy: UpstreamServer, index = 0) => {
  const peer = await connectPlain(stage, tunnel.listen)
  await peer.echo("not for the proxy's eyes")
  const visit = await proxy.visit(index)
  assert.equal(visit.passed[0], 0x16, "the tunnel carries TLS")
  assert.ok(!visit.passed.includes("not for the proxy"), "the proxy could read it")
  return { peer, visit }
}

const request = (...more: ReadonlyArray<string>) =>
  [`CONNECT ${target} HTTP/1.1`, `Host: ${target}`, "User-Agent: Go-http-client/1.1", ...more, "\r\n"].join("\r\n")

const byHttp = (credentials: string, negotiated: string, shown: string) => async (stage: Stage) => {
  const server = await behindProxy(stage)
  const proxy = await upstreamServer(stage, connectManners(server.endpoint))
  const url = proxy.url("http", credentials)
  const tunnel = await (await clientTunnel(stage)).target(target).status().args(`--proxy=${url}`).start()
  assert.equal(tunnel.count(new RegExp(`^using proxy http://${shown}127\\.0\\.0\\.1:${portOf(proxy.endpoint)}$`)), 1)
  const { peer, visit } = await flow(stage, tunnel, proxy)
  assert.equal(visit.negotiated.toString("latin1"), negotiated)
  assert.equal((await server.connection(0)).peerName, "client")
  assert.equal((await server.connection(0)).tls.servername, name)
  const far = `tcp:127\\.0\\.0\\.1:${portOf(proxy.endpoint)} \\[CN=server\\]`
  await tunnel.waitForLine(new RegExp(` opening pipe: tcp:127\\.0\\.0\\.1:\\d+ \\[no tls\\] <-> ${far} $`))
  peer.end()
  await peer.close()
  await visit.over()
  await waitForRow(tunnel, [0, 0, 1, 1, 0, 0, 0, 1])
  assertSecret(tunnel)
  assert.equal(tunnel.stderr, "")
}

const bySocks =
  (scheme: Scheme, pair: SocksBehaviour["pair"], to: string, wanted: string, negotiated: (of: Buffer) => string) =>
  async (stage: Stage) => {
    const ip = to.startsWith(name) ? [] : ["::1", "127.0.0.1"]
    const identity = await serverIdentity({ dns: [name], ip })
    const server = await tlsServer(stage, { identity, ca: await ca(), echo: true })
    const proxy = await upstreamServer(stage, socksManners(server.endpoint, pair === undefined ? {} : { pair }))
    const url = proxy.url(scheme, pair === undefined ? "" : userinfo)
    const tunnel = await (await clientTunnel(stage)).target(to).status().args(`--proxy=${url}`).start()
    const shown = pair === undefined ? "" : "caesar:xxxxx@"
    assert.equal(tunnel.count(new RegExp(`^using proxy ${scheme}://${shown}127\\.0\\.0\\.1:\\d+$`)), 1)
    const { peer, visit } = await flow(stage, tunnel, proxy)
    assert.equal(visit.wanted, wanted)
    assert.equal(negotiated(visit.negotiated), "")
    peer.end()
    await peer.close()
    await waitForRow(tunnel, [0, 0, 1, 1, 0, 0, 0, 1])
    assertSecret(tunnel)
  }

/** Expects exactly these bytes, and says what is there instead. */
const exactly = (bytes: ReadonlyArray<number>) => (seen: Buffer) => {
  const [wanted, have] = [Buffer.from(bytes).toString("hex"), seen.toString("hex")]
  return wanted === have ? "" : `${have} instead of ${wanted}`
}

const nameRequest = [5, 1, 0, 3, name.length, ...Buffer.from(name), 8443 >> 8, 8443 & 255]

/** A proxy that does not let us through: the client is let down, the log says why and never the password. */
const fails =
  (scheme: Scheme, manners: Manners, why: (proxy: string) => string, credentials = userinfo) =>
  async (stage: Stage) => {
    const proxy = await upstreamServer(stage, manners)
    const words = [`--proxy=${proxy.url(scheme, credentials)}`]
    const tunnel = await (await clientTunnel(stage))
      .target(target)
      .status()
      .args(...words)
      .start()
    const peer = await connectPlain(stage, tunnel.listen)
    await peer.eof()
    assert.equal(peer.received, 0)
    const line = await tunnel.waitForLine(/ error on dial: /)
    assert.equal(line.replace(/^.* error on dial: /, ""), why(`127.0.0.1:${portOf(proxy.endpoint)}`))
    await (await proxy.visit(0)).over()
    await waitForRow(tunnel, [0, 0, 1, 0, 1, 0, 0, 1])
    assert.equal(tunnel.count(/opening pipe/), 0)
    assertSecret(tunnel)
  }

const socksSentence = (why: string) => (proxy: string) => `socks connect tcp ${proxy}->${target}: ${why}`

const refusal = (status: string, more = "") => `HTTP/1.1 ${status}\r\nContent-Length: 0\r\n${more}\r\n`

const staysSilent = (scheme: Scheme, sentence: RegExp) => async (stage: Stage) => {
  const proxy = await upstreamServer(stage, silent)
  const words = [`--proxy=${proxy.url(scheme, userinfo)}`, "--connect-timeout=3s"]
  const tunnel = await (await clientTunnel(stage))
    .target(target)
    .status()
    .args(...words)
    .start()
  const began = performance.now()
  const peer = await connectPlain(stage, tunnel.listen)
  await peer.eof()
  assert.ok(performance.now() - began > 2_900, "gave up too early")
  await tunnel.waitForLine(sentence)
  await (await proxy.visit(0)).over()
  await waitForRow(tunnel, [0, 0, 1, 0, 1, 0, 0, 1])
  assertSecret(tunnel)
}

const drainCancels = (scheme: Scheme) => async (stage: Stage) => {
  const proxy = await upstreamServer(stage, silent)
  const words = [`--proxy=${proxy.url(scheme)}`, "--connect-timeout=60s"]
  const tunnel = await (await clientTunnel(stage))
    .target(target)
    .args(...words)
    .start()
  const peer = await connectPlain(stage, tunnel.listen)
  const visit = await proxy.visit(0)
  await visit.changes.until(
    () => (visit.negotiated.length > 0 ? true : undefined),
    () => "the first word to the proxy"
  )
  tunnel.signal("SIGTERM")
  await peer.eof()
  assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
  assert.equal(tunnel.count(/^error on dial: /), 1)
}

/** Nobody listens where the proxy should be. */
const unreachable = (scheme: Scheme, sentence: (proxy: string) => string) => async (stage: Stage) => {
  const nowhere = await stage.tcp()
  const proxy = `127.0.0.1:${portOf(nowhere)}`
  const url = `${scheme}://${userinfo}@${proxy}`
  const tunnel = await (await clientTunnel(stage)).target(target).status().args(`--proxy=${url}`).start()
  const peer = await connectPlain(stage, tunnel.listen)
  await peer.eof()
  const line = await tunnel.waitForLine(/ error on dial: /)
  assert.equal(line.replace(/^.* error on dial: /, ""), sentence(proxy))
  await waitForRow(tunnel, [0, 0, 1, 0, 1, 0, 0, 1])
  assertSecret(tunnel)
}

const unknownScheme = (url: string, scheme: string) => async (stage: Stage) => {
  const tunnel = await (await clientTunnel(stage)).target(target).args(`--proxy=${url}`).launch()
  assert.deepEqual(await tunnel.exit(), { code: 1, signal: null })
  const sentence = `error configuring proxy: proxy: unknown scheme: ${scheme}`
  const lines = [`error: ${sentence}`, "error: unable to build dialer: "]
  const places = lines.map((line) => tunnel.messages.findIndex((message) => message.startsWith(line)))
  assert.ok(places[0] !== undefined && places[0] > 0 && places[1] === places[0] + 1, tunnel.stdout)
  assert.equal(tunnel.messages[places[0]], `error: ${sentence}`)
  assert.equal(tunnel.count(/^listening for connections on/), 0)
  assert.match(tunnel.stderr, /^error: [^\n]*unknown scheme: [^\n]*\n$/)
  assertSecret(tunnel)
}

/** One byte at a time. */
const trickled = async (socket: Socket, answer: string): Promise<void> => {
  socket.setNoDelay(true)
  for (const byte of Buffer.from(answer)) {
    await new Promise((resolve) => {
      socket.write(Buffer.from([byte]), resolve)
    })
    await pause(1)
  }
}

export const clientProxy = [
  scenario("client-proxy-connect", "data-path", byHttp("", request(), "")),
  scenario(
    "client-proxy-connect-credentials",
    "data-path",
    byHttp(userinfo, request(`Proxy-Authorization: Basic ${basic}`), "caesar:xxxxx@")
  ),
  scenario("client-proxy-connect-slow-answer", "data-path", async (stage) => {
    const server = await behindProxy(stage)
    const proxy = await upstreamServer(stage, connectManners(server.endpoint, trickled))
    const tunnel = await (await clientTunnel(stage))
      .target(target)
      .args(`--connect-proxy=${proxy.url("http")}`)
      .start()
    await flow(stage, tunnel, proxy)
  }),
  scenario("client-proxy-connect-for-each-connection", "data-path", async (stage) => {
    const server = await behindProxy(stage)
    const proxy = await upstreamServer(stage, connectManners(server.endpoint))
    const builder = (await clientTunnel(stage))
      .target(target)
      .status()
      .args(`--proxy=${proxy.url("http")}`)
    const tunnel = await builder.start()
    for (let index = 0; index < 3; index++) await flow(stage, tunnel, proxy, index)
    const answer = await ask(tunnel.status, "/_status")
    assert.equal(answer.code, 200, answer.body)
    assert.equal((await proxy.visit(3)).wanted, target, "the backend check does not go through the proxy")
    for (const { wanted } of proxy.visits) assert.equal(wanted, target)
  }),
  scenario(
    "client-proxy-connect-refused",
    "data-path",
    fails(
      "http",
      answering(refusal("407 Proxy Authentication Required")),
      () => "http_tunnel: failed proxying 407: 407 Proxy Authentication Required"
    )
  ),
  scenario(
    "client-proxy-connect-refused-with-echo",
    "data-path",
    fails(
      "http",
      answering(refusal(`407 Not ${basic}`, `X-Seen: ${basic}\r\n`)),
      () => "http_tunnel: failed proxying 407: 407 Proxy Authentication Required"
    )
  ),
  scenario(
    "client-proxy-connect-created-is-no-success",
    "data-path",
    fails("http", answering(refusal("201 Created")), () => "http_tunnel: failed proxying 201: 201 Created")
  ),
  scenario(
    "client-proxy-connect-junk",
    "data-path",
    fails("http", answering("SSH-2.0-OpenSSH_9.6\r\n"), () => "malformed HTTP response")
  ),
  waiting(
    scenario(
      "client-proxy-connect-silent",
      "data-path",
      staysSilent("http", / error on dial: http_tunnel: [^\n]*(timeout|deadline exceeded)$/)
    )
  ),
  scenario(
    "client-proxy-connect-unreachable",
    "data-path",
    unreachable(
      "http",
      (proxy) => `http_tunnel: failed dialing to proxy: dial tcp ${proxy}: connect: connection refused`
    )
  ),
  scenario("client-proxy-connect-drain-cancels", "data-path", drainCancels("http")),
  scenario(
    "client-proxy-socks5",
    "data-path",
    bySocks("socks5", undefined, target, `3 ${name} 8443`, exactly([5, 1, 0, ...nameRequest]))
  ),
  scenario(
    "client-proxy-socks5h",
    "data-path",
    bySocks("socks5h", undefined, target, `3 ${name} 8443`, exactly([5, 1, 0, ...nameRequest]))
  ),
  scenario(
    "client-proxy-socks5-credentials",
    "data-path",
    bySocks(
      "socks5",
      ["caesar", password],
      target,
      `3 ${name} 8443`,
      exactly([5, 2, 0, 2, 1, 6, ...Buffer.from("caesar"), 9, ...Buffer.from(password), ...nameRequest])
    )
  ),
  scenario(
    "client-proxy-socks5-ipv4-target",
    "data-path",
    bySocks(
      "socks5",
      undefined,
      "127.0.0.1:443",
      "1 127.0.0.1 443",
      exactly([5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, 1, 187])
    )
  ),
  scenario(
    "client-proxy-socks5-ipv6-target",
    "data-path",
    bySocks(
      "socks5",
      undefined,
      "[::1]:443",
      "4 00000000000000000000000000000001 443",
      exactly([5, 1, 0, 5, 1, 0, 4, ...Array.from({ length: 15 }, () => 0), 1, 1, 187])
    )
  ),
  scenario(
    "client-proxy-socks5-refused",
    "data-path",
    fails("socks5", socksManners(tcp(1), { reply: 5 }), socksSentence("unknown error connection refused"))
  ),
  scenario(
    "client-proxy-socks5-wrong-password",
    "data-path",
    fails(
      "socks5",
      socksManners(tcp(1), { pair: ["caesar", "another"] }),
      socksSentence("username/password authentication failed")
    )
  ),
  scenario(
    "client-proxy-socks5-password-missing",
    "data-path",
    fails(
      "socks5",
      socksManners(tcp(1), { pair: ["caesar", password] }),
      socksSentence("no acceptable authentication methods"),
      ""
    )
  ),
  waiting(
    scenario(
      "client-proxy-socks5-silent",
      "data-path",
      staysSilent("socks5", / error on dial: socks connect tcp [^\n]*: (i\/o timeout|context deadline exceeded)$/)
    )
  ),
  scenario(
    "client-proxy-socks5-unreachable",
    "data-path",
    unreachable(
      "socks5h",
      (proxy) => `socks connect tcp ${proxy}->${target}: dial tcp ${proxy}: connect: connection refused`
    )
  ),
  scenario("client-proxy-socks5-drain-cancels", "data-path", drainCancels("socks5")),
  scenario("client-proxy-unknown-scheme", "control", unknownScheme(`ftp://${userinfo}@127.0.0.1:21`, "ftp")),
  scenario("client-proxy-https-scheme", "control", unknownScheme(`https://${userinfo}@127.0.0.1:21`, "https")),
  scenario("client-proxy-without-scheme", "control", unknownScheme("proxy.invalid:3128", "proxy.invalid"))
]

runTopic("client-proxy", clientProxy)
