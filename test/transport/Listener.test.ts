import { spawn } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, rmSync, watch, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Result, Scope } from "effect"
import { loadNative } from "../../src/runtime/Native.ts"
import { type Descriptors, type RawConnection, Transport } from "../../src/transport/Transport.ts"
import { eventually } from "../support/Changes.ts"
import {
  address,
  backend,
  endpoint,
  event,
  Inbox,
  listening,
  plainPeer,
  portOf,
  readAll,
  readBytes,
  within,
  withTransport
} from "./support/Harness.ts"
import { patient } from "./support/PumpStage.ts"

const directory = mkdtempSync(join(tmpdir(), "gt-listener-"))
afterAll(() => rmSync(directory, { recursive: true }))

const listen = (text: string, admit: () => boolean = () => true, descriptors?: Descriptors) =>
  Effect.gen(function* () {
    const raws = new Inbox<RawConnection>()
    const transport = yield* Transport
    const listener = yield* transport.listen({
      address: address(text),
      reusePort: false,
      admit,
      giveBack: () => {},
      onConnection: raws.put,
      onAcceptError: () => {},
      descriptors
    })
    return { listener, raws }
  })

const bindError = (text: string) => Effect.map(Effect.flip(listen(text)), ({ message }) => message)

describe("binding", () => {
  it.live("takes an empty host as all of IPv4 only", () =>
    withTransport(
      Effect.gen(function* () {
        const { listener } = yield* listen(":0")
        assert.match(listener.bound.address, /^0\.0\.0\.0:\d+$/)
      })
    )
  )

  it.live("resolves a name to IPv4 first", () =>
    withTransport(
      Effect.gen(function* () {
        const { listener } = yield* listen("localhost:0")
        assert.match(listener.bound.address, /^127\.0\.0\.1:\d+$/)
      })
    )
  )

  it.live("serves both families on [::], IPv4 peers shown as such", () =>
    withTransport(
      Effect.gen(function* () {
        const { listener, raws } = yield* listen("[::]:0")
        listener.resume()
        yield* plainPeer({ host: "127.0.0.1", port: portOf(listener) })
        assert.match((yield* raws.take).remote.address, /^127\.0\.0\.1:\d+$/)
        yield* plainPeer({ host: "::1", port: portOf(listener) })
        assert.match((yield* raws.take).remote.address, /^\[::1\]:\d+$/)
      })
    )
  )

  for (const at of ["127.0.0.1:0", `unix:${join(directory, "waiting")}`]) {
    it.live(`accepts nothing before it is resumed (${at.replace(directory, "")})`, () =>
      withTransport(
        Effect.gen(function* () {
          const duplicate = (fd: number) => Result.getOrUndefined(loadNative().duplicate(fd))
          const { listener, raws } = yield* listen(at, () => true, { scarce: () => false, duplicate })
          const { address, network } = listener.bound
          const before = readdirSync("/proc/self/fd").length
          const clients = yield* Effect.forEach(Array.from({ length: 5 }), () =>
            plainPeer(network === "unix" ? { path: address } : { host: "127.0.0.1", port: portOf(listener) })
          )
          // One whole turn of the loop: what polls the listener has had its chance.
          yield* Effect.promise(() => new Promise((resolve) => setImmediate(() => setImmediate(resolve))))
          assert.strictEqual(readdirSync("/proc/self/fd").length - before, clients.length)
          listener.resume()
          for (const _ of clients) yield* raws.take
        })
      )
    )
  }

  it.live("serves UNIX sockets, and removes the file at once when stopped", () =>
    withTransport(
      Effect.gen(function* () {
        const path = join(directory, "plain.sock")
        const { listener, raws } = yield* listen(`unix:${path}`)
        assert.deepStrictEqual(listener.bound, { network: "unix", address: path })
        listener.resume()
        yield* plainPeer({ path })
        assert.deepStrictEqual((yield* raws.take).remote, { network: "unix", address: "@" })
        listener.stop()
        assert.isFalse(existsSync(path))
        listener.stop()
      })
    )
  )

  it.live("never misses its file while clients wait for descriptors", () =>
    withTransport(
      Effect.gen(function* () {
        const path = join(directory, "kept.sock")
        let scarce = true
        const { listener, raws } = yield* listen(`unix:${path}`, undefined, {
          scarce: () => scarce,
          duplicate: (fd) => Result.getOrUndefined(loadNative().duplicate(fd))
        })
        const changed: Array<string | null> = []
        const watcher = watch(directory, (_event, name) => changed.push(name))
        yield* Effect.addFinalizer(() => Effect.sync(() => watcher.close()))
        listener.resume()
        yield* plainPeer({ path })
        yield* raws.take
        yield* plainPeer({ path })
        scarce = false
        yield* raws.take
        // What has happened to the directory is told in order.
        yield* Effect.promise(() =>
          eventually("the marker", async () => {
            writeFileSync(join(directory, "marker"), "")
            return changed.includes("marker") || undefined
          })
        )
        assert.notInclude(changed, "kept.sock")
        listener.stop()
        assert.isFalse(existsSync(path))
      })
    )
  )

  it.live("serves abstract sockets", () =>
    withTransport(
      Effect.gen(function* () {
        const name = `@gt-${process.pid}`
        const { listener, raws } = yield* listen(`unix:${name}`)
        assert.deepStrictEqual(listener.bound, { network: "unix", address: name })
        listener.resume()
        yield* plainPeer({ path: `\0${name.slice(1)}` })
        yield* raws.take
      })
    )
  )

  it.live("takes over a descriptor that listens already", () =>
    withTransport(
      Effect.gen(function* () {
        const given = createServer()
        yield* Effect.callback<void>((resume) => void given.listen(0, "127.0.0.1", () => resume(Effect.void)))
        yield* Effect.addFinalizer(() => Effect.sync(() => given.close()))
        const handle: unknown = Reflect.get(given, "_handle")
        const fd: unknown = typeof handle === "object" && handle !== null ? Reflect.get(handle, "fd") : undefined
        const child = spawn(process.execPath, [join(import.meta.dirname, "support/InheritedListener.ts")], {
          stdio: ["ignore", "pipe", "inherit", typeof fd === "number" ? fd : -1]
        })
        const bound = given.address()
        const said = yield* Effect.promise(async () => {
          assert.isNotNull(child.stdout)
          let text = ""
          for await (const chunk of child.stdout ?? []) text += chunk
          return text
        })
        assert.strictEqual(said.trim(), `tcp 127.0.0.1:${typeof bound === "object" ? bound?.port : ""}`)
      })
    )
  )

  it.live("shares a port when asked to, and only then", () =>
    withTransport(
      Effect.gen(function* () {
        const transport = yield* Transport
        const shared = (text: string, reusePort: boolean) =>
          transport.listen({
            address: address(text),
            reusePort,
            admit: () => true,
            giveBack: () => {},
            onConnection: () => {},
            onAcceptError: () => {}
          })
        const first = yield* shared("127.0.0.1:0", true)
        const second = yield* shared(first.bound.address, true)
        assert.strictEqual(second.bound.address, first.bound.address)
        const failure = yield* Effect.flip(shared(first.bound.address, false))
        assert.strictEqual(failure.message, `listen tcp ${first.bound.address}: bind: address already in use`)
      })
    )
  )
})

describe("a bind that fails", () => {
  it.live("says why in the Go program's words", () =>
    withTransport(
      Effect.gen(function* () {
        const taken = yield* backend()
        assert.strictEqual(
          yield* bindError(`127.0.0.1:${taken.port}`),
          `listen tcp 127.0.0.1:${taken.port}: bind: address already in use`
        )
        assert.strictEqual(
          yield* bindError("203.0.113.1:0"),
          "listen tcp 203.0.113.1:0: bind: cannot assign requested address"
        )
        assert.match(yield* bindError("nosuch.invalid:0"), /^listen tcp: lookup nosuch\.invalid: /)
        const stale = join(directory, "stale.sock")
        writeFileSync(stale, "")
        assert.strictEqual(yield* bindError(`unix:${stale}`), `listen unix ${stale}: bind: address already in use`)
        assert.isTrue(existsSync(stale))
        assert.strictEqual(
          yield* bindError("unix:/nosuch/x.sock"),
          "listen unix /nosuch/x.sock: bind: no such file or directory"
        )
        const long = `/tmp/${"x".repeat(120)}`
        assert.strictEqual(yield* bindError(`unix:${long}`), `listen unix ${long}: bind: invalid argument`)
        assert.include(yield* bindError("systemd:x"), "systemd:x")
      })
    )
  )
})

describe("taking connections", () => {
  it.live("starts paused, then serves the waiting ones in their order, as admission allows", () =>
    withTransport(
      Effect.gen(function* () {
        let slots = 1
        const { listener, raws } = yield* listen("127.0.0.1:0", () => slots > 0 && slots-- > 0)
        const peers = []
        for (let i = 0; i < 4; i++) peers.push(yield* plainPeer(endpoint(listener)))
        yield* Effect.sleep(50)
        assert.strictEqual(raws.size, 0)
        const ports = peers.map((peer) => `127.0.0.1:${peer.localPort}`)
        listener.resume()
        assert.strictEqual((yield* raws.take).remote.address, ports[0])
        assert.strictEqual(raws.size, 0)
        slots = 2
        listener.resume()
        // Synchronously: both are there when `resume` returns.
        assert.strictEqual(raws.size, 2)
        assert.strictEqual((yield* raws.take).remote.address, ports[1])
        assert.strictEqual((yield* raws.take).remote.address, ports[2])
        const late = yield* plainPeer(endpoint(listener))
        slots = 2
        listener.resume()
        assert.strictEqual((yield* raws.take).remote.address, ports[3])
        assert.strictEqual((yield* raws.take).remote.address, `127.0.0.1:${late.localPort}`)
      })
    )
  )

  it.live("loses nothing a client says while it waits", () =>
    withTransport(
      Effect.gen(function* () {
        const transport = yield* Transport
        const { listener, raws } = yield* listen("127.0.0.1:0")
        const behind = yield* backend()
        const peer = yield* plainPeer(endpoint(listener))
        peer.end("hello")
        yield* Effect.sleep(50)
        listener.resume()
        const accepted = yield* transport.accept(yield* raws.take, undefined)
        const dialled = yield* transport.dial({ target: behind.target, deadline: within() })
        yield* Effect.forkChild(transport.pump(accepted, dialled, patient), {
          startImmediately: true
        })
        assert.strictEqual(String(yield* readBytes(yield* behind.sockets.take, 5)), "hello")
      })
    )
  )

  for (const network of ["tcp", "unix"]) {
    it.live(`drops those still waiting when stopped (${network})`, () =>
      withTransport(
        Effect.gen(function* () {
          const text = network === "tcp" ? "127.0.0.1:0" : `unix:${join(directory, "parked.sock")}`
          const { listener, raws } = yield* listen(text, () => false)
          listener.resume()
          const peer = yield* plainPeer(endpoint(listener))
          const error = event(peer, "error")
          yield* Effect.sleep(30)
          const gone = network === "tcp" ? error : readAll(peer)
          listener.stop()
          peer.resume()
          const seen = yield* gone
          if (network === "tcp") assert.include(String(seen), "ECONNRESET")
          assert.strictEqual(raws.size, 0)
        })
      )
    )
  }

  it.live("refuses new clients once its scope has closed", () =>
    withTransport(
      Effect.gen(function* () {
        const transport = yield* Transport
        const scope = yield* Scope.make()
        const { listener } = yield* Scope.provide(listening(), scope)
        yield* Scope.close(scope, Exit.void)
        const failure = yield* Effect.flip(
          transport.dial({
            target: { _tag: "Tcp", text: "", host: "127.0.0.1", port: portOf(listener) },
            deadline: within()
          })
        )
        assert.strictEqual(failure.reason, "connect_refused")
      })
    )
  )

  it.live("sees a connection taken once only", () =>
    withTransport(
      Effect.gen(function* () {
        const transport = yield* Transport
        const { listener, raws } = yield* listening()
        const peer = yield* plainPeer(endpoint(listener))
        const raw = yield* raws.take
        const stream = yield* transport.accept(raw, undefined)
        assert.strictEqual((yield* Effect.exit(transport.accept(raw, undefined)))._tag, "Failure")
        raw.reset()
        stream.close()
        yield* readAll(peer)
        assert.isTrue(peer.readableEnded)
      })
    )
  )
})
