/** Sources to syntax trees. */
import { BodyParser } from "./BodyParser.ts"
import type { Source } from "./Location.ts"
import { ModuleParser } from "./ModuleParser.ts"
import type { Body, Module } from "./Syntax.ts"
import type { Dialect } from "./TokenReader.ts"

/** Reads a module. Throws `LoadError`. */
export const parseModule = (source: Source, dialect: Dialect): Module => new ModuleParser(source, dialect).module()

/** Reads a query. Throws `LoadError`. */
export const parseQuery = (text: string, dialect: Dialect): Body => {
  const parser = new BodyParser({ file: "", text }, dialect)
  return parser.query()
}
