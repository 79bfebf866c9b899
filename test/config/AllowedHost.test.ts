import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { parseAllowedHost } from "../../src/config/AllowedHost.ts"

describe("parseAllowedHost", () => {
  it.each([
    ["Status.Example.com.", "status.example.com"],
    ["[::1]", "::1"],
    ["10.0.0.1", "10.0.0.1"],
    ["my_host", "my_host"]
  ])("takes %s", (text, host) => {
    assert.deepStrictEqual(parseAllowedHost(text), Result.succeed(host))
  })

  it.each(["", "*.example.com", "http://example.com", "example.com:80", "a b", "a/b", "-".repeat(64)])(
    "refuses %j",
    (text) => {
      const refused = parseAllowedHost(text)
      assert.isTrue(Result.isFailure(refused) && refused.failure.startsWith(`'${text}' is not a host: `))
    }
  )
})
