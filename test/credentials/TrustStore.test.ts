import { mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import fc from "fast-check"
import { parseCaBundle, readCaBundle, readSystemRoots } from "../../src/credentials/TrustStore.ts"
import { disposeTestCas, makeCa, testCaDirectory } from "../support/TestCa.ts"

afterAll(disposeTestCas)

const parse = (text: string) => Result.map(parseCaBundle(Buffer.from(text), "/ca.pem"), ({ anchors }) => anchors)
const failure = (result: Result.Result<unknown, string>): string | undefined =>
  Result.isFailure(result) ? result.failure : undefined
const noCertificates = /^unable to read certificates from CA bundle \(the file '\/ca\.pem' [a-z].*\)$/

describe("TrustStore", () => {
  it("takes every certificate for an anchor, once", async () => {
    const [ca, other] = await Promise.all([makeCa("A"), makeCa("B")])
    const intermediate = await ca.makeIntermediate("I")
    const leaf = await ca.issue({ cn: "leaf" })
    const all = [ca.certPem, intermediate.certPem, leaf.certPem, other.certPem]
    assert.deepStrictEqual(parse([...all, ca.certPem].join("text\n")), Result.succeed(all))
  })

  it("skips what is no plain certificate", async () => {
    const ca = await makeCa("A")
    const { keyPem } = await ca.issue({ cn: "leaf" })
    const headed = ca.certPem.replace("CERTIFICATE-----\n", "CERTIFICATE-----\nKey: value\n\n")
    const trusted = ca.certPem.replaceAll("CERTIFICATE", "TRUSTED CERTIFICATE")
    const pkcs7 = ca.certPem.replaceAll("CERTIFICATE", "PKCS7")
    const broken = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    const der = Buffer.concat([ca.der, Buffer.from([0])]).toString("base64")
    const trailing = `-----BEGIN CERTIFICATE-----\n${der}\n-----END CERTIFICATE-----\n`
    const useless = [headed, trusted, pkcs7, broken, trailing, keyPem, "junk\n"]
    for (const text of [...useless, useless.join(""), ""]) {
      assert.match(failure(parse(text)) ?? "", noCertificates)
    }
    assert.deepStrictEqual(parse([...useless, ca.certPem, ...useless].join("")), Result.succeed([ca.certPem]))
  })

  it("loses no certificate by a byte order mark or a missing line break", async () => {
    const all = (await Promise.all(["A", "B", "C"].map((name) => makeCa(name)))).map(({ certPem }) => certPem)
    for (const text of [`\ufeff${all.join("")}`, all.join("\ufeff"), all.map((pem) => pem.trimEnd()).join("")]) {
      assert.deepStrictEqual(parse(text), Result.succeed(all))
    }
  })

  it("reports the certificates that it cannot read", async () => {
    const ca = await makeCa("A")
    const broken = ca.certPem.replace(/\n[^\n]+\n-----END/, "\n!\n-----END")
    const path = join(testCaDirectory(), "broken.pem")
    const lines: Array<string> = []
    writeFileSync(path, ca.certPem + broken + ca.certPem)
    assert.deepStrictEqual(
      readCaBundle(path, (line) => lines.push(line)),
      Result.succeed([ca.certPem])
    )
    assert.deepStrictEqual(lines, [
      `warning: 1 certificates of the CA bundle ${path} cannot be read: peers that need them are refused`
    ])
    writeFileSync(path, ca.certPem + ca.certPem)
    readCaBundle(path, () => assert.fail("nothing is lost"))
  })

  it("names the file", async () => {
    const missing = join(testCaDirectory(), "missing.pem")
    assert.deepStrictEqual(
      readCaBundle(missing),
      Result.fail(`loading trust store: open ${missing}: no such file or directory`)
    )
    assert.deepStrictEqual(
      readCaBundle(testCaDirectory()),
      Result.fail(`loading trust store: read ${testCaDirectory()}: is a directory`)
    )
    const empty = join(testCaDirectory(), "empty.pem")
    writeFileSync(empty, "")
    assert.deepStrictEqual(
      readCaBundle(empty),
      Result.fail(`loading trust store: unable to read certificates from CA bundle (the file '${empty}' is empty)`)
    )
  })

  it("reads the system's roots from where the environment says", async () => {
    const [a, b, c] = await Promise.all([makeCa("A"), makeCa("B"), makeCa("C")])
    const nowhere = join(testCaDirectory(), "nowhere")
    const [one, two] = [join(testCaDirectory(), "one"), join(testCaDirectory(), "two")]
    for (const directory of [one, two]) mkdirSync(directory, { recursive: true })
    writeFileSync(join(one, "b.pem"), b.certPem)
    symlinkSync("b.pem", join(one, "12345678.0"))
    symlinkSync(c.certPath, join(one, "c.pem"))
    symlinkSync(nowhere, join(one, "dangling.pem"))
    mkdirSync(join(one, "directory.pem"), { recursive: true })
    writeFileSync(join(two, "a.pem"), a.certPem + b.certPem)
    const roots = (SSL_CERT_FILE: string, SSL_CERT_DIR: string) => readSystemRoots({ SSL_CERT_FILE, SSL_CERT_DIR })
    assert.deepStrictEqual(roots(a.certPath, nowhere), [a.certPem])
    assert.deepStrictEqual(roots(nowhere, one).toSorted(), [b.certPem, c.certPem].toSorted())
    assert.deepStrictEqual(roots(c.certPath, `${two}:${one}`), [c.certPem, a.certPem, b.certPem])
    assert.deepStrictEqual(roots(nowhere, nowhere), [])
    assert.deepStrictEqual(roots("", ""), readSystemRoots({}))
  })

  it("never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) =>
        assert.match(failure(parseCaBundle(bytes, "/ca.pem")) ?? "", noCertificates)
      )
    )
  })
})
