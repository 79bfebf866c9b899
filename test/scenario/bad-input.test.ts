/** Bad input: the Go program's message on stderr and in the log, exit 1, and never anything that listened. */
import assert from "node:assert/strict"
import { existsSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { accepts, type Endpoint, socketAddress, textOf } from "../support/Endpoint.ts"
import { connectPlain } from "../support/Peer.ts"
import type { Stage } from "../support/Stage.ts"
import { client, server, type Tunnel, type TunnelBuilder } from "../support/Tunnel.ts"
import { ca, clientIdentity, clientTunnel, serverIdentity, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { type Scenario, type ScenarioName, scenario } from "./Scenario.ts"

/** Occupies an address the way a foreign program does: without `SO_REUSEPORT`. */
const occupy = async (stage: Stage, endpoint: Endpoint): Promise<void> => {
  const other = createServer()
  await new Promise<void>((resolve) => {
    other.listen({ ...socketAddress(endpoint), exclusive: true }, resolve)
  })
  stage.defer(() => new Promise((resolve) => other.close(resolve)))
}

/** Runs it to its end while knocking at its door all the time; nobody may ever open. */
const dies = async (builder: TunnelBuilder, knock = true): Promise<Tunnel> => {
  const tunnel = await builder.launch()
  while (knock && tunnel.exited === undefined) {
    assert.equal(await accepts(tunnel.listen), false, "something listened")
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.deepEqual(await tunnel.exit(), { code: 1, signal: null })
  if (knock) assert.equal(await accepts(tunnel.listen), false)
  assert.equal(tunnel.count(/listening for connections/), 0)
  assert.doesNotMatch(tunnel.stderr, /\n\s+at /, "a stack trace is no message")
  return tunnel
}

/** A failure after the command line was understood: told in the log and, as `error: ..`, on stderr. */
export const late = async (
  builder: TunnelBuilder,
  log: ReadonlyArray<RegExp>,
  phrase: RegExp,
  knock = true
): Promise<void> => {
  const tunnel = await dies(builder, knock)
  for (const pattern of log)
    assert.equal(tunnel.count(pattern) > 0, true, `${pattern} not in ${tunnel.messages.join("|")}`)
  assert.match(tunnel.messages[0] ?? "", /^starting ghostunnel in (server|client) mode$/)
  assert.match(tunnel.stderr, new RegExp(`^error: .*${phrase.source}.*\\n$`))
}

/** A failure of the command line itself: stderr only, and a hint. */
export const early = async (builder: TunnelBuilder, phrase: RegExp): Promise<void> => {
  const tunnel = await dies(builder)
  assert.equal(tunnel.stdout, "")
  assert.match(tunnel.stderr, new RegExp(`^\\S+: error: .*${phrase.source}.*, try --help\\n$`))
}

export const nowhere = "127.0.0.1:1"
export const ready = async (stage: Stage) => (await serverTunnel(stage)).allowAll().target(nowhere)

export const certificates = [/^error: unable to load certificates: /]

interface BadServer {
  readonly name: ScenarioName
  readonly log: ReadonlyArray<RegExp>
  readonly phrase: RegExp
  readonly build: (stage: Stage) => Promise<TunnelBuilder>
}

const badServers: ReadonlyArray<BadServer> = [
  {
    name: "server-rejects-missing-certificate",
    log: certificates,
    phrase: /\/nowhere\.pem/,
    build: async (stage) => (await ready(stage)).identity({ ...(await serverIdentity()), certPath: "/nowhere.pem" })
  },
  {
    name: "server-rejects-missing-key",
    log: certificates,
    phrase: /\/nowhere\.key/,
    build: async (stage) => (await ready(stage)).identity({ ...(await serverIdentity()), keyPath: "/nowhere.key" })
  },
  {
    name: "server-rejects-mismatched-key",
    log: certificates,
    phrase: /private key does not match public key \(.*\), in certificate file '.*' and private key file '.*'/,
    build: async (stage) =>
      (await ready(stage)).identity({ ...(await serverIdentity()), keyPath: (await clientIdentity()).keyPath })
  },
  {
    name: "server-rejects-garbage-certificate",
    log: certificates,
    phrase: /./,
    build: async (stage) => {
      const certPath = stage.path(".pem")
      writeFileSync(certPath, "garbage\n")
      return (await ready(stage)).identity({ ...(await serverIdentity()), certPath })
    }
  },
  {
    name: "server-rejects-garbage-ca",
    log: certificates,
    phrase: /unable to read certificates from CA bundle/,
    build: async (stage) => {
      const certPath = stage.path(".pem")
      writeFileSync(certPath, "-----BEGIN CERTIFICATE-----\nZ2FyYmFnZQ==\n-----END CERTIFICATE-----\n")
      return (await ready(stage)).ca({ certPath })
    }
  },
  {
    name: "server-rejects-missing-ca",
    log: certificates,
    phrase: /\/nowhere\.pem/,
    build: async (stage) => (await ready(stage)).ca({ certPath: "/nowhere.pem" })
  },
  {
    name: "server-rejects-unsafe-target",
    log: [/^error: --target must be unix:PATH or localhost:PORT/],
    phrase: /--target must be unix:PATH or localhost:PORT/,
    build: async (stage) => (await ready(stage)).target("192.0.2.1:80")
  },
  {
    name: "server-rejects-other-loopback-target",
    log: [/^error: --target must be unix:PATH or localhost:PORT/],
    phrase: /--target must be unix:PATH or localhost:PORT/,
    build: async (stage) => (await ready(stage)).target("127.0.0.2:80")
  },
  {
    name: "server-rejects-unparsable-target",
    log: [/^error: invalid --target address: .*too many colons/],
    phrase: /invalid --target address: .*too many colons in address/,
    build: async (stage) => (await ready(stage)).target("localhost:80:80")
  },
  {
    name: "server-rejects-no-access-rule",
    log: [/^error: at least one access control flag/],
    phrase: /at least one access control flag .* is required/,
    build: async (stage) => (await serverTunnel(stage)).target(nowhere)
  },
  {
    name: "server-rejects-allow-all-with-rule",
    log: [/^error: --allow-all is mutually exclusive/],
    phrase: /--allow-all is mutually exclusive/,
    build: async (stage) => (await ready(stage)).allowCn("client")
  },
  {
    name: "server-rejects-no-authentication-with-rule",
    log: [/^error: --disable-authentication is mutually exclusive/],
    phrase: /--disable-authentication is mutually exclusive/,
    build: async (stage) => (await ready(stage)).args("--disable-authentication")
  },
  {
    name: "server-rejects-no-credentials",
    log: [/^error: at least one of --keystore, --cert\/--key, --auto-acme-cert/],
    phrase: /at least one of --keystore, --cert\/--key, --auto-acme-cert.* is required/,
    build: async (stage) =>
      server(stage)
        .ca(await ca())
        .allowAll()
        .target(nowhere)
  },
  {
    name: "server-rejects-bad-uri-pattern",
    log: [/^invalid URI pattern in --allow-uri flag/],
    phrase: /wildcard '\*\*' can only appear at end of pattern/,
    build: async (stage) => (await serverTunnel(stage)).target(nowhere).args("--allow-uri=spiffe://**/x")
  }
]

/** What is found out only after the rules of the mode were kept (docs/compatibility/command-line.md, 2.4). */
const lateFailures: ReadonlyArray<BadServer> = [
  {
    name: "server-rejects-unresolvable-target",
    log: [/^error: invalid target address: lookup nowhere\.invalid: /],
    phrase: /lookup nowhere\.invalid: no such host/,
    build: async (stage) => (await ready(stage)).target("nowhere.invalid:80").args("--unsafe-target")
  },
  {
    name: "client-rejects-unresolvable-target",
    log: [/^error: invalid target address: lookup nowhere\.invalid: /],
    phrase: /lookup nowhere\.invalid: no such host/,
    build: async (stage) => (await clientTunnel(stage)).target("nowhere.invalid:80")
  },
  {
    name: "server-rejects-bad-max-tls-version",
    log: [
      /^error trying to read CA bundle: invalid max TLS version: unsupported TLS version: TLS1\.1 /,
      /^error from server listen: invalid max TLS version: /
    ],
    phrase: /invalid max TLS version: unsupported TLS version: TLS1\.1 \(--max-tls-version takes /,
    build: async (stage) => (await ready(stage)).args("--max-tls-version=TLS1.1")
  },
  {
    name: "client-rejects-bad-max-tls-version",
    log: [/^error: unable to build dialer: invalid max TLS version: unsupported TLS version: x /],
    phrase: /invalid max TLS version: unsupported TLS version: x /,
    build: async (stage) => (await clientTunnel(stage)).target(nowhere).args("--max-tls-version=x")
  },
  {
    name: "client-rejects-bad-uri-pattern",
    log: [/^invalid URI pattern in --verify-uri flag/, /^error: unable to build dialer: /],
    phrase: /wildcard '\*\*' can only appear at end of pattern/,
    build: async (stage) => (await clientTunnel(stage)).target(nowhere).args("--verify-uri=spiffe://**/x")
  },
  {
    name: "client-rejects-missing-certificate",
    log: certificates,
    phrase: /\/nowhere\.pem/,
    build: async (stage) =>
      (await clientTunnel(stage)).target(nowhere).identity({ ...(await clientIdentity()), certPath: "/nowhere.pem" })
  },
  {
    name: "server-rejects-one-socket-for-two-listeners",
    log: [/^error: --listen and --status must not both be "systemd:x"$/],
    phrase: /--listen and --status must not both be "systemd:x"/,
    build: async (stage) => (await ready(stage)).listenText("systemd:x").args("--status=systemd:x")
  }
]

export const badInput: ReadonlyArray<Scenario> = [
  ...[...badServers, ...lateFailures].map(({ name, log, phrase, build }) =>
    scenario(name, "control", async (stage) => late(await build(stage), log, phrase))
  ),
  scenario("server-rejects-unparsable-listen", "control", async (stage) => {
    const builder = (await ready(stage)).listenText("127.0.0.1:80:80")
    const log = [
      /^error trying to listen: .*too many colons in address$/,
      /^error from server listen: .*too many colons in address$/
    ]
    await late(builder, log, /--listen .*too many colons in address/, false)
  }),
  scenario("server-rejects-port-in-use", "data-path", async (stage) => {
    const place = await stage.tcp()
    await occupy(stage, place)
    const log = [/^error trying to listen: .*address already in use$/, /^error from server listen: /]
    await late(
      (await ready(stage)).listen(place),
      log,
      new RegExp(`listen tcp ${textOf(place)}: bind: address already in use`),
      false
    )
  }),
  scenario("server-rejects-file-in-place-of-unix-socket", "data-path", async (stage) => {
    const place = { network: "unix" as const, path: stage.path(".sock") }
    writeFileSync(place.path, "")
    const log = [/^error trying to listen: .*address already in use$/]
    await late(
      (await ready(stage)).listen(place),
      log,
      new RegExp(`listen unix ${place.path}: bind: address already in use`)
    )
    assert.equal(existsSync(place.path), true, "the file of somebody else is gone")
  }),
  scenario("server-rejects-status-port-in-use", "data-path", async (stage) => {
    const place = await stage.tcp()
    await occupy(stage, place)
    const builder = (await ready(stage)).status("http", place)
    const log = [
      /^error: unable to bind on status port: .*address already in use$/,
      /^error serving \/_status: /,
      /^error from server listen: /
    ]
    const tunnel = await builder.launch()
    assert.deepEqual(await tunnel.exit(), { code: 1, signal: null })
    for (const pattern of log) assert.ok(tunnel.count(pattern) > 0, `${pattern}`)
    assert.match(tunnel.stderr, /^error: .*address already in use\n$/)
    assert.equal(tunnel.count(/listening for connections/), 0)
    assert.equal(await accepts(tunnel.listen), false)
  }),
  scenario("server-rejects-status-port-in-use-unix", "data-path", async (stage) => {
    const place = await stage.tcp()
    const listen = { network: "unix" as const, path: stage.path(".sock") }
    await occupy(stage, place)
    const tunnel = await (await ready(stage)).listen(listen).status("http", place).launch()
    assert.deepEqual(await tunnel.exit(), { code: 1, signal: null })
    assert.ok(tunnel.count(/^error: unable to bind on status port: .*address already in use$/) > 0)
    assert.equal(existsSync(listen.path), false, "the next start would find the file in its way")
  }),
  scenario("client-rejects-port-in-use", "control", async (stage) => {
    const place = await stage.tcp()
    await occupy(stage, place)
    const builder = (await clientTunnel(stage)).target(nowhere).listen(place)
    const log = [/^error opening socket: .*address already in use$/, /^error from client listen: /]
    await late(builder, log, /address already in use/, false)
  }),
  scenario("client-rejects-unparsable-listen", "control", async (stage) => {
    const log = [
      /^error opening socket: .*too many colons in address$/,
      /^error from client listen: .*too many colons in address$/
    ]
    const builder = (await clientTunnel(stage)).target(nowhere).listenText("localhost:80:80")
    await late(builder, log, /--listen .*too many colons in address/, false)
  }),
  scenario("client-rejects-status-port-in-use", "control", async (stage) => {
    const place = await stage.tcp()
    await occupy(stage, place)
    const log = [
      /^error: unable to bind on status port: .*address already in use$/,
      /^error serving \/_status: /,
      /^error from client listen: /
    ]
    await late((await clientTunnel(stage)).target(nowhere).status("http", place), log, /address already in use/, false)
  }),
  scenario("client-skips-resolving", "control", async (stage) => {
    const tunnel = await (await clientTunnel(stage)).target("nowhere.invalid:80").args("--skip-resolve").start()
    await (await connectPlain(stage, tunnel.listen)).eof()
    await tunnel.waitForLine(/error on dial: .*lookup nowhere\.invalid: no such host/)
  }),
  scenario("client-rejects-unsafe-listen", "control", async (stage) => {
    const { endpoint } = { endpoint: await stage.tcp() }
    const port = endpoint.network === "tcp" ? endpoint.port : 0
    const builder = (await clientTunnel(stage)).target(nowhere).listen({ network: "tcp", host: "0.0.0.0", port })
    await late(
      builder,
      [/^error: --listen must be unix:PATH, localhost:PORT/],
      /--listen must be unix:PATH, localhost:PORT/
    )
  }),
  scenario("client-rejects-no-credentials", "control", async (stage) => {
    const builder = client(stage)
      .ca(await ca())
      .target(nowhere)
    await late(
      builder,
      [/^error: at least one of --keystore/],
      /at least one of --keystore.*--disable-authentication.* required/
    )
  }),
  scenario("client-rejects-mismatched-key", "control", async (stage) => {
    const identity = { ...(await clientIdentity()), keyPath: (await serverIdentity()).keyPath }
    await late(
      (await clientTunnel(stage)).identity(identity).target(nowhere),
      certificates,
      /private key does not match public key/
    )
  }),
  scenario("client-rejects-garbage-ca", "control", async (stage) => {
    const certPath = stage.path(".pem")
    writeFileSync(certPath, "")
    await late(
      (await clientTunnel(stage)).ca({ certPath }).target(nowhere),
      certificates,
      /unable to read certificates from CA bundle/
    )
  }),
  scenario("server-rejects-garbage-ca-for-metrics", "control", async (stage) => {
    const certPath = stage.path(".pem")
    writeFileSync(certPath, "")
    await late(
      (await ready(stage)).ca({ certPath }).args("--metrics-graphite=127.0.0.1:2003"),
      [/^error: unable to build TLS config: loading trust store: /],
      /unable to read certificates from CA bundle/
    )
  }),
  scenario("server-rejects-metrics-url-that-is-none", "control", async (stage) => {
    const builder = (await ready(stage)).args("--metrics-url=http://user:secret@host:99999/")
    await late(builder, [/^error: --metrics-url is not a valid URL$/], /--metrics-url is not a valid URL/)
  }),
  scenario("server-rejects-otlp-endpoint-that-is-none", "control", async (stage) => {
    const builder = (await ready(stage)).args("--otlp-endpoint=http://user:secret@host:99999/")
    await late(builder, [/^error: --otlp-endpoint is not a valid URL$/], /--otlp-endpoint is not a valid URL/)
  }),
  scenario("server-rejects-graphite-host-unknown", "control", async (stage) => {
    await early(
      (await ready(stage)).args("--metrics-graphite=no-such-host.invalid:2003"),
      /'no-such-host\.invalid:2003' is not a valid TCP address: lookup no-such-host\.invalid: no such host/
    )
  }),
  scenario("client-rejects-unparsable-target", "control", async (stage) => {
    await late(
      (await clientTunnel(stage)).target("localhost"),
      [/^error: invalid --target address: /],
      /invalid --target address: .*missing port in address/
    )
  }),
  scenario("server-rejects-missing-target-flag", "control", async (stage) => {
    await early((await serverTunnel(stage)).allowAll(), /required flag\(s\) '--target' not provided/)
  }),
  scenario("server-rejects-unknown-flag", "control", async (stage) => {
    await early((await ready(stage)).args("--bogus"), /unknown long flag '--bogus'/)
  }),
  scenario("server-rejects-repeated-flag", "control", async (stage) => {
    await early((await ready(stage)).args("--target=127.0.0.1:2"), /flag 'target' cannot be repeated/)
  }),
  scenario("server-rejects-zero-connect-timeout", "control", async (stage) => {
    await early((await ready(stage)).args("--connect-timeout=0s"), /--connect-timeout duration must not be zero/)
  }),
  scenario("server-rejects-bad-status-address", "control", async (stage) => {
    await early((await ready(stage)).args("--status=localhost"), /invalid --status address: .*missing port in address/)
  }),
  scenario("server-rejects-shutdown-without-status", "control", async (stage) => {
    await early((await ready(stage)).args("--enable-shutdown"), /--enable-shutdown requires --status/)
  })
]

runTopic("bad-input", badInput)
