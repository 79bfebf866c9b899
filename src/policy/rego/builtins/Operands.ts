/** Takes the operands of a built-in apart; a wrong type is the `eval_type_error` that OPA reports. */
import { type RegoNumber, toBigInt, toInteger } from "../values/Decimal.ts"
import {
  isArray,
  isNumber,
  isObject,
  isSet,
  type RegoArray,
  type RegoObject,
  type RegoSet,
  typeName,
  type Value
} from "../values/Value.ts"
import { BuiltinError } from "./Builtin.ts"

/** One built-in's operands; positions count from 1, as in messages. */
export class Operands {
  readonly name: string
  readonly values: ReadonlyArray<Value>

  constructor(name: string, values: ReadonlyArray<Value>) {
    this.name = name
    this.values = values
  }

  value(position: number): Value {
    return this.values[position - 1] ?? null
  }

  /** `name: operand N must be EXPECTED but got FOUND`. */
  wrong(position: number, expected: string, found: string = typeName(this.value(position))): never {
    throw new BuiltinError("type", `${this.name}: operand ${position} must be ${expected} but got ${found}`)
  }

  /** `name: operand N MESSAGE`, for an operand whose parts have the wrong type. */
  wrongly(position: number, message: string): never {
    throw new BuiltinError("type", `${this.name}: operand ${position} ${message}`)
  }

  /** `name: MESSAGE`, for operands of the right type that cannot be worked with. */
  fail(message: string): never {
    throw new BuiltinError("builtin", `${this.name}: ${message}`)
  }

  string(position: number): string {
    const value = this.value(position)
    return typeof value === "string" ? value : this.wrong(position, "string")
  }

  boolean(position: number): boolean {
    const value = this.value(position)
    return typeof value === "boolean" ? value : this.wrong(position, "boolean")
  }

  number(position: number): RegoNumber {
    const value = this.value(position)
    return isNumber(value) ? value : this.wrong(position, "number")
  }

  /** An integer of any size. */
  bigInt(position: number): bigint {
    return toBigInt(this.number(position)) ?? this.wrong(position, "integer number", "floating-point number")
  }

  /** A safe integer. */
  integer(position: number): number {
    return toInteger(this.number(position)) ?? this.wrong(position, "integer number", "floating-point number")
  }

  array(position: number): RegoArray {
    const value = this.value(position)
    return isArray(value) ? value : this.wrong(position, "array")
  }

  object(position: number): RegoObject {
    const value = this.value(position)
    return isObject(value) ? value : this.wrong(position, "object")
  }

  set(position: number): RegoSet {
    const value = this.value(position)
    return isSet(value) ? value : this.wrong(position, "set")
  }

  /** The members of an array or a set, in order. `expected` is how messages name the two: OPA is not of one mind. */
  members(position: number, expected = "one of {array, set}"): ReadonlyArray<Value> {
    const value = this.value(position)
    return isArray(value) ? value : isSet(value) ? value.sorted() : this.wrong(position, expected)
  }
}
