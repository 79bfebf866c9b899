/**
 * Proves the native transport on the running machine before anything depends on it: the functions exist, OpenSSL is the one
 * Node says it is, structures lie as the table says, and two sessions can talk to each other.
 */
import { createPrivateKey, generateKeyPairSync, sign } from "node:crypto"
import { Effect, Exit } from "effect"
import { verifyChain } from "../../access/ChainVerifier.ts"
import { pemKey, type TlsMaterial } from "../../credentials/TlsMaterial.ts"
import { AGAIN, END } from "./Channel.ts"
import { Epoll, layoutOf, Sock, Ssl } from "./Layout.ts"
import { loadNative, type Native } from "./Native.ts"
import { TlsSession } from "./TlsSession.ts"
import type { Examination } from "./Verifier.ts"

const der = (tag: number, ...parts: ReadonlyArray<Uint8Array>): Buffer => {
  const body = Buffer.concat(parts)
  const size = body.length
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}

/** A self-signed certificate for this test. */
const passport = (): TlsMaterial => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
  const algorithm = der(0x30, Buffer.from("06082a8648ce3d040302", "hex"))
  const name = der(0x30)
  const dates = der(0x30, der(0x17, Buffer.from("200101000000Z")), der(0x17, Buffer.from("490101000000Z")))
  const version = der(0xa0, Buffer.from("020102", "hex"))
  const key = publicKey.export({ type: "spki", format: "der" })
  const body = der(0x30, version, Buffer.from("020101", "hex"), algorithm, name, dates, name, key)
  const certificate = der(0x30, body, algorithm, der(0x03, Buffer.from([0]), sign("sha256", body, privateKey)))
  const chainPem = `-----BEGIN CERTIFICATE-----\n${certificate.toString("base64")}\n-----END CERTIFICATE-----\n`
  const keyPem = createPrivateKey(privateKey.export({ type: "pkcs8", format: "pem" })).export({
    type: "pkcs8",
    format: "pem"
  })
  return {
    generation: 0,
    identity: { chainPem, key: pemKey(keyPem.toString()) },
    subject: "",
    trustAnchors: [chainPem]
  }
}

const anyPeer = { usage: "", host: undefined }

const nothing = (): void => {}

/** Milliseconds. */
const soon = 5_000

const check = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(what)
}

/** An epoll of its own gives back what it was told about a socket. */
const checkEpoll = ({ thread }: Native, fd: number): void => {
  const layout = layoutOf(process.arch)
  if (layout === undefined) throw new Error("unknown processor")
  const { f } = thread
  const { data, size } = layout.epollEvent
  const serial = 0x0bad_cafe
  const event = Buffer.from(new ArrayBuffer(size))
  event.writeUInt32LE(Epoll.OUT, 0)
  event.writeInt32LE(fd, data)
  event.writeUInt32LE(serial, data + 4)
  const epoll = f.epoll_create1(Epoll.CLOEXEC)
  try {
    check(epoll >= 0 && f.epoll_ctl(epoll, Epoll.ADD, fd, event) === 0, "epoll does not work")
    const { bytes, at } = thread.scratch
    check(f.epoll_wait(epoll, at, 2, 0) === 1, "epoll reports nothing")
    check(bytes.readUInt32LE(0) === Epoll.OUT, "epoll reports other events")
    check(bytes.readInt32LE(data) === fd && bytes.readUInt32LE(data + 4) === serial, "epoll_event has another layout")
    const loop = thread.bound.ffi.getCurrentEventLoop()
    check(f.epoll_ctl(epoll, Epoll.ADD, f.uv_backend_fd(loop), event) === 0, "libuv's loop cannot be waited for")
  } finally {
    f.close(epoll)
  }
}

/** libuv tells how long its loop would wait: that is how long a thread may sleep elsewhere. */
const checkPatience = ({ thread }: Native): void => {
  const { f } = thread
  const loop = thread.bound.ffi.getCurrentEventLoop()
  const timer = setTimeout(nothing, soon)
  const patience = f.uv_backend_timeout(loop)
  const immediate = setImmediate(nothing)
  const none = f.uv_backend_timeout(loop)
  clearImmediate(immediate)
  clearTimeout(timer)
  check(patience >= 0 && patience <= soon, "libuv does not tell when the next timer is due")
  check(none === 0, "libuv would wait in spite of an immediate")
}

/** Two sessions on a pair of sockets: handshake with both verdicts, bytes, close_notify. */
const checkTls = Effect.fnUntraced(function* (native: Native, client: number, server: number) {
  const material = passport()
  const alpn = "self-test"
  const options = { maxVersion: "TLSv1.3", cipherGroups: ["AES", "CHACHA"], alpn: ["unknown", alpn] } as const
  const serverTls = yield* native.contexts.server(material, { ...options, requestCertificate: true, sendCaNames: true })
  const clientTls = yield* native.contexts.client(material, { ...options, alpn: [alpn] })
  const session = (role: "server" | "client") =>
    Effect.acquireRelease(
      Effect.sync(() => {
        const made = TlsSession.of(native.thread, (role === "server" ? serverTls : clientTls).context, role)
        if (made === undefined) throw new Error("SSL_new fails")
        check(made.attach(role === "server" ? server : client), "SSL_set_fd fails")
        return made
      }),
      (made) => Effect.sync(() => made.free())
    )
  const ends = [yield* session("client"), yield* session("server")] as const
  const examinations = (["client", "server"] as const).map(
    (role): Examination => ({
      role,
      paths: (role === "server" ? serverTls : clientTls).context.paths,
      judge: ({ chain, paths }) => ({
        _tag: "Admitted",
        by: paths === undefined ? "unverified" : verifyChain(paths, chain, anyPeer, new Date(), undefined)._tag
      }),
      connection: () => ({}),
      fd: -1,
      chain: [],
      verdict: undefined
    })
  )
  let done = 0
  for (let turn = 0; turn < 16 && done < 2; turn++) {
    done = 0
    ends.forEach((end, index) => {
      const examination = examinations[index]
      if (examination !== undefined && end.handshake(native.verifier, examination) === "done") done++
    })
  }
  check(done === 2, "a handshake does not come to an end")
  for (const { chain, verdict } of examinations) {
    check(verdict?._tag === "Admitted" && verdict.by === "Verified", "a certificate is not verified")
    check(chain.length === 1, "a certificate is not shown")
  }
  check(
    ends.every((end) => end.facts([], "").alpn === alpn),
    "application protocols are not agreed on"
  )
  const [from, to] = ends
  const { bytes, at } = native.thread.scratch
  bytes.fill(0x5a, 0, 1000)
  check(from.write(at, 1000) === 1000 && from.flush(), "a record is not written")
  bytes.fill(0, 0, 1000)
  check(to.fill() === 1000 && bytes.subarray(0, 1000).every((byte) => byte === 0x5a), "a record does not arrive")
  check(to.fill() === AGAIN, "reading does not wait")
  check(from.endWrites() && to.fill() === END, "close_notify does not arrive")
})

/** Why the native transport cannot be used here; undefined when it can. */
export const selfTest = (): string | undefined => {
  try {
    const native = loadNative()
    const { f } = native.thread
    const version = native.thread.constant(f.OpenSSL_version(Ssl.VERSION_STRING))
    check(process.versions.openssl.split("+")[0] === version, `OpenSSL is ${version}`)
    const pair = Buffer.from(new ArrayBuffer(8))
    check(f.socketpair(Sock.AF_UNIX, Sock.STREAM | Sock.NONBLOCK | Sock.CLOEXEC, 0, pair) === 0, "no sockets")
    const fds = [pair.readInt32LE(0), pair.readInt32LE(4)] as const
    try {
      checkEpoll(native, fds[0])
      checkPatience(native)
      const exit = Effect.runSyncExit(Effect.scoped(checkTls(native, ...fds)))
      if (Exit.isFailure(exit)) throw new Error(exit.cause.toString())
    } finally {
      for (const fd of fds) f.close(fd)
    }
    return undefined
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).split("\n")[0]
  }
}
