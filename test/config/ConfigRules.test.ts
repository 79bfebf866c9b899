/** What every configuration has to keep, however it was written. */
import { Duration, Effect, Redacted, Result, Schema, SchemaIssue } from "effect"
import { describe, expect, it } from "vitest"
import { ClientConfig, ServerConfig } from "../../src/config/TunnelConfig.ts"

const server = {
  listen: "0.0.0.0:8443",
  target: "localhost:8080",
  credentials: { _tag: "Keystore", path: "server.pem" },
  access: { _tag: "AnyVerified" }
}
const client = { listen: "localhost:8080", target: "example.com:8443", credentials: { _tag: "None" } }
const pin = `sha256:${Buffer.alloc(32).toString("base64")}`
const pins = { _tag: "Pins", pins: [pin] }

const verdict = (schema: typeof ServerConfig | typeof ClientConfig, value: object): string => {
  const decoded = Schema.decodeUnknownResult(schema)(value)
  return Result.isSuccess(decoded) ? "accepted" : String(decoded.failure)
}

describe("a configuration", () => {
  it("is accepted when it keeps all rules", () => {
    expect(verdict(ServerConfig, server)).toBe("accepted")
    expect(verdict(ClientConfig, client)).toBe("accepted")
    expect(verdict(ServerConfig, { ...server, target: "example.com:80", unsafeTarget: true })).toBe("accepted")
    expect(verdict(ClientConfig, { ...client, listen: "0.0.0.0:80", unsafeListen: true })).toBe("accepted")
  })

  it.each([
    ["an unknown key", { caBundelPath: "ca.pem" }, 'unknown key "caBundelPath"; did you mean "caBundlePath"?'],
    ["an unknown key far from any other", { colour: "red" }, 'unknown key "colour"'],
    ["an unknown key inside", { tls: { maxVersoin: "TLSv1.2" } }, 'did you mean "maxVersion"?'],
    ["an unknown key of the status port", { status: { address: "localhost:1", htps: true } }, 'did you mean "https"?'],
    ["an unknown key of the rules", { access: { _tag: "Names", rules: { comonNames: ["a"] } } }, "commonNames"],
    ["a target that is not local", { target: "example.com:80" }, "set unsafeTarget"],
    ["a target that only listens", { target: "systemd:backend" }, "a target cannot be a systemd socket"],
    ["no certificate", { credentials: { _tag: "None" } }, "a server needs a certificate"],
    ["no time to connect", { connectTimeout: "0s" }, "must not be zero"],
    ["a negative limit", { maxConcurrentConnections: -1 }, "between 0 and 4294967295"],
    ["rules without an entry", { access: { _tag: "Names", rules: {} } }, "must have at least one entry"],
    ["pins without a pin", { access: { _tag: "Pins", pins: [] } }, "must have at least one pin"],
    ["a bad pin", { access: { _tag: "Pins", pins: ["md5:x"] } }, 'unsupported hash algorithm "md5"'],
    [
      "a bad URI pattern",
      { access: { _tag: "Names", rules: { uriPatterns: ["a/**/b"] } } },
      "wildcard '**' can only appear at end of pattern"
    ],
    ["a policy without a query", { access: { _tag: "Policy", path: "p.rego", query: "" } }, "must not be empty"],
    [
      "a bad URI pattern beside a policy",
      { access: { _tag: "Policy", path: "p.rego", query: "data.a", rules: { uriPatterns: [""] } } },
      "invalid URI pattern: input pattern was empty string"
    ],
    ["HTTPS on a UNIX socket", { status: { address: "unix:/run/status", https: true } }, "HTTPS needs a HOST:PORT"],
    ["one address for both", { listen: "localhost:1", status: { address: "localhost:1" } }, "must not be the address"],
    ["a URL of another scheme", { metrics: { postUrl: "ftp://h/" } }, "must start with http:// or https://"],
    ["two passwords", { credentials: { ...server.credentials, password: "a", passwordPath: "b" } }, "exclusive"],
    ["lists beside pins", { access: pins, revocation: { listPaths: ["a.crl"] } }, "no certificate chains"]
  ])("is refused for %s", (_, change, message) => {
    expect(verdict(ServerConfig, { ...server, ...change })).toContain(message)
  })

  it.each([
    ["a listener that is not local", { listen: ":8080" }, "set unsafeListen"],
    ["a server that nothing verifies", { access: { _tag: "Anonymous" } }, "a client always verifies its server"],
    ["a UNIX socket without a name", { target: "unix:/run/s" }, "does not name a server"],
    [
      "a UNIX socket behind a proxy",
      { target: "unix:/run/s", serverName: "n", proxyUrl: "http://p/" },
      "a proxy cannot reach"
    ],
    ["OCSP beside pins", { access: pins, ocsp: "require" }, "no certificate chains"]
  ])("of a client is refused for %s", (_, change, message) => {
    expect(verdict(ClientConfig, { ...client, ...change })).toContain(message)
  })

  it("takes secrets as plain text and shows them nowhere", () => {
    const config = Schema.decodeUnknownSync(ServerConfig)({
      ...server,
      credentials: { ...server.credentials, password: "s3cret" },
      metrics: { postUrl: "http://user:s3cret@h/", otlp: { endpoint: Redacted.make("http://u:s3cret@h/") } }
    })
    expect(JSON.stringify(config)).not.toContain("s3cret")
    expect(config.metrics.postUrl && Redacted.value(config.metrics.postUrl)).toBe("http://user:s3cret@h/")
  })

  it("keeps its rules when it is changed by a program", () => {
    const config = Schema.decodeUnknownSync(ServerConfig)(server)
    const changed = ServerConfig.makeEffect({ ...config, connectTimeout: Duration.zero })
    const issue = Effect.runSync(Effect.flip(changed))
    expect(SchemaIssue.makeFormatterDefault()(issue)).toContain("must not be zero")
  })
})
