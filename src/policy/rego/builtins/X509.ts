/** Certificates, certificate requests and private keys. */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto"
import { Malformed } from "../../../access/Der.ts"
import { certificateFields } from "../certificates/Certificate.ts"
import { verifiedChain } from "../certificates/Chain.ts"
import { base64 } from "../certificates/Fields.ts"
import { derOf, pemBlocks } from "../certificates/Pem.ts"
import { requestValue } from "../certificates/Request.ts"
import { any, anyObject, arrayOf, boolean, mapOf, nullType, oneOf, string, tuple } from "../Type.ts"
import { record } from "../values/Collections.ts"
import { toBigInt } from "../values/Decimal.ts"
import { fromJavaScript } from "../values/Json.ts"
import { isArray, isNumber, type RegoObject, type Value } from "../values/Value.ts"
import { type Builtin, type BuiltinContext, define } from "./Builtin.ts"
import { decodeBase64 } from "./Encodings.ts"
import { Operands } from "./Operands.ts"

/** Steps that reading one certificate counts as. */
const readingSteps = 200

/** What the text of URI names is under in what policies get, beside their parts. */
const uriStrings = (der: Uint8Array): Value => {
  const names = new X509Certificate(der).subjectAltName ?? ""
  const uris = [...names.matchAll(/URI:("(?:[^"\\]|\\.)*"|[^,]+)/g)].map(([, uri = ""]) => {
    const parsed: unknown = uri.startsWith('"') ? JSON.parse(uri) : uri
    return typeof parsed === "string" ? parsed : uri
  })
  return uris.length === 0 ? null : uris
}

const reading = <A>(operands: Operands, what: string, read: () => A): A => {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof Malformed) return operands.fail(`${what}: ${cause.message}`)
    throw cause
  }
}

const certificate = (operands: Operands, der: Uint8Array): RegoObject => {
  const fields = reading(operands, "x509: malformed certificate", () => certificateFields(der))
  try {
    return record({ ...fields, URIStrings: uriStrings(der) })
  } catch {
    return operands.fail("x509: malformed certificate")
  }
}

const ders = (operands: Operands, label: string, context: BuiltinContext): ReadonlyArray<Buffer> => {
  const text = operands.string(1)
  const found = derOf(text, label, decodeBase64)
  if (found === undefined) return operands.fail(`illegal base64 data at input byte ${decodeBase64(text)}`)
  context.budget.spend(readingSteps * found.length)
  return found
}

/** DER certificates may follow each other without PEM around them. */
const separated = (operands: Operands, der: Buffer): ReadonlyArray<Buffer> => {
  const parts: Array<Buffer> = []
  for (let rest = der; rest.length > 0; ) {
    const size = derLength(rest)
    if (size === undefined || size > rest.length) return operands.fail("x509: malformed certificate")
    parts.push(rest.subarray(0, size))
    rest = rest.subarray(size)
  }
  return parts
}

/** The length of the sequence that starts here, with its header. */
const derLength = (bytes: Buffer): number | undefined => {
  const [tag, first] = bytes
  if (tag !== 0x30 || first === undefined) return undefined
  if (first < 0x80) return 2 + first
  const count = first & 0x7f
  return count === 0 || count > 4 || bytes.length < 2 + count ? undefined : 2 + count + bytes.readUIntBE(2, count)
}

const certificates = (operands: Operands, context: BuiltinContext): ReadonlyArray<Buffer> =>
  ders(operands, "CERTIFICATE", context).flatMap((der) => separated(operands, der))

const usagesOf: Readonly<Record<string, string>> = {
  KeyUsageAny: "",
  KeyUsageServerAuth: "1.3.6.1.5.5.7.3.1",
  KeyUsageClientAuth: "1.3.6.1.5.5.7.3.2",
  KeyUsageCodeSigning: "1.3.6.1.5.5.7.3.3",
  KeyUsageEmailProtection: "1.3.6.1.5.5.7.3.4",
  KeyUsageIPSECEndSystem: "1.3.6.1.5.5.7.3.5",
  KeyUsageIPSECTunnel: "1.3.6.1.5.5.7.3.6",
  KeyUsageIPSECUser: "1.3.6.1.5.5.7.3.7",
  KeyUsageTimeStamping: "1.3.6.1.5.5.7.3.8",
  KeyUsageOCSPSigning: "1.3.6.1.5.5.7.3.9"
}

/** `[valid, chain]`: the chain from the leaf to the root, empty when it is not valid. */
const verify = (operands: Operands, options: RegoObject | undefined, context: BuiltinContext): Value => {
  const list = certificates(operands, context)
  for (const der of list) certificate(operands, der)
  const time = options?.get("CurrentTime")
  const now = isNumber(time) ? (toBigInt(time) ?? context.now) : context.now
  const hostName = options?.get("DNSName")
  const names = options?.get("KeyUsages")
  const usages = (isArray(names) ? names : []).map((name) => {
    const usage = typeof name === "string" ? usagesOf[name] : undefined
    return usage ?? operands.fail("invalid key usage")
  })
  const chain = verifiedChain(list, {
    now: Number(now / 1_000_000n),
    hostName: typeof hostName === "string" ? hostName : undefined,
    usages: usages.includes("") ? [] : usages
  })
  return chain === undefined ? [false, []] : [true, chain.map((der) => certificate(operands, der))]
}

const privateKey = (pem: string): KeyObject | undefined => {
  try {
    return createPrivateKey(pem)
  } catch {
    return undefined
  }
}

const armored = (label: string, der: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${base64(der).replace(/.{64}/g, "$&\n")}\n-----END ${label}-----\n`

const keysIn = (text: string): ReadonlyArray<KeyObject> =>
  pemBlocks(text)
    .filter(({ label }) => label.endsWith("PRIVATE KEY"))
    .flatMap(({ der, label }) => privateKey(armored(label, der)) ?? [])

/** PEM, or PEM in Base64. */
const pemText = (operands: Operands, position: number): string => {
  const text = operands.string(position)
  if (text.includes("-----BEGIN")) return text
  const bytes = decodeBase64(text)
  return typeof bytes === "number" ? operands.fail(`illegal base64 data at input byte ${bytes}`) : bytes.toString()
}

const jwk = (key: KeyObject): Value => fromJavaScript(key.export({ format: "jwk" }))

const keyPair = (args: ReadonlyArray<Value>, context: BuiltinContext): Value => {
  const operands = new Operands("crypto.x509.parse_keypair", args)
  const list = pemBlocks(pemText(operands, 1)).filter(({ label }) => label === "CERTIFICATE")
  const [leaf] = list
  const [key] = keysIn(pemText(operands, 2))
  context.budget.spend(readingSteps * (list.length + 1))
  if (leaf === undefined) return operands.fail("tls: failed to find any PEM data in certificate input")
  if (key === undefined) return operands.fail("tls: failed to find any PEM data in key input")
  certificate(operands, leaf.der)
  if (!new X509Certificate(leaf.der).checkPrivateKey(key)) {
    return operands.fail("tls: private key does not match public key")
  }
  return record({
    Certificate: list.map(({ der }) => base64(der)),
    PrivateKey: jwk(key),
    Leaf: certificate(operands, leaf.der),
    SupportedSignatureAlgorithms: null,
    OCSPStaple: null,
    SignedCertificateTimestamps: null
  })
}

const list = arrayOf(anyObject)

export const x509Builtins: ReadonlyArray<Builtin> = [
  define("crypto.x509.parse_certificates", [string], list, (args, context) => {
    const operands = new Operands("crypto.x509.parse_certificates", args)
    return certificates(operands, context).map((der) => certificate(operands, der))
  }),
  define("crypto.x509.parse_and_verify_certificates", [string], tuple(boolean, list), (args, context) =>
    verify(new Operands("crypto.x509.parse_and_verify_certificates", args), undefined, context)
  ),
  define(
    "crypto.x509.parse_and_verify_certificates_with_options",
    [string, mapOf(string, any)],
    tuple(boolean, list),
    (args, context) => {
      const operands = new Operands("crypto.x509.parse_and_verify_certificates_with_options", args)
      return verify(operands, operands.object(2), context)
    }
  ),
  define("crypto.x509.parse_certificate_request", [string], mapOf(string, any), (args, context) => {
    const operands = new Operands("crypto.x509.parse_certificate_request", args)
    const [der = Buffer.alloc(0)] = ders(operands, "CERTIFICATE REQUEST", context)
    return reading(operands, "asn1: structure error", () => requestValue(der))
  }),
  define("crypto.x509.parse_keypair", [string, string], mapOf(string, any), keyPair),
  define("crypto.x509.parse_rsa_private_key", [string], mapOf(string, any), (args, context) => {
    const operands = new Operands("crypto.x509.parse_rsa_private_key", args)
    context.budget.spend(readingSteps)
    const key = keysIn(pemText(operands, 1)).find(({ asymmetricKeyType }) => asymmetricKeyType === "rsa")
    return key === undefined ? operands.fail("failed to parse a PEM encoded RSA private key") : jwk(key)
  }),
  define("crypto.parse_private_keys", [string], oneOf(nullType, list), (args, context) => {
    const text = new Operands("crypto.parse_private_keys", args).string(1)
    if (text === "") return null
    const bytes = text.includes("-----BEGIN") ? Buffer.from(text) : decodeBase64(text)
    const keys = typeof bytes === "number" ? [] : keysIn(bytes.toString())
    context.budget.spend(readingSteps * keys.length)
    return keys.map(jwk)
  })
]
