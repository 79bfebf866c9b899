import { assert, describe, it } from "@effect/vitest"
import { type Need, needOf } from "../../src/runtime/Sandbox.ts"
import { relativePathError } from "../../src/runtime/WorkingDirectory.ts"

const need = (kind: Need["kind"], name: string, text: string): ReadonlyArray<Need> => {
  const found = needOf({ name, sandbox: kind }, text)
  return found === undefined ? [] : [found]
}
const env = { CREDENTIALS_DIRECTORY: "/run/credentials/tunnel" }

describe("relativePathError", () => {
  for (const [kind, name, text, path] of [
    ["read", "cert", "server.pem", "server.pem"],
    ["bind", "listen", "unix:run/socket", "run/socket"],
    ["connect", "target", "unix:./socket", "./socket"],
    ["connect", "use-workload-api-addr", "unix://agent.sock", "agent.sock"]
  ] as const) {
    it(`names --${name} ${text}`, () => {
      assert.strictEqual(
        relativePathError(need(kind, name, text), env),
        `--${name} "${path}" is relative, and the working directory has been deleted: give an absolute path`
      )
    })
  }

  for (const [kind, text] of [
    ["read", "/etc/server.pem"],
    ["read", "credential:storepass"],
    ["bind", "unix:/run/socket"],
    ["bind", "unix:@abstract"],
    ["bind", "http://localhost:6060"],
    ["bind", "systemd:http"],
    ["connect", "localhost:8080"],
    ["connect", "https://collector.test/v1"],
    ["proxy", "http://proxy.test"],
    ["connect", "no address"],
    ["acme", "example.test"]
  ] as const) {
    it(`passes ${kind} ${text}`, () => {
      assert.isUndefined(relativePathError(need(kind, "flag", text), env))
    })
  }
})
