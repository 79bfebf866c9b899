/** Places in sources, and the errors that name them. */

/** The text of a file or a query. A query has no file name. */
export interface Source {
  readonly file: string
  readonly text: string
}

/** A place: row and column count from 1, the column in characters. */
export interface Location {
  readonly source: Source
  readonly row: number
  readonly column: number
}

export type ErrorCode =
  | "rego_parse_error"
  | "rego_compile_error"
  | "rego_type_error"
  | "rego_unsafe_var_error"
  | "rego_recursion_error"

/** One thing that is wrong with a policy. */
export interface PolicyError {
  readonly code: ErrorCode
  readonly message: string
  readonly location: Location
  /** Lines shown below the message, such as the types that do not match. */
  readonly details?: ReadonlyArray<string>
}

/** `file:row`, or `row:column` in a query. */
export const placeText = ({ source, row, column }: Location): string =>
  source.file === "" ? `${row}:${column}` : `${source.file}:${row}`

/** The source line and a caret below the place. */
export const excerpt = ({ source, row, column }: Location): ReadonlyArray<string> => {
  const line = source.text.split("\n", row)[row - 1]?.replace(/\r$/, "") ?? ""
  const indent = /^\s*/.exec(line)?.[0].length ?? 0
  const shown = line.trim().slice(0, 160)
  return [`\t${shown}`, `\t${" ".repeat(Math.max(0, Math.min(column - 1 - indent, shown.length)))}^`]
}

/** An error as OPA prints it: place, code, message, then the line with a caret where that is known. */
export const errorText = (error: PolicyError): string => {
  const lines = error.details ?? (error.code === "rego_parse_error" ? excerpt(error.location) : [])
  return [`${placeText(error.location)}: ${error.code}: ${error.message}`, ...lines].join("\n")
}

/** At most this many errors are kept: what follows the first few is mostly their consequence. */
export const mostErrors = 10

/** A policy or query that cannot be loaded, with everything found wrong in it. */
export class LoadError extends Error {
  readonly errors: ReadonlyArray<PolicyError>
  constructor(errors: ReadonlyArray<PolicyError>) {
    const kept = errors.slice(0, mostErrors)
    const texts = kept.map(errorText)
    const first = texts[0] ?? "no error"
    super(
      errors.length === 1
        ? `1 error occurred: ${first}`
        : `${errors.length} errors occurred:\n${texts.join("\n")}${errors.length > mostErrors ? "\nrego_compile_error: error limit reached" : ""}`
    )
    this.errors = kept
  }
}
