/** PROXY headers as programs that are not ours read them (docs/compatibility/command-line.md, 8.6). */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { connect, createServer, type Server } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Result } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { encode, type HeaderFacts, headerFor, type ProxyProtocolMode } from "../../src/transport/ProxyProtocol.ts"
import { decode } from "../../src/transport/ProxyProtocolDecode.ts"
import { eventually } from "../support/Changes.ts"
import { freePort, releasePort } from "../support/Ports.ts"

const installed = (program: string, ...words: ReadonlyArray<string>) => spawnSync(program, words).error === undefined
/** In CI haproxy is never skipped, so that its absence fails. */
const haproxy = process.env.CI !== undefined || installed("haproxy", "-v")
/** Compiles its configuration. */
const varnish = installed("varnishd", "-V") && installed("gcc", "--version")
const skipped = (available: boolean, program: string) => (available ? "" : ` (skipped: ${program} is not installed)`)

const facts: HeaderFacts = {
  client: { network: "tcp", address: "192.0.2.7:4711" },
  local: { network: "tcp", address: "198.51.100.9:443" },
  tls: {
    version: "TLS 1.3",
    cipher: "TLS_AES_128_GCM_SHA256",
    group: undefined,
    serverName: "tunnel.example",
    alpn: "h2",
    // Varnish 7 has no room for headers with a certificate of usual size.
    peerChain: [new Uint8Array(300).fill(7)]
  },
  commonName: "client ü"
}
const six: HeaderFacts = {
  ...facts,
  client: { network: "tcp", address: "[2001:db8::7]:4711" },
  local: { network: "tcp", address: "[2001:db8::9]:443" }
}
const path: HeaderFacts = {
  ...facts,
  client: { network: "unix", address: "@" },
  local: { network: "unix", address: "/run/tunnel.sock" }
}
const modes = ["conn", "tls", "tls-full"] as const
const headerBytes = (mode: ProxyProtocolMode, from: HeaderFacts) =>
  Result.getOrThrow(Result.flatMap(headerFor(mode, from), encode))

/** Waits until something listens. */
const listening = async (port: number): Promise<void> => {
  await eventually(`a listener on ${port}`, async () => {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false))
      socket.once("connect", () => socket.destroy())
    })
    return open || undefined
  })
}

/** Sends these bytes and gives what came back until the peer closed. */
const exchange = (port: number, ...parts: ReadonlyArray<Uint8Array>): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const received: Array<Buffer> = []
    const socket = connect(port, "127.0.0.1", () => socket.end(Buffer.concat(parts)))
    socket.on("data", (chunk: Buffer) => received.push(chunk))
    socket.on("error", reject).on("close", () => resolve(Buffer.concat(received)))
  })

/** A program that lives as long as these tests. */
class Program {
  readonly directory = mkdtempSync(join(tmpdir(), "ghostunnel-proxy-protocol-"))
  output = ""
  #child: ChildProcess | undefined

  start(program: string, words: ReadonlyArray<string>): void {
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"] })
    child.stdout.on("data", (chunk: Buffer) => (this.output += chunk.toString()))
    child.stderr.on("data", (chunk: Buffer) => (this.output += chunk.toString()))
    child.on("error", (error) => (this.output += error.message))
    this.#child = child
  }

  async stop(): Promise<void> {
    const child = this.#child
    if (child !== undefined && child.exitCode === null && child.pid !== undefined) {
      const gone = new Promise((resolve) => child.once("exit", resolve))
      child.kill()
      await gone
    }
    rmSync(this.directory, { recursive: true, force: true })
  }
}

describe.skipIf(!haproxy)(`haproxy${skipped(haproxy, "haproxy")}`, () => {
  const program = new Program()
  const ports: Array<number> = []
  let back: Server
  let front = 0

  beforeAll(async () => {
    back = createServer({ allowHalfOpen: true }, (socket) => void socket.on("error", () => {}).pipe(socket))
    const behind = await freePort()
    front = await freePort()
    ports.push(behind, front)
    await new Promise<void>((resolve) => back.listen(behind, "127.0.0.1", resolve))
    const file = join(program.directory, "haproxy.cfg")
    writeFileSync(
      file,
      `global
  log stdout format raw local0
defaults
  mode tcp
  log global
  timeout connect 5s
  timeout client 5s
  timeout server 5s
frontend front
  bind 127.0.0.1:${front} accept-proxy
  log-format "%ci %cp %[dst] %[dst_port] <%[fc_pp_authority]>"
  default_backend back
backend back
  server echo 127.0.0.1:${behind} send-proxy-v2
`
    )
    program.start("haproxy", ["-db", "-f", file])
    await listening(front)
  })
  afterAll(async () => {
    await program.stop()
    back?.close()
    ports.forEach(releasePort)
  })

  const ends = (host: string, peer: string) => ({
    source: { host, port: 4711 },
    destination: { host: peer, port: 443 }
  })

  it.each(
    modes.flatMap(
      (mode) =>
        [
          [mode, "IPv4", facts, { _tag: "Tcp4", ...ends("192.0.2.7", "198.51.100.9") }],
          [mode, "IPv6", six, { _tag: "Tcp6", ...ends("2001:db8::7", "2001:db8::9") }]
        ] as const
    )
  )("reads our %s over %s, and we read what it makes of it", async (mode, _, from, expected) => {
    // The backend echoes haproxy's own header and what followed ours.
    const answer = Result.getOrThrow(decode(await exchange(front, headerBytes(mode, from), Buffer.from("payload"))))
    expect(answer).toMatchObject({ _tag: "Complete", header: expected, rest: Buffer.from("payload") })
  })
  it("sees the name the client asked for", async () => {
    await exchange(front, headerBytes("tls", { ...facts, client: { network: "tcp", address: "192.0.2.8:815" } }))
    const line = "192.0.2.8 815 198.51.100.9 443 <tunnel.example>"
    await eventually(
      line,
      async () => program.output.includes(line) || undefined,
      () => `in ${program.output}`
    )
  })
})

describe.skipIf(!varnish)(`Varnish${skipped(varnish, "varnishd, or gcc,")}`, () => {
  const program = new Program()
  let port = 0

  beforeAll(async () => {
    port = await freePort()
    const file = join(program.directory, "tunnel.vcl")
    writeFileSync(
      file,
      `vcl 4.1;
import proxy;
import std;
backend none none;
sub vcl_recv { return (synth(200)); }
sub vcl_synth {
  set resp.body = "<" + client.ip + " " + std.port(client.ip) + " " + server.ip + " " + std.port(server.ip) + ">"
    + " alpn=" + proxy.alpn() + " authority=" + proxy.authority() + " ssl=" + proxy.is_ssl()
    + " connection=" + proxy.client_has_cert_conn() + " session=" + proxy.client_has_cert_sess()
    + " verify=" + proxy.ssl_verify_result() + " version=" + proxy.ssl_version() + " cn=" + proxy.client_cert_cn();
  return (deliver);
}
`
    )
    const words = ["-F", "-j", "none", "-n", join(program.directory, "work"), "-f", file, "-s", "malloc,4m"]
    program.start("varnishd", [...words, "-a", `127.0.0.1:${port},PROXY`])
    await listening(port)
  })
  afterAll(async () => {
    await program.stop()
    releasePort(port)
  })

  const request = Buffer.from("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
  const ends4 = "<192.0.2.7 4711 198.51.100.9 443>"
  const ends6 = "<2001:db8::7 4711 2001:db8::9 443>"
  const named = "alpn=h2 authority=tunnel.example ssl=true"
  const nobody: HeaderFacts = { ...facts, commonName: "", tls: facts.tls && { ...facts.tls, peerChain: [] } }

  it.each([
    ["conn", facts, `${ends4} alpn= authority= ssl=false connection=false session=false verify=0 version= cn=`],
    ["tls", facts, `${ends4} ${named} connection=false session=false verify=0 version=TLS 1.3 cn=`],
    ["tls", six, `${ends6} ${named} connection=false session=false verify=0 version=TLS 1.3 cn=`],
    ["tls-full", nobody, `${ends4} ${named} connection=false session=false verify=0 version=TLS 1.3 cn=`],
    ["tls-full", six, `${ends6} ${named} connection=true session=true verify=0 version=TLS 1.3 cn=client ü`]
  ] as const)("sees all that %s tells %#", async (mode, from, expected) => {
    const answer = (await exchange(port, headerBytes(mode, from), request)).toString()
    expect(answer.split("\r\n\r\n")[1]).toBe(expected)
  })
  // haproxy 2.6 does not take this family at all.
  it.each(modes)("ignores a UNIX header in mode %s and finds the request behind it", async (mode) => {
    const answer = (await exchange(port, headerBytes(mode, path), request)).toString()
    expect(answer).toMatch(/^HTTP\/1.1 200 /)
    expect(answer).toContain(`<127.0.0.1 `)
  })
})
