/** Digests and message authentication codes. */
import { createHmac, hash, timingSafeEqual } from "node:crypto"
import { boolean, string } from "../Type.ts"
import { type Builtin, define } from "./Builtin.ts"
import { Operands } from "./Operands.ts"

const digest = (name: string, algorithm: string): Builtin =>
  define(name, [string], string, (args, context) => {
    const text = new Operands(name, args).string(1)
    context.budget.spend(text.length >> 6)
    return hash(algorithm, text, "hex")
  })

const hmac = (name: string, algorithm: string): Builtin =>
  define(name, [string, string], string, (args, context) => {
    const operands = new Operands(name, args)
    const text = operands.string(1)
    context.budget.spend(text.length >> 6)
    return createHmac(algorithm, operands.string(2)).update(text).digest("hex")
  })

export const digests: ReadonlyArray<Builtin> = [
  digest("crypto.md5", "md5"),
  digest("crypto.sha1", "sha1"),
  digest("crypto.sha256", "sha256"),
  hmac("crypto.hmac.md5", "md5"),
  hmac("crypto.hmac.sha1", "sha1"),
  hmac("crypto.hmac.sha256", "sha256"),
  hmac("crypto.hmac.sha512", "sha512"),
  define("crypto.hmac.equal", [string, string], boolean, (args) => {
    const operands = new Operands("crypto.hmac.equal", args)
    const [left, right] = [Buffer.from(operands.string(1)), Buffer.from(operands.string(2))]
    return left.length === right.length && timingSafeEqual(left, right)
  })
]
