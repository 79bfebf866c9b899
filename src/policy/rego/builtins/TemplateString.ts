/** What template strings call: joins texts and the values of their expressions. */
import { any, arrayOf, string } from "../Type.ts"
import { isSet, type Value, valueText } from "../values/Value.ts"
import { type Builtin, define } from "./Builtin.ts"
import { Operands } from "./Operands.ts"

const name = "internal.template_string"

const text = (value: Value): string => (typeof value === "string" ? value : valueText(value))

/** A part: a text, or the set of an expression's values. */
const partText = (part: Value, operands: Operands): string => {
  if (!isSet(part)) return text(part)
  if (part.size > 1) return operands.fail("template-strings must not produce multiple outputs")
  const [value] = part.members.values()
  return value === undefined ? "<undefined>" : text(value)
}

export const templateString: ReadonlyArray<Builtin> = [
  define(name, [arrayOf(any)], string, (args, context) => {
    const operands = new Operands(name, args)
    const parts = operands.array(1).map((part) => partText(part, operands))
    context.budget.allocate(parts.reduce((size, part) => size + part.length, 0))
    return parts.join("")
  })
]
