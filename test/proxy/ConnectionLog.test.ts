import { assert, describe, it } from "@effect/vitest"
import * as ConnectionLog from "../../src/proxy/ConnectionLog.ts"
import type { ConnectionRecord, PipeEnd } from "../../src/proxy/ConnectionRecord.ts"

const accepted: PipeEnd = { network: "tcp", address: "127.0.0.1:5", peer: "CN=client" }
const dialled: PipeEnd = { network: "unix", address: "@", peer: "no tls" }

const records: ReadonlyArray<readonly [ConnectionRecord, string, string]> = [
  [
    { _tag: "Opened", at: 0, accepted, dialled },
    "opening pipe: tcp:127.0.0.1:5 [CN=client] <-> unix:@ [no tls] ",
    "conns"
  ],
  [
    {
      _tag: "Closed",
      at: 0,
      accepted,
      dialled,
      forwarded: 3000,
      returned: 4 * 1024 * 1024,
      nanos: 1_517_300_000,
      reason: "eof"
    },
    "closed pipe: tcp:127.0.0.1:5 [CN=client] <-> unix:@ [no tls] [forwarded 2.9 KiB, returned 4.0 MiB, open 1.517s]",
    "conns"
  ],
  [
    { _tag: "HandshakeFailed", at: 0, remote: accepted, source: "peer", reason: "eof", message: "EOF" },
    "error on TLS handshake from 127.0.0.1:5: EOF",
    "handshake-errs"
  ],
  [
    { _tag: "DialFailed", at: 0, source: "us", reason: "cancelled", message: "context canceled" },
    "error on dial: context canceled",
    "conn-errs"
  ],
  [
    { _tag: "CopyFailed", at: 0, source: "peer", reason: "timeout", message: "i/o timeout" },
    "error during copy: i/o timeout",
    "conn-errs"
  ],
  [
    { _tag: "AcceptFailed", at: 0, reason: "descriptors", message: "too many open files" },
    "error accepting connection: too many open files",
    "conn-errs"
  ]
]

describe("ConnectionLog", () => {
  for (const [record, line, quiet] of records) {
    it(`words ${record._tag} and silences it with ${quiet} alone`, () => {
      assert.strictEqual(ConnectionLog.line(record), line)
      for (const silenced of ["conns", "conn-errs", "handshake-errs", "all"] as const) {
        const written: Array<string> = []
        ConnectionLog.sink((_event, message) => written.push(message), [silenced], "text", "")(record)
        assert.deepStrictEqual(written, silenced === quiet || silenced === "all" ? [] : [line])
      }
    })
  }

  it("asks the threads for no more than it shows", () => {
    const none = { pipes: false, facts: false }
    assert.deepStrictEqual(ConnectionLog.interestOf([], "text"), { pipes: true, facts: false })
    assert.deepStrictEqual(ConnectionLog.interestOf([], "json"), { pipes: true, facts: true })
    assert.deepStrictEqual(ConnectionLog.interestOf(["conns"], "text"), none)
    assert.deepStrictEqual(ConnectionLog.interestOf(["conns"], "json"), { pipes: false, facts: true })
    assert.deepStrictEqual(ConnectionLog.interestOf(["all"], "json"), none)
    assert.deepStrictEqual(ConnectionLog.interestOf(["conns", "conn-errs", "handshake-errs"], "json"), none)
  })

  it("shows in the text log no cut that the Go program has no line for", () => {
    const written: Array<string> = []
    const write = (message: string) => written.push(message)
    ConnectionLog.sink(write, [], "text", "app")({ _tag: "Aborted", at: 0, nanos: 0, reason: "shutdown" })
    assert.deepStrictEqual(written, [])
  })

  it("says once a generation why peers of unknown status are admitted, whatever threads say it", () => {
    const written: Array<string> = []
    const sink = ConnectionLog.sink(
      (_event, message) => written.push(message),
      ["conns", "conn-errs", "handshake-errs"],
      "text",
      "app"
    )
    const say = (generation: number, why: string) => sink({ _tag: "RevocationUnknown", at: 0, generation, why })
    say(1, "a")
    say(1, "a")
    say(1, "b")
    say(2, "a")
    say(1, "a")
    say(2, "a")
    const line = "warning: admitting peers whose revocation status is unknown (--crl-mode=warn): "
    assert.deepStrictEqual(written, [`${line}a`, `${line}b`, `${line}a`])
    ConnectionLog.sink(
      (_event, message) => written.push(message),
      ["all"],
      "text",
      "app"
    )({ _tag: "RevocationUnknown", at: 0, generation: 1, why: "a" })
    assert.strictEqual(written.length, 3)
  })

  for (const [bytes, text] of [
    [0, "0 bytes"],
    [1023, "1023 bytes"],
    [1024, "1.0 KiB"],
    [3000, "2.9 KiB"],
    [4 * 1024 ** 2, "4.0 MiB"],
    [5.5 * 1024 ** 3, "5.5 GiB"],
    [1024 ** 4, "1.0 TiB"]
  ] as const) {
    it(`prints ${bytes} bytes as ${text}`, () => assert.strictEqual(ConnectionLog.formatBytes(bytes), text))
  }

  for (const [nanos, text] of [
    [796_220, "796.22µs"],
    [49_400_000, "49ms"],
    [1_517_000_000, "1.517s"],
    [90_000_000_000, "1m30s"],
    [3_600_500_000_000, "1h0m0.5s"]
  ] as const) {
    it(`prints ${nanos} ns as ${text}`, () => assert.strictEqual(ConnectionLog.formatOpen(nanos), text))
  }
})
