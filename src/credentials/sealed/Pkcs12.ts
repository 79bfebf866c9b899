/**
 * PKCS#12 (RFC 7292), protected by a password, as the PEM blocks it amounts to: the certificates in the file's order and
 * one key (docs/compatibility/credentials.md, 1.4). DER, and BER as other programs than OpenSSL write it. The MAC is checked before
 * anything inside is parsed.
 */
import { Effect, Redacted } from "effect"
import { type DerNode, malformed, oidOf, readDer, Tag, TagClass } from "../../access/Der.ts"
import type { PemBlock } from "../Pem.ts"
import { derOfBer } from "./Ber.ts"
import { algorithmOf, countOf, explicitOf, membersOf, octetsOf } from "./DerFields.ts"
import { type Password, passwordOf } from "./KeyDerivation.ts"
import { decrypt, type Scheme, schemeOf, sealedKeyOf } from "./PasswordCipher.ts"
import { isAuthentic, type Mac, macOf } from "./Pkcs12Mac.ts"
import { passwordHint, reading, Unreadable, WrongPassword } from "./SealedFailure.ts"
import { WorkBudget } from "./WorkBudget.ts"

/** Far more than any key with its chain takes. */
const sizeLimit = 1024 * 1024

const Content = { data: "1.2.840.113549.1.7.1", encrypted: "1.2.840.113549.1.7.6" } as const
const Bag = {
  key: "1.2.840.113549.1.12.10.1.1",
  sealedKey: "1.2.840.113549.1.12.10.1.2",
  certificate: "1.2.840.113549.1.12.10.1.3"
} as const
const x509 = "1.2.840.113549.1.9.22.1"

interface Pfx {
  readonly content: Uint8Array
  readonly mac: Mac | undefined
}

/** Content that is there as it is has no scheme. */
interface Safe {
  readonly scheme: Scheme | undefined
  readonly data: Uint8Array
}

type Part =
  | { readonly _tag: "Certificate"; readonly der: Uint8Array }
  | { readonly _tag: "Key"; readonly der: Uint8Array }
  | { readonly _tag: "SealedKey"; readonly scheme: Scheme; readonly data: Uint8Array }

const read = (bytes: Uint8Array): DerNode => readDer(derOfBer(bytes, sizeLimit), sizeLimit)

const pfxOf = (bytes: Uint8Array): Pfx => {
  const [version, authSafe, mac] = membersOf(read(bytes), "file")
  const number = countOf(version, "version")
  if (number !== 3) return malformed(`version ${number} is not supported`)
  const { oid, parameters } = algorithmOf(authSafe, "content")
  if (oid !== Content.data) return malformed("only files protected by a password are supported")
  const content = octetsOf(explicitOf(parameters, 0, "content"), "content")
  return { content, mac: mac === undefined ? undefined : macOf(mac) }
}

/** An octet string in segments whose type its tag hides. */
const segmentsOf = ({ children }: DerNode): Uint8Array =>
  Buffer.concat(
    children.map((child) =>
      child.tagClass === TagClass.universal && child.tag === Tag.octetString
        ? child.content
        : malformed("malformed encrypted data")
    )
  )

const encryptedSafe = (node: DerNode): Safe => {
  const [, info] = membersOf(node, "encrypted data")
  const [, scheme, data] = membersOf(info, "encrypted data")
  if (data?.tagClass !== TagClass.contextSpecific || data.tag !== 0) return malformed("malformed encrypted data")
  return { scheme: schemeOf(scheme), data: data.constructed ? segmentsOf(data) : data.content }
}

const safeOf = (node: DerNode): Safe => {
  const { oid, parameters } = algorithmOf(node, "content")
  const inner = explicitOf(parameters, 0, "content")
  if (oid === Content.data) return { scheme: undefined, data: octetsOf(inner, "content") }
  return oid === Content.encrypted ? encryptedSafe(inner) : malformed("only data and encrypted data are supported")
}

const safesOf = (content: Uint8Array): ReadonlyArray<Safe> => {
  const safes = membersOf(read(content), "authenticated safe").map(safeOf)
  return safes.length === 1 || safes.length === 2
    ? safes
    : malformed(`one or two contents are supported, the file has ${safes.length}`)
}

const partOf = (bag: DerNode): ReadonlyArray<Part> => {
  const [id, value] = membersOf(bag, "bag")
  const inner = () => explicitOf(value, 0, "bag")
  switch (oidOf(id, "bag")) {
    case Bag.key:
      return [{ _tag: "Key", der: inner().raw }]
    case Bag.sealedKey: {
      const [scheme, data] = sealedKeyOf(inner())
      return [{ _tag: "SealedKey", scheme, data }]
    }
    case Bag.certificate: {
      const [kind, certificate] = membersOf(inner(), "certificate")
      if (oidOf(kind, "certificate") !== x509) return malformed("only X.509 certificates are supported")
      return [{ _tag: "Certificate", der: octetsOf(explicitOf(certificate, 0, "certificate"), "certificate") }]
    }
    default:
      return []
  }
}

const partsOf = (data: Uint8Array): ReadonlyArray<Part> => membersOf(read(data), "bags").flatMap(partOf)

const openSafe = Effect.fnUntraced(function* (safe: Safe, password: Password, budget: WorkBudget) {
  const data = safe.scheme === undefined ? safe.data : yield* decrypt(safe.scheme, password, safe.data, budget)
  return yield* reading(() => partsOf(data))
})

const block = (type: string, der: Uint8Array): PemBlock => ({ type, headers: new Map(), der })

const failing = (reason: string) => new Unreadable({ reason })

const openKey = (part: Part, isChecked: boolean, password: Password, budget: WorkBudget) => {
  if (part._tag !== "SealedKey") return Effect.succeed(part.der)
  const opened = decrypt(part.scheme, password, part.data, budget)
  return isChecked
    ? Effect.catchTag(opened, "WrongPassword", () =>
        Effect.fail(failing("the private key has a password of its own, which is not supported"))
      )
    : opened
}

const open = Effect.fnUntraced(function* (pfx: Pfx, password: Password, budget: WorkBudget) {
  const { content, mac } = pfx
  if (mac !== undefined && !(yield* isAuthentic(mac, password, content, budget))) return yield* new WrongPassword()
  const parts: Array<Part> = []
  for (const safe of yield* reading(() => safesOf(content))) {
    parts.push(...(yield* openSafe(safe, password, budget)))
  }
  const certificates = parts.filter((part) => part._tag === "Certificate")
  const [key, ...others] = parts.filter((part) => part._tag !== "Certificate")
  if (others.length > 0) return yield* failing("more than one private key, expected exactly one")
  if (certificates.length === 0) return yield* failing("certificate missing")
  if (key === undefined) return yield* failing("private key missing")
  const der = yield* openKey(key, mac !== undefined, password, budget)
  return [...certificates.map((part) => block("CERTIFICATE", part.der)), block("PRIVATE KEY", der)]
})

/** An empty password is the empty text with its NUL, or for some programs no bytes at all. */
const candidates = (text: string): ReadonlyArray<Password> =>
  text === "" ? [passwordOf(""), { utf8: new Uint8Array(), bmp: new Uint8Array() }] : [passwordOf(text)]

const openAny = (pfx: Pfx, passwords: ReadonlyArray<Password>, budget: WorkBudget): ReturnType<typeof open> => {
  const [first = passwordOf(""), ...others] = passwords
  const opened = open(pfx, first, budget)
  return others.length === 0 ? opened : Effect.catchTag(opened, "WrongPassword", () => openAny(pfx, others, budget))
}

/** Reads a PKCS#12 file. The failure is the Go program's wording. */
export const readPkcs12 = (
  bytes: Uint8Array,
  password: Redacted.Redacted | undefined
): Effect.Effect<ReadonlyArray<PemBlock>, string> =>
  Effect.gen(function* () {
    const text = password === undefined ? "" : Redacted.value(password)
    const pfx = yield* Effect.mapError(
      reading(() => pfxOf(bytes)),
      ({ reason }) => `pkcs12: error reading P12 data: asn1: ${reason}`
    )
    if (pfx.mac === undefined && text !== "") return yield* Effect.fail("pkcs12: no MAC in data")
    return yield* openAny(pfx, candidates(text), new WorkBudget()).pipe(
      Effect.mapError((failure) =>
        failure._tag === "WrongPassword"
          ? `pkcs12: decryption password incorrect (${passwordHint(password)})`
          : `pkcs12: ${failure.reason}`
      )
    )
  })
