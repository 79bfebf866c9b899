/** Operators and built-ins over sets. */
import { any, setOfType } from "../Type.ts"
import { setOfTable } from "../values/Collections.ts"
import type { Key, RegoSet, Value } from "../values/Value.ts"
import { isSet, typeName } from "../values/Value.ts"
import { type Builtin, type BuiltinContext, define } from "./Builtin.ts"
import { Operands } from "./Operands.ts"

const intersect = (a: RegoSet, b: RegoSet): RegoSet => {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a]
  return setOfTable(new Map([...small.members].filter(([key]) => large.members.has(key))))
}

/** The sets inside a set. */
const inner = (name: string, args: ReadonlyArray<Value>, context: BuiltinContext): ReadonlyArray<RegoSet> => {
  const operands = new Operands(name, args)
  return operands
    .set(1)
    .sorted()
    .map((member) => {
      if (!isSet(member)) return operands.wrong(1, "set of sets", `set containing ${typeName(member)}`)
      context.budget.spend(member.size)
      return member
    })
}

const operator = (name: string, infix: string, combine: (a: RegoSet, b: RegoSet) => RegoSet): Builtin => ({
  name,
  infix,
  args: [setOfType(any), setOfType(any)],
  result: setOfType(any),
  call: (args, context) => {
    const operands = new Operands(name, args)
    const [a, b] = [operands.set(1), operands.set(2)]
    context.budget.spend(a.size + b.size)
    return combine(a, b)
  }
})

export const setOperators: ReadonlyArray<Builtin> = [
  operator("and", "&", intersect),
  operator("or", "|", (a, b) => setOfTable(new Map<Key, Value>([...a.members, ...b.members]))),
  define("union", [setOfType(setOfType(any))], setOfType(any), (args, context) =>
    setOfTable(new Map(inner("union", args, context).flatMap((set) => [...set.members])))
  ),
  define("intersection", [setOfType(setOfType(any))], setOfType(any), (args, context) => {
    const [first, ...others] = inner("intersection", args, context)
    return first === undefined ? setOfTable(new Map()) : others.reduce(intersect, first)
  })
]
