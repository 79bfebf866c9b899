/** Programs that tests use where they are installed. In CI everything has to be there: a test then fails instead of skipping. */
import { accessSync, constants } from "node:fs"
import { delimiter, join } from "node:path"

/** Whether a program is on the path. */
export const isInstalled = (program: string): boolean =>
  (process.env["PATH"] ?? "").split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })

/** What to tell vitest about a test that needs a program: whether to skip it, and the reason for its title. */
export const needing = (program: string): { readonly skip: boolean; readonly reason: string } => {
  const skip = process.env["CI"] === undefined && !isInstalled(program)
  return { skip, reason: skip ? ` (skipped: ${program} is not installed)` : "" }
}
