/** The working directory, which may have been deleted after a shell or a service manager entered it. */
import { isAbsolute } from "node:path"
import { Result } from "effect"
import { resolveSecretPath } from "../config/SecretPath.ts"
import { connectPlace, type Need } from "./Sandbox.ts"

/** Its path; undefined when it does not exist any more. */
export const workingDirectory = (): string | undefined => Result.getOrUndefined(Result.try(() => process.cwd()))

/** The file or socket that a need names; undefined when it names none, or a wrong one. */
const pathOf = (need: Need, env: Readonly<Record<string, string | undefined>>): string | undefined => {
  switch (need.kind) {
    case "acme":
      return undefined
    case "write":
      return need.text
    case "read":
      return Result.getOrUndefined(resolveSecretPath(need.text, env))
    default: {
      const place = Result.getOrUndefined(
        connectPlace({ ...need, text: need.text.replace(/^https?:\/\/unix:/, "unix:") })
      )
      return typeof place === "object" && "socket" in place && !place.socket.startsWith("@") ? place.socket : undefined
    }
  }
}

/**
 * What is wrong with a tunnel that needs these paths where there is no working directory to find them from; undefined when
 * all of them are absolute. Pure.
 */
export const relativePathError = (
  needs: ReadonlyArray<Need>,
  env: Readonly<Record<string, string | undefined>>
): string | undefined => {
  for (const need of needs) {
    const path = pathOf(need, env)
    if (path === undefined || path === "" || isAbsolute(path)) continue
    return `${need.of} ${JSON.stringify(path)} is relative, and the working directory has been deleted: give an absolute path`
  }
  return undefined
}
