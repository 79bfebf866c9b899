/** Sources to syntax trees. */
import { BodyParser } from "./BodyParser.ts"
import { LoadError, type Source } from "./Location.ts"
import { ModuleParser } from "./ModuleParser.ts"
import type { Body, Module } from "./Syntax.ts"
import { type Dialect, Unreadable } from "./TokenReader.ts"

const reading = <A>(read: () => A): A => {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    throw new LoadError([{ code: "rego_parse_error", message: error.message, location: error.location }])
  }
}

/** Reads a module. Throws `LoadError`. */
export const parseModule = (source: Source, dialect: Dialect): Module =>
  reading(() => new ModuleParser(source, dialect).module())

/** Reads a query. Throws `LoadError`. */
export const parseQuery = (text: string, dialect: Dialect): Body =>
  reading(() => new BodyParser({ file: "", text }, dialect).query())
