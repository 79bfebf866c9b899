import { copyFileSync, cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { echoBackend } from "../support/Backend.ts"
import { patience } from "../support/Changes.ts"
import { textOf } from "../support/Endpoint.ts"
import { can } from "../support/Machine.ts"
import { cells } from "../support/Matrix.ts"
import { Program } from "../support/Program.ts"
import { Stage } from "../support/Stage.ts"
import { makeCa } from "../support/TestCa.ts"
import { connectTls } from "../support/TlsClient.ts"

if (can("landlock"))
  describe("a sandboxed tunnel", () => {
    for (const workers of [0, 2]) {
      it(`serves and reloads renamed and relinked certificates with ${workers} workers`, {
        timeout: patience
      }, async () => {
        const [cell] = cells
        if (cell === undefined) return assert.fail("no cell")
        const stage = new Stage(cell)
        // Not below /tmp, which every rule set leaves open.
        const directory = mkdtempSync("/var/tmp/gt-sandboxed-")
        stage.defer(() => rmSync(directory, { recursive: true, force: true }))
        try {
          const ca = await makeCa("sandbox")
          const first = await ca.issue({ cn: "first", dns: ["localhost"] })
          const second = await ca.issue({ cn: "second", dns: ["localhost"] })
          const third = await ca.issue({ cn: "third", dns: ["localhost"] })
          const identity = await ca.issue({ cn: "client" })
          // The certificate as Kubernetes mounts one: a link to a link to a directory that is replaced.
          for (const [name, of] of [
            ["1", first],
            ["2", second]
          ] as const) {
            mkdirSync(join(directory, name))
            writeFileSync(join(directory, name, "both.pem"), of.chainPem + of.keyPem)
          }
          symlinkSync("1", join(directory, "data"))
          symlinkSync("data/both.pem", join(directory, "both.pem"))
          copyFileSync(ca.certPath, join(directory, "ca.pem"))
          const keystore = join(directory, "both.pem")

          const backend = await echoBackend(stage)
          const [listen, status] = [await stage.tcp(), await stage.tcp()]
          const target = textOf(backend.endpoint).replace("127.0.0.1", "localhost")
          const needs = [
            { kind: "read", of: "--keystore", text: keystore },
            { kind: "read", of: "--cacert", text: join(directory, "ca.pem") },
            { kind: "bind", of: "--listen", text: textOf(listen) },
            { kind: "bind", of: "--status", text: textOf(status) },
            { kind: "connect", of: "--target", text: target }
          ]
          const config = {
            listen: textOf(listen),
            target,
            credentials: { _tag: "Keystore", path: keystore },
            caBundlePath: join(directory, "ca.pem"),
            access: { _tag: "AnyVerified" },
            status: { address: textOf(status) },
            workers
          }
          const tunnel = new Program(stage, process.execPath, [
            `${import.meta.dirname}/support/SandboxedTunnel.ts`,
            JSON.stringify(needs),
            JSON.stringify(config)
          ])
          await tunnel.waitForLine(/listening for connections on/)
          assert.match(tunnel.stdout, /landlock ABI \d+: enforced: files/)
          const echo = async (name: string) => {
            const peer = await connectTls(stage, { to: listen, ca, identity })
            assert.strictEqual(peer.peerName, name)
            await peer.echo("hello")
            peer.destroy()
          }
          await echo("first")
          const answer = await fetch(`http://${textOf(status)}/_status`)
          assert.strictEqual(answer.status, 200, await answer.text())

          symlinkSync("2", join(directory, "data.next"))
          renameSync(join(directory, "data.next"), join(directory, "data"))
          tunnel.signal("SIGHUP")
          await tunnel.waitForLine(/reloading configuration complete/)
          await echo("second")

          writeFileSync(`${keystore}.next`, third.chainPem + third.keyPem)
          renameSync(`${keystore}.next`, keystore)
          tunnel.signal("SIGHUP")
          await tunnel.waitForLine(/reloading configuration complete/, 2)
          await echo("third")

          // Out of the directories it needs nothing can be read, on a reload as little as before.
          const outside = mkdtempSync("/var/tmp/gt-outside-")
          stage.defer(() => rmSync(outside, { recursive: true, force: true }))
          cpSync(join(directory, "1", "both.pem"), join(outside, "both.pem"))
          symlinkSync(join(outside, "both.pem"), `${keystore}.next`)
          renameSync(`${keystore}.next`, keystore)
          tunnel.signal("SIGHUP")
          assert.match(await tunnel.waitForLine(/error reloading TLS configuration/), /permission denied/)
          await echo("third")

          tunnel.signal("SIGTERM")
          assert.deepStrictEqual(await tunnel.exit(), { code: 0, signal: null })
          assert.strictEqual(tunnel.stderr, "")
        } catch (error) {
          throw new Error(stage.transcripts.map((show) => show()).join("\n"), { cause: error })
        } finally {
          await stage.close()
        }
      })
    }
  })
else it("is not to be had on this kernel", () => assert.isFalse(can("landlock")))
