import { assert, describe, it } from "@effect/vitest"
import { openSslError } from "../../../src/transport/native/OpenSslErrors.ts"
import { alertError, verifyErrorName } from "../../../src/transport/openssl/VerifyErrors.ts"
import { alertNumber, explain, explainHandshake } from "../../../src/transport/TlsErrors.ts"

describe("OpenSSL's errors", () => {
  it("are named as Node names them", () => {
    assert.deepStrictEqual(openSslError(0x0a00_010b, "wrong version number"), {
      code: "ERR_SSL_WRONG_VERSION_NUMBER",
      reason: "wrong version number",
      message: "error:0A00010B:wrong version number"
    })
    assert.strictEqual(openSslError(0x0b00_0074, "key values mismatch").code, "ERR_OSSL_KEY_VALUES_MISMATCH")
  })

  it("mean the Go program's words", () => {
    const http = openSslError(0x0a00_009c, "http request")
    assert.deepStrictEqual(explainHandshake(http, "server", "read tcp A->B"), {
      reason: "plaintext",
      message: "tls: first record does not look like a TLS handshake"
    })
    const alert = openSslError(0x0a00_0418, "tlsv1 alert unknown ca")
    assert.strictEqual(alertNumber(alert), 48)
    assert.strictEqual(explain(alert, "read").message, "remote error: tls: unknown certificate authority")
  })
})

describe("verification errors", () => {
  it("have OpenSSL's names", () => {
    assert.isUndefined(verifyErrorName(0))
    for (const [code, name] of [
      [2, "UNABLE_TO_GET_ISSUER_CERT"],
      [10, "CERT_HAS_EXPIRED"],
      [18, "DEPTH_ZERO_SELF_SIGNED_CERT"],
      [20, "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"],
      [23, "CERT_REVOKED"],
      [26, "INVALID_PURPOSE"],
      [47, "PERMITTED_VIOLATION"],
      [66, "EE_KEY_TOO_SMALL"],
      [12345, "UNSPECIFIED"],
      [-1, "UNSPECIFIED"]
    ] as const) {
      assert.strictEqual(verifyErrorName(code), name)
    }
  })

  it("become alerts that tell clients what is wrong with their chain, and servers nothing", () => {
    assert.strictEqual(verifyErrorName(alertError("server", "untrusted")), "UNABLE_TO_GET_ISSUER_CERT")
    assert.strictEqual(verifyErrorName(alertError("server", "expired")), "CERT_HAS_EXPIRED")
    assert.strictEqual(verifyErrorName(alertError("server", "revoked")), "CERT_REVOKED")
    for (const reason of ["acl", "pin", "key_usage", "hostname", "bad_certificate"] as const) {
      assert.strictEqual(verifyErrorName(alertError("server", reason)), "CERT_REJECTED")
    }
    for (const reason of ["untrusted", "expired", "revoked", "hostname"] as const) {
      assert.strictEqual(verifyErrorName(alertError("client", reason)), "CERT_REJECTED")
    }
  })
})
