/**
 * Patterns for URIs (docs/compatibility/credentials.md, 4.2): `*` is one whole segment, a final `**` is whatever follows. An empty
 * URI names no peer: only a bare `**`, which admits every URI, admits it.
 */
import { Result } from "effect"

export interface UriPattern {
  readonly text: string
  /** What the first segments have to be: `*` stands for one that is not empty. */
  readonly fixed: ReadonlyArray<string>
  /** Whether anything may follow them. */
  readonly open: boolean
  readonly matches: (uri: string) => boolean
}

const segmentMatches = (pattern: string, segment: string | undefined) =>
  pattern === "*" ? segment !== undefined && segment !== "" : pattern === segment

const matchesAll = (patterns: ReadonlyArray<string>, segments: ReadonlyArray<string>) =>
  patterns.every((pattern, index) => segmentMatches(pattern, segments[index]))

/** Compiles a pattern. The failure is the Go program's wording. */
export const compileUriPattern = (text: string): Result.Result<UriPattern, string> => {
  if (text === "") return Result.fail("input pattern was empty string")
  const segments = (text.endsWith("/") ? text.slice(0, -1) : text).split("/")
  const open = segments.at(-1) === "**"
  const fixed = open ? segments.slice(0, -1) : segments
  for (const segment of fixed) {
    if (segment === "**") return Result.fail("wildcard '**' can only appear at end of pattern")
    if (segment !== "*" && segment.includes("*")) {
      return Result.fail("wildcard '*' can only appear between two separators")
    }
  }
  const exactly = (uri: string) => {
    const parts = uri.split("/")
    return parts.length === fixed.length && matchesAll(fixed, parts)
  }
  const matches = (uri: string) =>
    open ? matchesAll(fixed, uri.split("/")) : exactly(uri) || (uri.endsWith("/") && exactly(uri.slice(0, -1)))
  return Result.succeed({
    text,
    fixed,
    open,
    matches: (uri) => (uri === "" ? open && fixed.length === 0 : matches(uri))
  })
}

/** Whether the URI would match if a single segment of it were another one. */
export const missesByOneSegment = ({ fixed, open }: UriPattern, uri: string): boolean => {
  const parts = uri.split("/")
  if (!open && parts.length !== fixed.length) return false
  if (open && parts.length < fixed.length) return false
  return fixed.filter((pattern, index) => !segmentMatches(pattern, parts[index])).length === 1
}
