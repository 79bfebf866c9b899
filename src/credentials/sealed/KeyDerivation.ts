/** Keys from passwords: PBKDF2 and scrypt on Node's own threads, the older way of PKCS#12 in slices on this one. */
import { hash, pbkdf2, scrypt } from "node:crypto"
import { Effect } from "effect"
import { Unreadable } from "./SealedFailure.ts"
import { repeat, type WorkBudget } from "./WorkBudget.ts"

/** Hash functions by the name `node:crypto` knows, with the sizes of output and block in bytes. */
export const hashes = {
  sha1: { output: 20, block: 64 },
  sha224: { output: 28, block: 64 },
  sha256: { output: 32, block: 64 },
  sha384: { output: 48, block: 128 },
  sha512: { output: 64, block: 128 }
} as const
export type HashName = keyof typeof hashes

/** A password as files encode it. */
export interface Password {
  readonly utf8: Uint8Array
  /** UTF-16, big-endian, with a final NUL: PKCS#12's BMPString. */
  readonly bmp: Uint8Array
}

/** UTF-16, big-endian. */
export const utf16 = (text: string): Buffer => Buffer.from(text, "utf16le").swap16()

/** A password in both encodings. */
export const passwordOf = (text: string): Password => ({ utf8: Buffer.from(text), bmp: utf16(`${text}\0`) })

/** What PKCS#12's derivation is for (RFC 7292, appendix B.3). */
export const Purpose = { key: 1, iv: 2, mac: 3 } as const

const fill = (bytes: Uint8Array, block: number): Buffer =>
  Buffer.alloc(block * Math.ceil(bytes.length / block), bytes.length === 0 ? undefined : Buffer.from(bytes))

/** Adds `addend` and 1 to every block of `blocks`, as big numbers. */
const addToBlocks = (blocks: Buffer, addend: Buffer): void => {
  for (let start = 0; start < blocks.length; start += addend.length) {
    let carry = 1
    for (let i = addend.length - 1; i >= 0; i--) {
      carry += (blocks[start + i] ?? 0) + (addend[i] ?? 0)
      blocks[start + i] = carry & 0xff
      carry >>= 8
    }
  }
}

/** RFC 7292, appendix B.2. */
export const deriveForPkcs12 = Effect.fnUntraced(function* (
  name: HashName,
  purpose: (typeof Purpose)[keyof typeof Purpose],
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  size: number,
  budget: WorkBudget
): Effect.fn.Return<Buffer, Unreadable> {
  const { block } = hashes[name]
  const input = Buffer.concat([fill(salt, block), fill(password, block)])
  let key = Buffer.alloc(0)
  for (;;) {
    yield* budget.spend(iterations)
    let digest = hash(name, Buffer.concat([Buffer.alloc(block, purpose), input]), "buffer")
    yield* repeat(iterations - 1, () => {
      digest = hash(name, digest, "buffer")
    })
    key = Buffer.concat([key, digest])
    if (key.length >= size) return key.subarray(0, size)
    addToBlocks(input, fill(digest, block).subarray(0, block))
  }
})

/** RFC 8018, section 5.2. `size` has its limit where it is read. */
export const derivePbkdf2 = (
  name: HashName,
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  size: number,
  budget: WorkBudget
): Effect.Effect<Buffer, Unreadable> =>
  Effect.andThen(
    budget.spend(iterations * Math.ceil(size / hashes[name].output)),
    Effect.callback<Buffer, Unreadable>((resume) => {
      pbkdf2(password, salt, iterations, size, name, (error, key) =>
        resume(error === null ? Effect.succeed(key) : Effect.fail(new Unreadable({ reason: error.message })))
      )
    })
  )

/** Memory that scrypt may take, in bytes: eight times what `openssl pkcs8 -scrypt` asks for. */
const scryptMemory = 128 * 1024 * 1024
const scryptLanes = 16

/** RFC 7914; fails where the file asks for too much. */
export const deriveScrypt = (
  password: Uint8Array,
  salt: Uint8Array,
  cost: number,
  blockSize: number,
  parallelization: number,
  size: number
): Effect.Effect<Buffer, Unreadable> =>
  Effect.callback((resume) => {
    const refused = () => resume(Effect.fail(new Unreadable({ reason: "scrypt parameters are beyond the limit" })))
    if (parallelization > scryptLanes) return refused()
    try {
      const limits = { cost, blockSize, parallelization, maxmem: scryptMemory + 1024 * 1024 }
      scrypt(password, salt, size, limits, (error, key) => (error === null ? resume(Effect.succeed(key)) : refused()))
    } catch {
      refused()
    }
  })
