/** The syntax tree of Rego. The compiler rewrites it into trees of the same shape, so nodes are not changed in place. */
import type { Value } from "../values/Value.ts"
import type { Location } from "./Location.ts"

/** A value that stands in the source, or that the compiler knows. */
export interface Constant {
  readonly kind: "constant"
  readonly value: Value
  readonly at: Location
}

export interface Variable {
  readonly kind: "variable"
  readonly name: string
  readonly at: Location
}

/** `head[path][…]`: the head is a variable (or what a lookup applies to), the path any terms. */
export interface Reference {
  readonly kind: "reference"
  readonly head: Term
  readonly path: ReadonlyArray<Term>
  readonly at: Location
}

export interface Call {
  readonly kind: "call"
  /** A variable or a reference. */
  readonly operator: Term
  readonly args: ReadonlyArray<Term>
  readonly at: Location
}

export interface ArrayTerm {
  readonly kind: "array"
  readonly items: ReadonlyArray<Term>
  readonly at: Location
}

export interface SetTerm {
  readonly kind: "set"
  readonly items: ReadonlyArray<Term>
  readonly at: Location
}

export interface ObjectTerm {
  readonly kind: "object"
  readonly pairs: ReadonlyArray<readonly [key: Term, value: Term]>
  readonly at: Location
}

export interface ArrayComprehension {
  readonly kind: "arrayComprehension"
  readonly value: Term
  readonly body: Body
  readonly at: Location
}

export interface SetComprehension {
  readonly kind: "setComprehension"
  readonly value: Term
  readonly body: Body
  readonly at: Location
}

export interface ObjectComprehension {
  readonly kind: "objectComprehension"
  readonly key: Term
  readonly value: Term
  readonly body: Body
  readonly at: Location
}

/** `$"text {expression} text"`. */
export interface Template {
  readonly kind: "template"
  readonly parts: ReadonlyArray<string | Expression>
  readonly at: Location
}

export type Comprehension = ArrayComprehension | SetComprehension | ObjectComprehension

export type Term = Constant | Variable | Reference | Call | ArrayTerm | SetTerm | ObjectTerm | Comprehension | Template

/** `with target as value`. */
export interface With {
  readonly target: Term
  readonly value: Term
  readonly at: Location
}

export type Form =
  | { readonly kind: "term"; readonly term: Term }
  /** A call as a statement; `=` and `:=` are calls of `eq` and `assign`. */
  | { readonly kind: "call"; readonly operator: Term; readonly args: ReadonlyArray<Term> }
  | { readonly kind: "some"; readonly variables: ReadonlyArray<Variable> }
  /** `some x in xs`, `some k, x in xs`. */
  | { readonly kind: "someIn"; readonly key: Term | undefined; readonly value: Term; readonly domain: Term }
  | {
      readonly kind: "every"
      readonly key: Variable | undefined
      readonly value: Variable
      readonly domain: Term
      readonly body: Body
    }

export interface Expression {
  readonly form: Form
  readonly negated: boolean
  readonly with: ReadonlyArray<With>
  readonly at: Location
}

export type Body = ReadonlyArray<Expression>

export interface Head {
  /** The rule's name and path: `p`, `p.q`, `p[x].r`. Starts with a variable. */
  readonly reference: Reference
  /** A function's parameters. */
  readonly args: ReadonlyArray<Term> | undefined
  /** The member of a partial set. */
  readonly member: Term | undefined
  readonly value: Term | undefined
  /** Written with `:=`. */
  readonly assigned: boolean
  readonly at: Location
}

export interface Else {
  readonly value: Term
  readonly body: Body
  readonly at: Location
}

export interface Rule {
  readonly head: Head
  readonly body: Body
  readonly otherwise: ReadonlyArray<Else>
  readonly isDefault: boolean
  /** Keywords written, for the rules that v1 adds. */
  readonly hasIf: boolean
  /** The body is written, not implied. */
  readonly hasBody: boolean
  readonly at: Location
}

export interface Import {
  readonly path: Reference
  readonly alias: string | undefined
  readonly at: Location
}

/** Comment lines without their `#`, as written. */
export interface Comment {
  readonly text: string
  readonly at: Location
}

export interface Module {
  readonly source: Source
  /** The path below `data`. */
  readonly package: Reference
  readonly imports: ReadonlyArray<Import>
  readonly rules: ReadonlyArray<Rule>
  readonly comments: ReadonlyArray<Comment>
  /** Whether v1's rules hold: by version, or because the module imports `rego.v1`. */
  readonly strict: boolean
}

type Source = Location["source"]
