/** The location of a secret file: a path, or the name of a systemd credential. */
import { join } from "node:path"
import { Result } from "effect"

const prefix = "credential:"

/**
 * The path of a secret file: `credential:NAME` is `$CREDENTIALS_DIRECTORY/NAME` (systemd.exec(5), LoadCredential=); any other
 * text is a path. Pure.
 */
export const resolveSecretPath = (
  text: string,
  environment: Readonly<Record<string, string | undefined>>
): Result.Result<string, string> => {
  if (!text.startsWith(prefix)) return Result.succeed(text)
  const name = text.slice(prefix.length)
  if (name === "" || name === "." || name === ".." || /[/\0]/.test(name)) {
    return Result.fail(`${JSON.stringify(name)} is no name of a credential: it must be a single file name`)
  }
  const directory = environment.CREDENTIALS_DIRECTORY ?? ""
  return directory === ""
    ? Result.fail("$CREDENTIALS_DIRECTORY is not set: systemd sets it for units with LoadCredential=")
    : Result.succeed(join(directory, name))
}
