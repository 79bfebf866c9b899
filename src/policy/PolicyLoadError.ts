/** Why a policy cannot be loaded. */
import { Schema } from "effect"
import { excerpt, type LoadError, type Location } from "./rego/syntax/Location.ts"

/** A place where something is wrong. Line and column count from 1; the excerpt is the line with a caret below it. */
const Problem = Schema.Struct({
  file: Schema.String,
  line: Schema.Finite,
  column: Schema.Finite,
  code: Schema.String,
  message: Schema.String,
  excerpt: Schema.Array(Schema.String)
})
export type Problem = typeof Problem.Type

/** The policy or the query is unusable. `message` is the Go program's text; problems are there where a place is known. */
export class PolicyLoadError extends Schema.TaggedError<PolicyLoadError>()("PolicyLoadError", {
  message: Schema.String,
  path: Schema.String,
  problems: Schema.Array(Problem)
}) {}

/** A file that cannot be read, or an archive that is damaged. */
export const unreadable = (path: string, message: string, problems: ReadonlyArray<Problem> = []): PolicyLoadError =>
  new PolicyLoadError({ message: `loading error: ${message}`, path, problems })

/** A bundle whose content is refused. */
export const bundleRefused = (path: string, message: string, problems: ReadonlyArray<Problem> = []): PolicyLoadError =>
  unreadable(path, `bundle ${path}: bundle read failed: ${message}`, problems)

/** A place in a source as a problem. A query has no file name: its place names the query. */
export const problemAt = (location: Location, code: string, message: string): Problem => ({
  file: location.source.file === "" ? "query" : location.source.file,
  line: location.row,
  column: location.column,
  code,
  message,
  excerpt: excerpt(location)
})

/** What the compiler found, as a typed error. */
export const fromLoadError = (path: string, error: LoadError): PolicyLoadError =>
  new PolicyLoadError({
    message: error.message,
    path,
    problems: error.errors.map(({ code, location, message }) => problemAt(location, code, message))
  })

/** The error for a terminal or a log: the message, then each place with its source line unless the message shows it. */
export const renderLoadError = ({ message, problems }: PolicyLoadError): string =>
  [
    message,
    ...problems.flatMap(({ column, excerpt: lines, file, line }) =>
      lines.length === 0 || message.includes(lines.join("\n")) ? [] : [`${file}:${line}:${column}`, ...lines]
    )
  ].join("\n")
