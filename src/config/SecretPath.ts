/** Where a file with a secret is: a path, or the name of a credential that the service manager hands over. */
import { join } from "node:path"
import { Result } from "effect"

const prefix = "credential:"

/**
 * The path that a text stands for: `credential:NAME` is `$CREDENTIALS_DIRECTORY/NAME` (systemd.exec(5), LoadCredential=),
 * everything else is a path itself. Pure.
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
