import { spawn } from "node:child_process"
import { connect, type Server } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from "node:tls"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import type { Judge } from "../../src/access/Verdict.ts"
import { pemKey } from "../../src/credentials/TlsMaterial.ts"
import { type DialOptions, Transport } from "../../src/transport/Transport.ts"
import { disposeTestCas, type IdentitySpec, makeCa } from "../support/TestCa.ts"
import {
  anybody,
  backend,
  event,
  Inbox,
  materialOf,
  pki,
  readAll,
  recording,
  sendsAlerts,
  target,
  tls12Options,
  tlsOptions,
  verifiedServer,
  within,
  withTransport
} from "./support/Harness.ts"
import { passUntil, stopTime } from "./support/TestTime.ts"

afterAll(disposeTestCas)

let paths = 0
const nextPath = () => join(tmpdir(), `gt-dial-${process.pid}-${++paths}.sock`)

const dialPlain = (text: string, millis?: number) =>
  Effect.flatMap(Transport, (transport) => transport.dial({ target: target(text), deadline: within(millis) }))

const serving = (server: Server, path?: string) =>
  Effect.gen(function* () {
    yield* Effect.addFinalizer(() => Effect.sync(() => server.close()))
    yield* Effect.callback<void>((resume) => {
      const listening = () => resume(Effect.void)
      if (path === undefined) server.listen(0, "127.0.0.1", listening)
      else server.listen(path, listening)
    })
    const bound = server.address()
    return path === undefined ? `127.0.0.1:${typeof bound === "object" ? bound?.port : ""}` : `unix:${path}`
  })

const tlsServer = (spec: IdentitySpec | "stranger", options: TlsOptions = {}, path?: string) =>
  Effect.gen(function* () {
    const { ca } = yield* pki
    const identity = yield* Effect.promise(async () =>
      spec === "stranger" ? (await makeCa("stranger")).issue({ cn: "s", dns: ["localhost"] }) : ca.issue(spec)
    )
    const sockets = new Inbox<TLSSocket>()
    const errors = new Inbox<Error>()
    const server = createTlsServer({ cert: identity.chainPem, key: identity.keyPem, ...options }, (socket) => {
      socket.on("error", () => {})
      sockets.put(socket)
    })
    server.on("tlsClientError", errors.put)
    return { text: yield* serving(server, path), sockets, errors, identity }
  })

const dialTls = (
  text: string,
  judge: Judge,
  change: { serverName?: string; options?: typeof tlsOptions; millis?: number } = {}
) =>
  Effect.gen(function* () {
    const transport = yield* Transport
    const { ca, client } = yield* pki
    const context = yield* transport.clientTls(materialOf(client, [ca.certPem]), change.options ?? tlsOptions)
    const options: DialOptions = {
      target: target(text),
      deadline: within(change.millis),
      tls: { context, serverName: change.serverName ?? "localhost", judge }
    }
    return yield* transport.dial(options)
  })

describe("dialling", () => {
  it.live("reaches TCP by address and by name, and UNIX sockets", () =>
    withTransport(
      Effect.gen(function* () {
        const tcp = yield* backend()
        const stream = yield* dialPlain(`127.0.0.1:${tcp.port}`)
        assert.deepStrictEqual(stream.remote, { network: "tcp", address: `127.0.0.1:${tcp.port}` })
        assert.match(stream.local.address, /^127\.0\.0\.1:\d+$/)
        stream.close()
        // `localhost` may mean ::1 first, where nobody listens.
        ;(yield* dialPlain(`localhost:${tcp.port}`)).close()
        ;(yield* dialPlain(`:${tcp.port}`)).close()
        const path = nextPath()
        yield* backend(path)
        const local = yield* dialPlain(`unix:${path}`)
        assert.deepStrictEqual([local.remote.address, local.local.address], [path, "@"])
        local.close()
      })
    )
  )

  it.live("says why not in the Go program's words", () =>
    withTransport(
      Effect.gen(function* () {
        const refused = yield* Effect.flip(dialPlain("127.0.0.1:1"))
        assert.deepStrictEqual(refused, {
          _tag: "DialFailed",
          source: "backend",
          reason: "connect_refused",
          message: "dial tcp 127.0.0.1:1: connect: connection refused"
        })
        const missing = yield* Effect.flip(dialPlain("unix:/nosuch/x"))
        assert.strictEqual(missing.message, "dial unix /nosuch/x: connect: no such file or directory")
        const long = `/tmp/${"x".repeat(120)}`
        assert.strictEqual(
          (yield* Effect.flip(dialPlain(`unix:${long}`))).message,
          `dial unix ${long}: connect: invalid argument (the path has 125 bytes, a UNIX socket's has at most 107: choose a shorter one)`
        )
        const unknown = yield* Effect.flip(dialPlain("nosuch.invalid:1", 20_000))
        assert.strictEqual(unknown.reason, "resolve")
        assert.match(unknown.message, /^dial tcp: lookup nosuch\.invalid: /)
        assert.strictEqual((yield* Effect.flip(dialPlain("127.0.0.1:0"))).reason, "connect_refused")
      })
    )
  )

  it.live("gives up at the deadline", () =>
    withTransport(
      Effect.gen(function* () {
        // A process that is stopped accepts nobody; once its backlog is full, the kernel leaves attempts unanswered.
        const child = spawn(process.execPath, [
          "-e",
          "const s=require('net').createServer().listen({port:0,host:'127.0.0.1',backlog:1},()=>console.log(s.address().port))"
        ])
        yield* Effect.addFinalizer(() => Effect.sync(() => child.kill("SIGKILL")))
        const port = Number(yield* event(child.stdout, "data"))
        child.kill("SIGSTOP")
        for (let i = 0; i < 4; i++) {
          const filler = connect(port, "127.0.0.1").on("error", () => {})
          yield* Effect.addFinalizer(() => Effect.sync(() => filler.destroy()))
          // The kernel holds one more than the backlog; it leaves the others unanswered.
          if (i < 2) yield* event(filler, "connect")
        }
        assert.deepInclude(yield* Effect.flip(dialPlain(`127.0.0.1:${port}`, 150)), {
          source: "backend",
          reason: "timeout",
          message: `dial tcp 127.0.0.1:${port}: i/o timeout`
        })
      })
    )
  )

  it.live("is not connected where a UNIX socket's queue is full", () =>
    withTransport(
      Effect.gen(function* () {
        const path = nextPath()
        const child = spawn(process.execPath, [
          "-e",
          `require('net').createServer().listen({path:${JSON.stringify(path)},backlog:1},()=>console.log('listening'))`
        ])
        yield* Effect.addFinalizer(() => Effect.sync(() => child.kill("SIGKILL")))
        yield* event(child.stdout, "data")
        child.kill("SIGSTOP")
        const outcomes: Array<string> = []
        for (let i = 0; i < 4; i++) {
          const dialled = yield* Effect.result(dialPlain(`unix:${path}`))
          if (dialled._tag === "Success") yield* Effect.addFinalizer(() => Effect.sync(dialled.success.close))
          outcomes.push(dialled._tag === "Success" ? "connected" : dialled.failure.message)
        }
        const full = `dial unix ${path}: connect: resource temporarily unavailable`
        assert.deepStrictEqual(outcomes, ["connected", "connected", full, full])
      })
    )
  )

  it.live("lets go of the socket when interrupted", () =>
    withTransport(
      Effect.gen(function* () {
        const silent = yield* backend()
        const dialling = yield* Effect.forkChild(dialTls(`127.0.0.1:${silent.port}`, anybody), {
          startImmediately: true
        })
        const socket = yield* silent.sockets.take
        yield* Fiber.interrupt(dialling)
        yield* readAll(socket)
      })
    )
  )
})

const cases: ReadonlyArray<readonly [string, IdentitySpec | "stranger", RegExp | undefined]> = [
  ["fine", { cn: "s", dns: ["localhost"], eku: "server" }, undefined],
  ["untrusted", "stranger", /unknown authority/],
  ["self-signed", { cn: "s", dns: ["localhost"], selfSigned: true }, /unknown authority/],
  ["expired", { cn: "s", dns: ["localhost"], expired: true }, /has expired or is not yet valid/],
  ["not yet valid", { cn: "s", dns: ["localhost"], notYetValid: true }, /has expired or is not yet valid/],
  ["for another use", { cn: "s", dns: ["localhost"], eku: "client" }, /incompatible key usage/]
]

for (const options of [tls12Options, tlsOptions]) {
  for (const network of ["tcp", "unix"]) {
    describe(`dialling ${options.maxVersion} over ${network}`, () => {
      for (const [name, spec, why] of cases) {
        it.live(`asks the judge about a server that is ${name}`, () =>
          withTransport(
            Effect.gen(function* () {
              const server = yield* tlsServer(spec, {}, network === "unix" ? nextPath() : undefined)
              const { asked, judge } = recording(verifiedServer)
              const dialling = dialTls(server.text, judge, { options })
              if (why === undefined) {
                const stream = yield* dialling
                assert.strictEqual(stream.tls?.version, options.maxVersion === "TLSv1.2" ? "TLS 1.2" : "TLS 1.3")
                stream.close()
                return
              }
              const failure = yield* Effect.flip(dialling)
              assert.deepInclude(failure, { _tag: "DialFailed", source: "backend", reason: "untrusted" })
              assert.match(failure.message, why)
              assert.deepStrictEqual(Buffer.from(asked[0]?.chain[0] ?? []), server.identity.der)
              // Our Finished is never sent, in TLS 1.2 only where alerts can be: the server's handshake fails, too.
              if (options.maxVersion === "TLSv1.3" || sendsAlerts) yield* server.errors.take
              else yield* Effect.flatMap(server.sockets.take, (socket) => readAll(socket))
            })
          )
        )
      }

      it.live("fails closed when the judge throws", () =>
        withTransport(
          Effect.gen(function* () {
            const server = yield* tlsServer({ cn: "s" }, {}, network === "unix" ? nextPath() : undefined)
            const failure = yield* Effect.flip(
              dialTls(
                server.text,
                () => {
                  throw new Error("bug")
                },
                { options }
              )
            )
            assert.deepInclude(failure, { reason: "bad_certificate" })
          })
        )
      )
    })
  }
}

describe("dialling TLS", () => {
  it.live("asks for the name, but never for an address", () =>
    withTransport(
      Effect.gen(function* () {
        const server = yield* tlsServer({ cn: "s", dns: ["localhost"] })
        for (const [name, sent] of [
          ["Example.com.", "Example.com"],
          ["127.0.0.1", false],
          ["[::1]", false],
          ["", false]
        ] as const) {
          const stream = yield* dialTls(server.text, anybody, { serverName: name })
          assert.strictEqual((yield* server.sockets.take).servername, sent)
          stream.close()
        }
      })
    )
  )

  it.live("presents our certificate", () =>
    withTransport(
      Effect.gen(function* () {
        const { ca, client } = yield* pki
        const server = yield* tlsServer(
          { cn: "s", dns: ["localhost"] },
          { requestCert: true, rejectUnauthorized: true, ca: ca.certPem }
        )
        const stream = yield* dialTls(server.text, verifiedServer)
        const peer = (yield* server.sockets.take).getPeerX509Certificate()
        assert.deepStrictEqual(peer?.raw, client.der)
        stream.close()
      })
    )
  )

  it.live("passes on the server's alert", () =>
    withTransport(
      Effect.gen(function* () {
        const server = yield* tlsServer({ cn: "s" }, { minVersion: "TLSv1.3" })
        const failure = yield* Effect.flip(dialTls(server.text, anybody, { options: tls12Options }))
        assert.deepInclude(failure, {
          _tag: "DialFailed",
          source: "backend",
          reason: "alert",
          message: "remote error: tls: protocol version not supported"
        })
      })
    )
  )

  it.live("says what else went wrong with the handshake", () =>
    withTransport(
      Effect.gen(function* () {
        const silent = yield* backend()
        const text = `127.0.0.1:${silent.port}`
        yield* Effect.gen(function* () {
          yield* stopTime
          const waiting = yield* Effect.forkChild(Effect.flip(dialTls(text, anybody, { millis: 150 })), {
            startImmediately: true
          })
          yield* silent.sockets.take
          assert.deepInclude(yield* passUntil(waiting), { reason: "timeout", message: "context deadline exceeded" })
        }).pipe(Effect.scoped)
        const leaving = yield* Effect.forkChild(Effect.flip(dialTls(text, anybody)), { startImmediately: true })
        ;(yield* silent.sockets.take).end()
        assert.deepInclude(yield* Fiber.join(leaving), { reason: "eof", message: "EOF" })
        const talking = yield* Effect.forkChild(Effect.flip(dialTls(text, anybody)), { startImmediately: true })
        ;(yield* silent.sockets.take).write("220 mail ESMTP\r\n")
        assert.deepInclude(yield* Fiber.join(talking), {
          reason: "plaintext",
          message:
            "tls: first record does not look like a TLS handshake (the target answered, but not in TLS: does its port speak TLS?)"
        })
        const resetting = yield* Effect.forkChild(Effect.flip(dialTls(text, anybody)), { startImmediately: true })
        const last = yield* silent.sockets.take
        last.resume()
        yield* event(last, "data")
        last.resetAndDestroy()
        assert.match((yield* Fiber.join(resetting)).message, /^read tcp .*: read: connection reset by peer$/)
      })
    )
  )
})

describe("TLS material", () => {
  it.live("is refused with a sentence when it is no good", () =>
    withTransport(
      Effect.gen(function* () {
        const transport = yield* Transport
        const { ca, client, server } = yield* pki
        const rsa = yield* Effect.promise(() => ca.issue({ cn: "r", key: "rsa" }))
        const why = (chainPem: string, keyPem: string) =>
          Effect.map(
            Effect.flip(
              transport.clientTls(
                { ...materialOf(undefined, []), identity: { chainPem, key: pemKey(keyPem) } },
                tlsOptions
              )
            ),
            ({ message }) => message
          )
        const token = { modulePath: "/m.so", tokenLabel: "t", pin: "1234" }
        const onToken = { chainPem: server.chainPem, key: { _tag: "Token", token } } as const
        const refusals = [
          transport.clientTls({ ...materialOf(undefined, []), identity: onToken }, tlsOptions),
          transport.serverTls(
            { ...materialOf(undefined, []), identity: onToken },
            { ...tlsOptions, requestCertificate: true, sendCaNames: true }
          )
        ]
        for (const refusal of refusals) {
          const error = yield* Effect.flip(refusal)
          assert.strictEqual(error._tag, "TlsMaterialError")
          assert.strictEqual(
            error.message,
            'tls: the private key is on the token "t" of /m.so, which cannot be used here'
          )
        }
        const mismatch = "tls: private key does not match public key"
        assert.strictEqual(yield* why(server.chainPem, client.keyPem), mismatch)
        assert.strictEqual(yield* why(server.chainPem, rsa.keyPem), mismatch)
        assert.match(yield* why("junk", client.keyPem), /^tls: failed to parse certificate: /)
        assert.match(yield* why(client.chainPem, "junk"), /^tls: failed to parse private key: /)
        const anchors = yield* Effect.flip(transport.clientTls(materialOf(undefined, ["junk"]), tlsOptions))
        assert.match(anchors.message, /^tls: /)
        const none = yield* Effect.flip(
          transport.serverTls(materialOf(undefined, []), { ...tlsOptions, requestCertificate: true, sendCaNames: true })
        )
        assert.strictEqual(none.message, "tls: no certificates configured")
      })
    )
  )
})
