/** The private keys of Java's keystores: Sun's own encryption by a password (docs/compatibility/credentials.md, 1.5). */
import { createDecipheriv, hash } from "node:crypto"
import { Effect, Result } from "effect"
import { malformed, readDer } from "../../access/Der.ts"
import { algorithmOf, derOf, iterationsOf, membersOf, octetsOf } from "./DerFields.ts"
import { reading } from "./SealedFailure.ts"
import { repeat, type WorkBudget } from "./WorkBudget.ts"

const jceProtector = "1.3.6.1.4.1.42.2.19.1"
const jksProtector = "1.3.6.1.4.1.42.2.17.1.1"

interface Sealed {
  readonly salt: Uint8Array
  readonly iterations: number
  readonly data: Uint8Array
}

const sealedOf = (der: Uint8Array): Sealed => {
  const [encryption, data] = membersOf(readDer(der), "encrypted private key")
  const { oid, parameters } = algorithmOf(encryption, "encryption")
  if (oid === jksProtector) {
    return malformed(
      "the JKS key protector is not supported: convert the file to PKCS#12 with `keytool -importkeystore -deststoretype PKCS12`"
    )
  }
  if (oid !== jceProtector) return malformed(`unsupported key protector ${oid}`)
  const [saltNode, iterations] = membersOf(parameters, "encryption parameters")
  const salt = octetsOf(saltNode, "salt")
  if (salt.length !== 8) return malformed("malformed salt")
  return { salt, iterations: iterationsOf(iterations), data: octetsOf(data, "encrypted private key") }
}

/** MD5 over the state and the password, again and again. */
const derive = (start: Uint8Array, password: Buffer, iterations: number): Effect.Effect<Buffer> => {
  let state = hash("md5", Buffer.concat([start, password]), "buffer")
  const input = Buffer.concat([state, password])
  return Effect.map(
    repeat(iterations - 1, () => {
      state.copy(input)
      state = hash("md5", input, "buffer")
    }),
    () => state
  )
}

const halves = (salt: Uint8Array): readonly [Uint8Array, Uint8Array] => {
  const [first, second] = [Buffer.from(salt.subarray(0, 4)), Buffer.from(salt.subarray(4))]
  return [first.equals(second) ? first.reverse() : first, second]
}

/** The PKCS#8 of an `EncryptedPrivateKeyInfo`; the failure says why not. */
export const openJavaKey = Effect.fnUntraced(function* (
  der: Uint8Array,
  password: string,
  budget: WorkBudget
): Effect.fn.Return<Uint8Array, string> {
  if (!/^[\x20-\x7e]*$/.test(password)) return yield* Effect.fail("password is not printable ASCII")
  const { salt, iterations, data } = yield* Effect.mapError(
    reading(() => sealedOf(der)),
    ({ reason }) => reason
  )
  yield* Effect.mapError(budget.spend(iterations), ({ reason }) => reason)
  const [first, second] = halves(salt)
  const bytes = Buffer.from(password)
  const derived = Buffer.concat([yield* derive(first, bytes, iterations), yield* derive(second, bytes, iterations)])
  const opened = Result.try(() => {
    const stream = createDecipheriv("des-ede3-cbc", derived.subarray(0, 24), derived.subarray(24))
    return Buffer.concat([stream.update(data), stream.final()])
  })
  const key = Result.isSuccess(opened) ? derOf(opened.success) : undefined
  return key ?? (yield* Effect.fail("decryption failed with the given password"))
})
