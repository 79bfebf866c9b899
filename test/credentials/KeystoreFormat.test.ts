import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { detectKeystoreFormat } from "../../src/credentials/KeystoreFormat.ts"

const bytes = (hex: string) => Buffer.from(hex, "hex")

describe("KeystoreFormat", () => {
  it.each([
    ["a.pem", "PEM"],
    ["/x.y/a.CRT", "PEM"],
    ["a.p7b", "PEM"],
    ["a.P7C", "PEM"],
    ["a.p12", "PKCS12"],
    ["a.Pfx", "PKCS12"],
    ["a.jceks", "JCEKS"],
    ["a.jks", "JCEKS"],
    ["a.der", "DER"],
    [".pem", "PEM"],
    ["a.pem.p12", "PKCS12"]
  ] as const)("%s is %s whatever its content", (path, format) => {
    for (const content of ["", "feedfeed00", "2d2d2d2d"]) {
      assert.deepStrictEqual(detectKeystoreFormat(path, bytes(content)), Result.succeed(format))
    }
  })

  it("takes PKCS#12 by the name of Java's keystores for what it is", () => {
    for (const path of ["a.jks", "a.JCEKS"]) {
      for (const content of ["308204", "3080020103", "30820a"]) {
        assert.deepStrictEqual(detectKeystoreFormat(path, bytes(content)), Result.succeed("PKCS12"))
      }
      assert.deepStrictEqual(detectKeystoreFormat(path, bytes("30")), Result.succeed("JCEKS"))
    }
    assert.deepStrictEqual(detectKeystoreFormat("a.pem", bytes("308204")), Result.succeed("PEM"))
  })

  it.each([
    ["efbbbf2d2d2d2d2d", "PEM"],
    ["3080020103", "PKCS12"],
    ["cececece00", "JCEKS"],
    ["feedfeed", "JCEKS"],
    ["2d2d2d2d2d", "PEM"],
    ["434f4e4e454354", "PEM"],
    ["308203ff", "DER"],
    ["30820300", "DER"],
    ["308203ff020103", "PKCS12"],
    ["308203ff020104", "DER"],
    ["308203ff0609", "DER"],
    ["308203ff3082", "DER"],
    ["30820400", "PKCS12"],
    ["308202ff", "PKCS12"]
  ] as const)("content %s is %s", (content, format) => {
    for (const path of ["keystore", "a.pem/keystore", "a.txt", "pem", "a."]) {
      assert.deepStrictEqual(detectKeystoreFormat(path, bytes(content)), Result.succeed(format))
    }
  })

  it.each([
    ["", "unable to read file: EOF"],
    ["2d2d2d", "unable to read file: EOF"],
    ["0a2d2d2d2d", "unable to guess file format"],
    ["20202d2d2d", "unable to guess file format"],
    ["efbbbf41", "unable to guess file format"]
  ])("content %j is refused", (content, message) =>
    assert.deepStrictEqual(detectKeystoreFormat("keystore", bytes(content)), Result.fail(message))
  )
})
