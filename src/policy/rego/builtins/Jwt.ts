/** JSON Web Tokens (RFC 7519): decoding and verifying. */
import { any, anyObject, boolean, mapOf, string, tuple } from "../Type.ts"
import { emptyObject } from "../values/Collections.ts"
import { compareNumbers, fromBigInt, type RegoNumber } from "../values/Decimal.ts"
import { JsonError, parseJson } from "../values/Json.ts"
import { equal } from "../values/Order.ts"
import { isArray, isNumber, isObject, isSet, type RegoObject, type Value } from "../values/Value.ts"
import { multiply } from "./Arithmetic.ts"
import { type Builtin, type BuiltinContext, define } from "./Builtin.ts"
import { decodeBase64Url } from "./Encodings.ts"
import { keysOf, NoKey, type VerificationKey } from "./JwtKeys.ts"
import { type Check, checkSecret, publicKeyChecks, secretHashes } from "./JwtSignature.ts"
import { Operands } from "./Operands.ts"

/** How deep tokens may be wrapped in each other. */
const deepest = 8

interface Token {
  readonly header: RegoObject
  readonly payload: string
  readonly signature: Buffer
  /** What the signature is of. */
  readonly signed: string
}

const section = (operands: Operands, name: string, text: string): Buffer => {
  const bytes = decodeBase64Url(text)
  return typeof bytes === "number"
    ? operands.fail(`JWT ${name} had invalid encoding: illegal base64 data at input byte ${bytes}`)
    : bytes
}

const jsonObject = (operands: Operands, name: string, text: string): RegoObject => {
  try {
    const value = parseJson(text)
    if (isObject(value)) return value
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause
  }
  return operands.fail(`JWT ${name} had invalid encoding: it is no JSON object`)
}

const readToken = (operands: Operands, text: string): Token => {
  const parts = text.split(".")
  if (parts.length === 1) return operands.fail("encoded JWT had no period separators")
  if (parts.length !== 3) return operands.fail(`encoded JWT must have 3 sections, found ${parts.length}`)
  const [head = "", body = "", tail = ""] = parts
  const header = jsonObject(operands, "header", section(operands, "header", head).toString())
  if (header.has("enc")) return operands.fail("JWT is a JWE object, which is not supported")
  return {
    header,
    payload: section(operands, "payload", body).toString(),
    signature: section(operands, "signature", tail),
    signed: `${head}.${body}`
  }
}

const textAt = (object: RegoObject, key: string): string | undefined => {
  const value = object.get(key)
  return typeof value === "string" ? value : undefined
}

const wrapsToken = ({ header }: Token): boolean => textAt(header, "cty")?.toUpperCase() === "JWT"

/** A token inside a token may be written as a JSON string. */
const unwrapped = ({ payload }: Token): string => payload.replace(/^"|"$/g, "")

const decode = (args: ReadonlyArray<Value>, context: BuiltinContext): Value => {
  const operands = new Operands("io.jwt.decode", args)
  context.budget.spend(operands.string(1).length >> 4)
  let token = readToken(operands, operands.string(1))
  for (let depth = 0; wrapsToken(token); depth++) {
    if (depth > deepest) return operands.fail("JWTs are wrapped too deeply")
    token = readToken(operands, unwrapped(token))
  }
  return [token.header, jsonObject(operands, "payload", token.payload), token.signature.toString("hex")]
}

const keys = (operands: Operands, text: string): ReadonlyArray<VerificationKey> => {
  const found = keysOf(text)
  return found instanceof NoKey ? operands.fail(found.message) : found
}

const passes = (check: Check, { key }: VerificationKey, token: Token): boolean => {
  try {
    return check(key, token.signed, token.signature)
  } catch {
    return false
  }
}

/** Whether one of the keys signed the token: the one it names, if there is such a one, else any of its algorithm. */
const isSigned = (check: Check, keys: ReadonlyArray<VerificationKey>, token: Token): boolean => {
  const id = textAt(token.header, "kid")
  const named = id === undefined || id === "" ? undefined : keys.find((key) => key.id === id)
  if (named !== undefined) return passes(check, named, token)
  const algorithm = textAt(token.header, "alg")
  return keys.some((key) => (key.algorithm === undefined || key.algorithm === algorithm) && passes(check, key, token))
}

/** Work of one verification, in steps: far more than that of anything else. */
const verificationSteps = 500

const verifying = (algorithm: string, check: Check): Builtin => {
  const name = `io.jwt.verify_${algorithm.toLowerCase()}`
  return define(name, [string, string], boolean, (args, context) => {
    const operands = new Operands(name, args)
    const token = readToken(operands, operands.string(1))
    const trusted = keys(operands, operands.string(2))
    context.budget.spend(verificationSteps * trusted.length)
    return isSigned(check, trusted, token)
  })
}

const verifyingSecret = (algorithm: string, hash: string): Builtin => {
  const name = `io.jwt.verify_${algorithm.toLowerCase()}`
  return define(name, [string, string], boolean, (args, context) => {
    const operands = new Operands(name, args)
    const token = readToken(operands, operands.string(1))
    context.budget.spend(token.signed.length >> 4)
    return checkSecret(hash, operands.string(2), token.signed, token.signature)
  })
}

/** What `io.jwt.decode_verify` asks of a token. */
interface Constraints {
  readonly keys: ReadonlyArray<VerificationKey> | undefined
  readonly secret: string | undefined
  readonly algorithm: string | undefined
  readonly issuer: string | undefined
  readonly audience: string | undefined
  /** In nanoseconds. */
  readonly time: RegoNumber
}

const known: ReadonlySet<Value> = new Set(["cert", "secret", "alg", "iss", "aud", "time"])

const constraintsOf = (operands: Operands, context: BuiltinContext): Constraints => {
  const object = operands.object(2)
  for (const [key] of object.sorted()) {
    if (!known.has(key))
      return operands.fail(`unknown token validation constraint: ${typeof key === "string" ? key : "?"}`)
  }
  const text = (key: string): string | undefined => {
    const value = object.get(key)
    if (value !== undefined && typeof value !== "string") return operands.fail(`${key} constraint: must be a string`)
    return value
  }
  const certificate = text("cert")
  const secret = text("secret")
  if (certificate === undefined && (secret === undefined || secret === "")) return operands.fail("no key constraint")
  if (certificate !== undefined && secret !== undefined) return operands.fail("duplicate key constraints")
  const time = object.get("time") ?? fromBigInt(context.now)
  if (!isNumber(time)) return operands.fail("token time constraint: must be a number")
  return {
    keys: certificate === undefined ? undefined : keys(operands, certificate),
    secret,
    algorithm: text("alg"),
    issuer: text("iss"),
    audience: text("aud"),
    time
  }
}

/** Whether the header names an algorithm and demands no extension (RFC 7515, section 4.1.11). */
const isUnderstood = ({ header }: Token): boolean => textAt(header, "alg") !== undefined && !header.has("crit")

const hasSignature = (operands: Operands, token: Token, constraints: Constraints): boolean => {
  const algorithm = textAt(token.header, "alg") ?? ""
  if (constraints.algorithm !== undefined && constraints.algorithm !== algorithm) return false
  const check = publicKeyChecks.get(algorithm)
  const hash = secretHashes.get(algorithm)
  if (check === undefined && hash === undefined)
    return operands.fail(`unknown JWS algorithm: ${algorithm.slice(0, 100)}`)
  if (constraints.keys !== undefined) return check !== undefined && isSigned(check, constraints.keys, token)
  if (hash === undefined || constraints.secret === undefined) return false
  return checkSecret(hash, constraints.secret, token.signed, token.signature)
}

const nanoseconds = 1_000_000_000

/** The claim as a number of nanoseconds. */
const timeClaim = (operands: Operands, payload: RegoObject, name: string): RegoNumber | undefined => {
  const value = payload.get(name)
  if (value === undefined) return undefined
  if (!isNumber(value)) return operands.fail(`${name} value must be a number`)
  return multiply(operands.name, value, nanoseconds)
}

const isFor = (audience: Value | undefined, expected: string | undefined): boolean => {
  if (audience === undefined || expected === undefined) return audience === undefined && expected === undefined
  if (isArray(audience)) return audience.some((each) => each === expected)
  return isSet(audience) ? audience.has(expected) : equal(audience, expected)
}

const meets = (operands: Operands, payload: RegoObject, constraints: Constraints): boolean => {
  if (constraints.issuer !== undefined && payload.get("iss") !== constraints.issuer) return false
  if (!isFor(payload.get("aud"), constraints.audience)) return false
  const expiry = timeClaim(operands, payload, "exp")
  if (expiry !== undefined && compareNumbers(constraints.time, expiry) >= 0) return false
  const start = timeClaim(operands, payload, "nbf")
  return start === undefined || compareNumbers(constraints.time, start) >= 0
}

const unverified: Value = [false, emptyObject, emptyObject]

const decodeVerify = (args: ReadonlyArray<Value>, context: BuiltinContext): Value => {
  const operands = new Operands("io.jwt.decode_verify", args)
  const constraints = constraintsOf(operands, context)
  let text = operands.string(1)
  for (let depth = 0; depth <= deepest; depth++) {
    context.budget.spend(verificationSteps * (1 + (constraints.keys?.length ?? 0)))
    const token = readToken(operands, text)
    if (!isUnderstood(token) || !hasSignature(operands, token, constraints)) return unverified
    if (!wrapsToken(token)) {
      const payload = jsonObject(operands, "payload", token.payload)
      return meets(operands, payload, constraints) ? [true, token.header, payload] : unverified
    }
    text = unwrapped(token)
  }
  return operands.fail("JWTs are wrapped too deeply")
}

export const jwts: ReadonlyArray<Builtin> = [
  define("io.jwt.decode", [string], tuple(anyObject, anyObject, string), decode),
  define("io.jwt.decode_verify", [string, mapOf(string, any)], tuple(boolean, anyObject, anyObject), decodeVerify),
  ...[...publicKeyChecks].map(([algorithm, check]) => verifying(algorithm, check)),
  ...[...secretHashes].map(([algorithm, hash]) => verifyingSecret(algorithm, hash))
]
