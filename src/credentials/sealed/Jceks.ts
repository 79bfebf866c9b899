/**
 * Java's own keystores, JCEKS and JKS, as the PEM blocks they amount to (docs/compatibility/credentials.md, 1.5). The digest
 * is checked before any entry is parsed. Own code, because no library reads JCEKS.
 */
import { createHash, timingSafeEqual } from "node:crypto"
import { Effect, Redacted } from "effect"
import { malformed } from "../../access/Der.ts"
import type { PemBlock } from "../Pem.ts"
import { JavaBytes } from "./JavaBytes.ts"
import { openJavaKey } from "./JavaKey.ts"
import { utf16 } from "./KeyDerivation.ts"
import { passwordHint, reading } from "./SealedFailure.ts"
import { WorkBudget } from "./WorkBudget.ts"

const magics = [0xcececece, 0xfeedfeed]
const digestSize = 20
/** Far more than any key with its chain takes. */
const sizeLimit = 4 * 1024 * 1024
const entryLimit = 10_000
const chainLimit = 1000

interface KeyEntry {
  readonly alias: string
  /** `EncryptedPrivateKeyInfo`. */
  readonly sealed: Uint8Array
  readonly chain: ReadonlyArray<Uint8Array>
}

interface Entries {
  readonly keys: ReadonlyArray<KeyEntry>
  readonly trusted: ReadonlyArray<{ readonly alias: string; readonly certificate: Uint8Array }>
}

const certificateOf = (bytes: JavaBytes): Uint8Array => {
  const kind = bytes.text()
  return kind === "X.509" ? bytes.block() : malformed("only X.509 certificates are supported")
}

const entriesOf = (file: Uint8Array): Entries => {
  const bytes = new JavaBytes(file)
  bytes.take(8)
  const count = bytes.u32()
  if (count > entryLimit) return malformed("too many entries")
  const keys: Array<KeyEntry> = []
  const trusted: Array<Entries["trusted"][number]> = []
  for (let index = 0; index < count; index++) {
    const tag = bytes.u32()
    if (tag === 3) return malformed("file contains a secret key entry")
    if (tag !== 1 && tag !== 2) return malformed("unknown kind of entry")
    const alias = bytes.text()
    bytes.take(8)
    if (tag === 2) {
      trusted.push({ alias, certificate: certificateOf(bytes) })
      continue
    }
    const sealed = bytes.block()
    const length = bytes.u32()
    if (length > chainLimit) return malformed("chain is too long")
    keys.push({ alias, sealed, chain: Array.from({ length }, () => certificateOf(bytes)) })
  }
  return bytes.left === 0 ? { keys, trusted } : malformed("trailing data")
}

const isIntact = (entries: Uint8Array, digest: Uint8Array, password: string): boolean =>
  timingSafeEqual(
    createHash("sha1").update(utf16(password)).update("Mighty Aphrodite").update(entries).digest(),
    digest
  )

const block = (type: string, der: Uint8Array): PemBlock => ({ type, headers: new Map(), der })
const certificate = (der: Uint8Array) => block("CERTIFICATE", der)
const byAlias = (a: { readonly alias: string }, b: { readonly alias: string }) =>
  a.alias < b.alias ? -1 : a.alias > b.alias ? 1 : 0

/** Why the header rules the file or the password out. */
const refusal = (bytes: Buffer, password: string, hint: string): string | undefined => {
  if (bytes.length > sizeLimit) return "unsupported JCEKS data: file is larger than 4 MB"
  if (bytes.length < 12 + digestSize || !magics.includes(bytes.readUInt32BE(0))) {
    return "unsupported JCEKS data: not a JCEKS or JKS file"
  }
  if (bytes.readUInt32BE(4) !== 2) return `unsupported JCEKS data: version ${bytes.readUInt32BE(4)}`
  if (password === "") {
    return `password is unsupported by JCEKS format: empty passwords are not interoperable (${hint})`
  }
  return /[\ud800-\udfff]/.test(password)
    ? "password is unsupported by JCEKS format: it has characters outside the basic multilingual plane"
    : undefined
}

/** Reads a JCEKS or JKS file. The failure is the Go program's wording. */
export const readJceks = (
  file: Uint8Array,
  secret: Redacted.Redacted | undefined
): Effect.Effect<ReadonlyArray<PemBlock>, string> =>
  Effect.gen(function* () {
    const password = secret === undefined ? "" : Redacted.value(secret)
    const bytes = Buffer.from(file.buffer, file.byteOffset, file.length)
    const refused = refusal(bytes, password, passwordHint(secret))
    if (refused !== undefined) return yield* Effect.fail(refused)
    const content = bytes.subarray(0, -digestSize)
    if (!isIntact(content, bytes.subarray(-digestSize), password)) {
      return yield* Effect.fail("integrity protection violation: keystore was tampered with or password was incorrect")
    }
    const { keys, trusted } = yield* Effect.mapError(
      reading(() => entriesOf(content)),
      ({ reason }) => `unsupported JCEKS data: ${reason}`
    )
    const blocks = trusted.toSorted(byAlias).map((entry) => certificate(entry.certificate))
    const budget = new WorkBudget()
    for (const { alias, sealed, chain } of keys.toSorted(byAlias)) {
      const key = yield* Effect.mapError(
        openJavaKey(sealed, password, budget),
        (why) => `unable to recover private key '${alias}': ${why}`
      )
      blocks.push(block("PRIVATE KEY", key), ...chain.map(certificate))
    }
    return blocks
  })
