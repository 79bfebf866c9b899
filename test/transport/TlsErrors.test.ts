import { isIP } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { hostPort, kernelPath, sniName, tcp, writtenPath } from "../../src/transport/EndpointNames.ts"
import { cause, isNormalEnd, lookupCause, reasonOf } from "../../src/transport/SystemErrors.ts"
import { alertNumber, explain, explainHandshake } from "../../src/transport/TlsErrors.ts"

const error = (code: string, more: Record<string, string> = {}) =>
  Object.assign(new Error(more.message ?? code), { code }, more)

const read = "read tcp 1.2.3.4:5->6.7.8.9:10"

describe("TLS errors", () => {
  it("find the peer's alert in OpenSSL's text, written out or packed", () => {
    const text = (message: string) => alertNumber(error("ERR_SSL_X", { message }))
    assert.strictEqual(text("40A7:error:0A000418:SSL routines:x:tlsv1 alert unknown ca:..:SSL alert number 48\n"), 48)
    assert.strictEqual(text("40A7:error:0A000418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca:file.c:1:"), 48)
    assert.isUndefined(text("40A7:error:0A0000C1:SSL routines:x:no shared cipher:file.c:1:"))
    assert.isUndefined(alertNumber(undefined))
  })

  const remote: ReadonlyArray<readonly [number, string]> = [
    [40, "handshake failure"],
    [42, "bad certificate"],
    [45, "expired certificate"],
    [46, "unknown certificate"],
    [48, "unknown certificate authority"],
    [70, "protocol version not supported"],
    [112, "unrecognized name"],
    [116, "certificate required"],
    [120, "no application protocol"],
    [99, "alert(99)"]
  ]
  for (const [number, words] of remote) {
    it(`say alert ${number} as Go does`, () => {
      const alert = error("ERR_SSL_SOME_ALERT", { message: `x:SSL alert number ${number}` })
      const expected = { reason: "alert", message: `remote error: tls: ${words}` } as const
      assert.deepStrictEqual(explain(alert, read), expected)
      assert.deepStrictEqual(explainHandshake(alert, "client", read), expected)
    })
  }

  it("say what is wrong with a handshake", () => {
    const table = [
      ["ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE", "no_cert", "tls: client didn't provide a certificate"],
      ["ERR_SSL_HTTP_REQUEST", "plaintext", "tls: first record does not look like a TLS handshake"],
      ["ERR_SSL_WRONG_VERSION_NUMBER", "plaintext", "tls: first record does not look like a TLS handshake"],
      ["ERR_SSL_UNSUPPORTED_PROTOCOL", "protocol", "tls: client offered only unsupported versions"],
      ["ERR_SSL_NO_SHARED_CIPHER", "protocol", "tls: no cipher suite supported by both client and server"],
      ["ERR_SSL_NO_SUITABLE_KEY_SHARE", "protocol", "tls: no key exchanges supported by both client and server"],
      ["ERR_SSL_SOMETHING_NEW", "protocol", "tls: something new"]
    ] as const
    for (const [code, reason, message] of table) {
      assert.deepStrictEqual(explainHandshake(error(code), "server", read), { reason, message })
    }
    assert.strictEqual(
      explainHandshake(error("ERR_SSL_UNSUPPORTED_PROTOCOL"), "client", read).message,
      "tls: server selected unsupported protocol version"
    )
  })

  it("list the versions of a client that has only old ones, as Go does", () => {
    const message = "tls: client offered only unsupported versions"
    const rows: ReadonlyArray<readonly [stated: number, suffix: string]> = [
      [0x0302, ": [302 301]"],
      [0x0301, ": [301]"],
      [0x0300, ": [300]"],
      [0x0303, ""]
    ]
    for (const [stated, suffix] of rows) {
      const explained = explainHandshake(error("ERR_SSL_UNSUPPORTED_PROTOCOL"), "server", read, stated)
      assert.deepStrictEqual(explained, { reason: "protocol", message: message + suffix })
    }
  })

  it("say that a target does not speak TLS", () => {
    const { message } = explainHandshake(error("ERR_SSL_WRONG_VERSION_NUMBER"), "client", read)
    assert.strictEqual(
      message,
      "tls: first record does not look like a TLS handshake (the target answered, but not in TLS: does its port speak TLS?)"
    )
  })

  it("tell a FIN during the handshake from a reset", () => {
    assert.deepStrictEqual(explainHandshake(error("ECONNRESET"), "client", read), { reason: "eof", message: "EOF" })
    assert.deepStrictEqual(explainHandshake(error("ECONNRESET", { syscall: "read" }), "client", read), {
      reason: "reset",
      message: `${read}: read: connection reset by peer`
    })
  })

  it("say what is wrong with a copy", () => {
    assert.strictEqual(
      explain(error("ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC"), read).message,
      "local error: tls: bad record MAC"
    )
    assert.strictEqual(explain(error("ETIMEDOUT"), read).message, `${read}: read: connection timed out`)
    assert.deepStrictEqual(explain(error("ODD", { message: "odd" }), read), { reason: "other", message: "odd" })
    assert.deepStrictEqual(explain("text", read), { reason: "other", message: "text" })
  })
})

describe("system errors", () => {
  it("use the Go program's words", () => {
    assert.strictEqual(cause(error("EADDRINUSE")), "address already in use")
    assert.strictEqual(cause(error("ENEW", { message: "new" })), "new")
    assert.strictEqual(lookupCause("h", error("ENOTFOUND")), "lookup h: no such host")
    assert.strictEqual(lookupCause("h", error("EAI_AGAIN")), "lookup h: temporary failure in name resolution")
    assert.strictEqual(reasonOf(error("ECONNREFUSED")), "connect_refused")
    assert.strictEqual(reasonOf(error("EHOSTUNREACH")), "unreachable")
    assert.strictEqual(reasonOf(undefined), "other")
  })

  it("know what a normal end is", () => {
    for (const code of ["ECONNRESET", "EPIPE", "ERR_STREAM_DESTROYED"]) assert.isTrue(isNormalEnd(error(code)))
    for (const code of ["ETIMEDOUT", "ERR_SSL_X", ""]) assert.isFalse(isNormalEnd(error(code)))
  })
})

describe("endpoint names", () => {
  it("are written as the log shows them", () => {
    assert.strictEqual(hostPort("1.2.3.4", 5), "1.2.3.4:5")
    assert.strictEqual(hostPort("::ffff:1.2.3.4", 5), "1.2.3.4:5")
    assert.strictEqual(hostPort("::1", 5), "[::1]:5")
    assert.strictEqual(tcp(undefined, undefined).address, "0.0.0.0:0")
    assert.strictEqual(kernelPath("@x"), "\0x")
    assert.strictEqual(writtenPath("\0x"), "@x")
    assert.strictEqual(writtenPath(""), "@")
  })

  it("go into SNI without brackets, zone and trailing dot, addresses not at all", () => {
    const sni = (text: string) => sniName(text, (name) => isIP(name) !== 0)
    assert.strictEqual(sni("Example.com."), "Example.com")
    for (const address of ["1.2.3.4", "1.2.3.4.", "1.2.3.4%x.", "[::1]", "::1", "fe80::1%eth0", "[fe80::1%eth0]", ""])
      assert.strictEqual(sni(address), "")
  })
})
