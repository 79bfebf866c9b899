import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { receiptLine } from "../../src/runtime/Landlock.ts"
import { applicationFiles, libraryDirectories } from "../../src/runtime/LandlockHost.ts"
import { coverage, handledFs, handledNet, pathRights } from "../../src/runtime/LandlockRights.ts"
import { loadNative } from "../../src/runtime/Native.ts"
import type { Need } from "../../src/runtime/Sandbox.ts"
import { can } from "../support/Machine.ts"
import { freePort, releasePort } from "../support/Ports.ts"
import type { ProbeOptions } from "./support/SandboxProbe.ts"

describe("rights", () => {
  it("are those of the kernel's version", () => {
    assert.deepStrictEqual(
      [0, 1, 2, 3, 4, 5, 8, 99].map((abi) => handledFs(abi).toString(2).length),
      [1, 13, 14, 15, 15, 16, 16, 16]
    )
    for (const abi of [1, 2, 3, 5, 8]) assert.match(handledFs(abi).toString(2), /^1+$/)
    assert.deepStrictEqual([handledNet(3, false), handledNet(4, false), handledNet(7, true)], [0, 3, 2])
  })

  it("are never more than a kind of file takes, and never moving or device ioctls", () => {
    assert.strictEqual(pathRights("read", true, 7), 0b1101)
    assert.strictEqual(pathRights("read", false, 7), 0b101)
    assert.strictEqual(pathRights("write", false, 7), 0b100_0000_0000_0111)
    assert.strictEqual(pathRights("write", false, 2), 0b111)
    assert.strictEqual(pathRights("write", true, 7), 0b101_1111_1111_1111)
    for (let abi = 1; abi < 10; abi++) assert.strictEqual(pathRights("write", true, abi) & ~handledFs(abi), 0)
  })

  it("are told in words", () => {
    const never = ["UDP", "connecting to UNIX sockets", "signals"]
    assert.deepStrictEqual(coverage(7, false).missing, never)
    assert.deepStrictEqual(coverage(7, true).missing, ["TCP listening", ...never])
    assert.deepStrictEqual(coverage(2, false).enforced, ["files"])
    assert.deepStrictEqual(coverage(0, false).enforced, [])
    assert.strictEqual(
      receiptLine({ mode: "auto", abi: 7, enforced: ["files"], notEnforced: ["UDP"], threadsOutside: ["a", "b", "a"] }),
      "landlock ABI 7: enforced: files; not enforced: UDP; threads outside: 2 a, b"
    )
  })
})

describe("the process's own files", () => {
  it("are found", () => {
    const maps = [
      "7f0-7f1 r-xp 00000000 fe:00 1 /usr/lib/x86_64-linux-gnu/libc.so.6",
      "7f0-7f1 r--p 00000000 fe:00 1 /usr/lib/x86_64-linux-gnu/libm.so.6",
      "7f0-7f1 r--p 00000000 fe:00 1 /opt/my libs/libx.so",
      "7f0-7f1 rw-p 00000000 00:00 0 [heap]",
      "7f0-7f1 r-xp 00000000 fe:00 1 /usr/bin/node"
    ].join("\n")
    assert.deepStrictEqual(libraryDirectories(maps), ["/usr/lib/x86_64-linux-gnu", "/opt/my libs"])
    assert.deepStrictEqual(applicationFiles("/p/dist/Start.mjs"), ["/p/dist", "/p/package.json"])
    assert.deepStrictEqual(applicationFiles("/p/src/runtime/X.ts"), ["/p/src", "/p/node_modules", "/p/package.json"])
  })
})

const abi = Result.getOrElse(loadNative().landlock.abi(), () => 0)

// Not below /tmp, which every rule set leaves open.
const directory = mkdtempSync("/var/tmp/gt-landlock-")
afterAll(() => rmSync(directory, { recursive: true, force: true }))
const secret = join(directory, "secret", "file")
const certificate = join(directory, "certs", "link.pem")
const socket = join(directory, "sockets", "s")
for (const name of ["secret", "certs", "store", "sockets"]) mkdirSync(join(directory, name))
writeFileSync(secret, "secret")
writeFileSync(join(directory, "store", "real.pem"), "pem")
symlinkSync("../store/real.pem", certificate)

interface Report {
  readonly before: ReadonlyArray<string>
  readonly receipt?: {
    readonly mode: string
    readonly abi: number
    readonly enforced: ReadonlyArray<string>
    readonly notEnforced: ReadonlyArray<string>
    readonly threadsOutside: ReadonlyArray<string>
  }
  readonly error?: string
  readonly lines: ReadonlyArray<string>
  readonly reads: Readonly<Record<string, unknown>>
  readonly writes: Readonly<Record<string, string>>
  readonly binds: Readonly<Record<string, string>>
  readonly connects: Readonly<Record<string, string>>
  readonly noNewPrivileges: boolean
}

const probe = (options: Partial<ProbeOptions>): Report => {
  const program = `${import.meta.dirname}/support/SandboxProbe.ts`
  const all: ProbeOptions = { mode: "auto", needs: [], reads: [], writes: [], binds: [], connects: [], ...options }
  const run = spawnSync(process.execPath, [program, JSON.stringify(all)], { encoding: "utf8" })
  assert.strictEqual(run.stderr, "")
  return JSON.parse(run.stdout)
}

const need = (kind: Need["kind"], name: string, text: string): Need => ({ kind, of: `--${name}`, text })
const everywhere = (outcome: string) => ({ main: outcome, pool: outcome, worker: outcome })

// A kernel without rules for ports cannot do what the product promises.
if (can("landlock"))
  describe("a sandboxed process", () => {
    it("is held back on the main thread, in the pool and in a worker, and lets through what it needs", async () => {
      const [listen, other, target, elsewhere] = [
        await freePort(),
        await freePort(),
        await freePort(),
        await freePort()
      ]
      const servers = [target, elsewhere].map((port) => createServer().listen(port, "127.0.0.1"))
      try {
        const report = await run(listen, other, target, elsewhere)
        assert.deepStrictEqual(report.reads, { [secret]: everywhere("EACCES"), [certificate]: everywhere("ok") })
        assert.deepStrictEqual(report.writes, { [join(directory, "certs", "new")]: "EACCES", "/dev/null": "ok" })
        assert.deepStrictEqual(report.binds, {
          [listen]: "ok",
          [other]: "EACCES",
          [socket]: "ok",
          [join(directory, "certs", "s")]: "EACCES"
        })
        assert.deepStrictEqual(report.connects, { [target]: "ok", [elsewhere]: "EACCES" })
        assert.isTrue(report.noNewPrivileges)
        assert.deepStrictEqual(
          report.receipt?.enforced,
          ["files", "truncating files", "device ioctls", "TCP listening", "TCP connecting"].filter(
            (name) => abi >= 5 || name !== "device ioctls"
          )
        )
        // Nothing but V8's and Node's own helpers, and they are named.
        assert.deepStrictEqual(report.receipt?.threadsOutside, abi >= 8 ? [] : report.before)
        assert.isEmpty(report.before.filter((name) => name.startsWith("libuv")))
        assert.isNotEmpty(report.before)
        assert.strictEqual(report.lines[0], "setting up landlock rules to limit process privileges")
        assert.match(report.lines[1] ?? "", /^landlock ABI \d+: enforced: files, .*; threads outside: /)
        assert.lengthOf(report.lines, 2)
      } finally {
        for (const server of servers) server.close()
        for (const port of [listen, other, target, elsewhere]) releasePort(port)
      }
    })

    const run = async (listen: number, other: number, target: number, elsewhere: number) => {
      const { promisify } = await import("node:util")
      const { execFile } = await import("node:child_process")
      const options: ProbeOptions = {
        mode: "require",
        needs: [
          need("read", "cert", certificate),
          need("bind", "listen", `127.0.0.1:${listen}`),
          need("bind", "status", `unix:${socket}`),
          need("connect", "target", `127.0.0.1:${target}`)
        ],
        reads: [secret, certificate],
        writes: [join(directory, "certs", "new"), "/dev/null"],
        binds: [listen, other, socket, join(directory, "certs", "s")],
        connects: [target, elsewhere]
      }
      // Not spawnSync: the servers it connects to run in this process.
      const program = `${import.meta.dirname}/support/SandboxProbe.ts`
      const { stderr, stdout } = await promisify(execFile)(process.execPath, [program, JSON.stringify(options)])
      assert.strictEqual(stderr, "")
      const report: Report = JSON.parse(stdout)
      return report
    }

    it("drops a rule that makes no sense, and only that one", () => {
      const report = probe({
        needs: [
          need("connect", "metrics-url", "http://x:port/"),
          need("bind", "status", "unix:/no/such/s"),
          need("read", "cert", certificate)
        ],
        reads: [secret, certificate],
        binds: [1]
      })
      assert.deepStrictEqual(report.lines.slice(0, 3), [
        "setting up landlock rules to limit process privileges",
        "warning: unable to set up landlock: no rule for --metrics-url: not a URL",
        "warning: unable to set up landlock: no rule for --status: /no/such: no such directory"
      ])
      assert.deepStrictEqual(report.reads, { [secret]: everywhere("EACCES"), [certificate]: everywhere("ok") })
      assert.deepStrictEqual(report.binds, { 1: "EACCES" })
    })

    it("may listen anywhere when it has to take any port, and says so", () => {
      const needs = [need("bind", "listen", "127.0.0.1:0")]
      const report = probe({ needs, reads: [secret], binds: [0], connects: [1] })
      assert.deepStrictEqual(report.binds, { 0: "ok" })
      assert.deepStrictEqual(report.connects, { 1: "EACCES" })
      assert.include(report.receipt?.notEnforced ?? [], "TCP listening")
      assert.match(report.lines[1] ?? "", /^warning: unable to set up landlock: --listen "127.0.0.1:0" names no port/)
      const required = probe({ mode: "require", needs, reads: [secret] })
      assert.strictEqual(required.error, "--sandbox=require: listening needs a fixed port")
      assert.deepStrictEqual(required.reads, { [secret]: everywhere("ok") })
    })

    it("names helper threads that were there too early, and refuses them when it must hold", () => {
      const report = probe({ poolFirst: true, reads: [secret] })
      assert.include(report.before, "libuv-worker")
      if (abi >= 8) return
      assert.include(report.receipt?.threadsOutside ?? [], "libuv-worker")
      assert.include(report.lines, "warning: unable to set up landlock: helper threads exist already and stay outside")
      assert.strictEqual(
        probe({ mode: "require", poolFirst: true }).error,
        "--sandbox=require: helper threads exist already that would stay outside"
      )
    })
  })

describe("without a sandbox", () => {
  it("says what is the matter", () => {
    const off = probe({ mode: "off", reads: [secret], binds: [0] })
    assert.deepStrictEqual([off.lines, off.receipt?.enforced, off.receipt?.mode], [[], [], "off"])
    assert.deepStrictEqual(off.reads, { [secret]: everywhere("ok") })
    assert.isFalse(off.noNewPrivileges)

    const pkcs11 = probe({ pkcs11: true, reads: [secret] })
    assert.deepStrictEqual(pkcs11.lines, [
      "note: using pkcs11, skipping landlock setup (landlock is not compatible with pkcs11)"
    ])
    assert.deepStrictEqual(pkcs11.reads, { [secret]: everywhere("ok") })
    assert.strictEqual(
      probe({ pkcs11: true, mode: "require" }).error,
      "--sandbox=require: not possible with a PKCS#11 module"
    )

    const none = probe({ native: "null", reads: [secret] })
    assert.deepStrictEqual(none.lines, [
      "setting up landlock rules to limit process privileges",
      "warning: unable to set up landlock: node:ffi is not available",
      "note: kernel does not support landlock net rules, TCP ports are not restricted"
    ])
    assert.deepStrictEqual([none.receipt?.abi, none.receipt?.enforced], [0, []])
    assert.strictEqual(
      probe({ native: "null", mode: "require" }).error,
      "--sandbox=require: this kernel's Landlock ABI is 0, 4 is needed"
    )
  })
})
