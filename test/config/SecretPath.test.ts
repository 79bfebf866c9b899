import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { resolveSecretPath } from "../../src/config/SecretPath.ts"

const environment = { CREDENTIALS_DIRECTORY: "/run/credentials/tunnel.service" }

describe("SecretPath", () => {
  it.each(["/etc/secret", "secret", "./credential:x", "credentials:x", "Credential:x"])("%s is a path", (text) =>
    assert.deepStrictEqual(resolveSecretPath(text, {}), Result.succeed(text))
  )

  it.each(["password", "a.b", "...", "ü"])("credential:%s is a file that the service manager hands over", (name) =>
    assert.deepStrictEqual(
      resolveSecretPath(`credential:${name}`, environment),
      Result.succeed(`/run/credentials/tunnel.service/${name}`)
    )
  )

  it.each(["", ".", "..", "a/b", "../x", "/etc/shadow", "a\0b"])("credential:%j is refused", (name) =>
    assert.deepStrictEqual(
      resolveSecretPath(`credential:${name}`, environment),
      Result.fail(`${JSON.stringify(name)} is no name of a credential: it must be a single file name`)
    )
  )

  it.each([{}, { CREDENTIALS_DIRECTORY: "" }])("credentials need the directory", (none) =>
    assert.deepStrictEqual(
      resolveSecretPath("credential:x", none),
      Result.fail("$CREDENTIALS_DIRECTORY is not set: systemd sets it for units with LoadCredential=")
    )
  )
})
