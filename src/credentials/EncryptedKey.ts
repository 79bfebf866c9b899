/**
 * Private keys in PEM that a password protects: PKCS#8 (`ENCRYPTED PRIVATE KEY`), and OpenSSL's older `Proc-Type` headers.
 * An addition to the Go program, which refuses them (docs/compatibility/credentials.md, 1.3).
 */
import { createPrivateKey, getCiphers } from "node:crypto"
import { Effect, Redacted } from "effect"
import { readDer } from "../access/Der.ts"
import { isEncrypted, isKey, type PemBlock, writePem } from "./Pem.ts"
import { passwordOf } from "./sealed/KeyDerivation.ts"
import { decrypt, sealedKeyOf } from "./sealed/PasswordCipher.ts"
import { reading } from "./sealed/SealedFailure.ts"
import { WorkBudget } from "./sealed/WorkBudget.ts"

/** What a password made of a list of blocks: the key opened, or the reason why it was not. */
export interface Opened {
  readonly blocks: ReadonlyArray<PemBlock>
  readonly sealed: string | undefined
}

const wrongPassword = "it is encrypted, and the password does not open it"

const openPkcs8 = (der: Uint8Array, password: string): Effect.Effect<Uint8Array, string> =>
  Effect.gen(function* () {
    const [scheme, data] = yield* reading(() => sealedKeyOf(readDer(der)))
    return yield* decrypt(scheme, passwordOf(password), data, new WorkBudget())
  }).pipe(
    Effect.mapError((failure) =>
      failure._tag === "WrongPassword" ? wrongPassword : `its encryption cannot be read: ${failure.reason}`
    )
  )

/** OpenSSL's older form derives the key with one round of MD5: nothing in it takes time. */
const openHeaders = ({ type, der, headers }: PemBlock, password: string): Effect.Effect<Uint8Array, string> => {
  const cipher = headers.get("DEK-Info")?.split(",")[0] ?? ""
  if (!getCiphers().includes(cipher.toLowerCase())) return Effect.fail(`its cipher ${cipher} is not supported`)
  return Effect.try({
    try: () => createPrivateKey({ key: writePem(type, der, headers), format: "pem", passphrase: password }),
    catch: () => wrongPassword
  }).pipe(Effect.map((key) => key.export({ type: "pkcs8", format: "der" })))
}

/** Opens the key among the blocks, where it is encrypted. */
export const openEncryptedKey = (
  blocks: ReadonlyArray<PemBlock>,
  password: Redacted.Redacted
): Effect.Effect<Opened> => {
  const block = blocks.find(isKey)
  if (block === undefined || !isEncrypted(block)) return Effect.succeed({ blocks, sealed: undefined })
  const text = Redacted.value(password)
  const open = block.headers.has("Proc-Type") ? openHeaders(block, text) : openPkcs8(block.der, text)
  return Effect.match(open, {
    onFailure: (sealed) => ({ blocks, sealed }),
    onSuccess: (der) => ({
      blocks: blocks.map((each) => (each === block ? { type: "PRIVATE KEY", headers: new Map(), der } : each)),
      sealed: undefined
    })
  })
}
