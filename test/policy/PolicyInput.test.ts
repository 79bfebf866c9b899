import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { certificateInput, policyInput } from "../../src/policy/PolicyInput.ts"
import { pemBlocks } from "../../src/policy/rego/certificates/Pem.ts"
import { jsonText, parseJson } from "../../src/policy/rego/values/Json.ts"

const golden = (name: string) => readFileSync(join(import.meta.dirname, "rego/certificates/golden", name), "utf8")
const der = (name: string) => pemBlocks(golden(`${name}.pem`))[0]?.der ?? assert.fail("no certificate")
const certificate = (name: string) => Result.getOrThrow(certificateInput(der(name)))

describe("the input of a policy", () => {
  it.each(["rsa", "ecdsa", "ed25519", "ca-rsa"])("is the captured one for %s.pem", (name) => {
    assert.strictEqual(jsonText(policyInput(certificate(name))), jsonText(parseJson(golden(`${name}.json`))))
  })

  it("names what is known of the connection, and null for the rest", () => {
    const input = policyInput(certificate("rsa"), {
      remoteAddress: "10.1.2.3",
      remotePort: 4000,
      tlsVersion: "TLSv1.3"
    })
    const connection = input.get("connection") ?? assert.fail("no connection")
    assert.strictEqual(
      jsonText(connection),
      '{"alpn":null,"remote_address":"10.1.2.3","remote_port":4000,"server_name":null,"tls_version":"TLSv1.3"}'
    )
  })

  it("cannot be made of what is no certificate", () => {
    assert.isTrue(Result.isFailure(certificateInput(Buffer.from("no certificate"))))
  })
})
