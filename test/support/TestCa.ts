/**
 * Throw-away certificate authorities for tests, made with the `openssl` program in a temporary directory. Everything is
 * cached for the life of the process: asking twice for the same authority or identity gives the same files.
 */
import { execFile } from "node:child_process"
import { createHash, createPublicKey, generateKeyPair, type KeyObject, randomBytes, X509Certificate } from "node:crypto"
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs"
import { readFile, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"

const run = promisify(execFile)

/** What a key can be; the last four are kinds that Ghostunnel or OpenSSL refuses. */
export type KeyKind = "p256" | "p384" | "p521" | "rsa" | "ed25519" | "rsa1024" | "rsa-pss" | "ed448" | "secp256k1"

/** How long a certificate lives: a year from an hour ago unless told otherwise. */
export interface Validity {
  readonly notBefore?: Date
  readonly notAfter?: Date
  /** Ended an hour ago. */
  readonly expired?: true
  /** Begins tomorrow. */
  readonly notYetValid?: true
}

/** What to make. An absent `cn` makes a subject without a common name. */
export interface IdentitySpec extends Validity {
  readonly cn?: string
  readonly key?: KeyKind
  readonly ou?: string | ReadonlyArray<string>
  readonly o?: string | ReadonlyArray<string>
  /** The whole subject instead of `cn`, `ou` and `o`: types as `openssl -subj` knows them, in order. */
  readonly subject?: ReadonlyArray<readonly [type: string, value: string]>
  readonly dns?: ReadonlyArray<string>
  readonly ip?: ReadonlyArray<string>
  readonly uri?: ReadonlyArray<string>
  readonly email?: ReadonlyArray<string>
  /** Extended key usage; `both` unless told otherwise, `none` leaves the extension out. */
  readonly eku?: "client" | "server" | "both" | "none" | "codeSigning"
  readonly selfSigned?: boolean
  /** Issued by an intermediate of this authority; `chainPem` then carries it. */
  readonly intermediate?: boolean
  /** Puts this public key (SPKI PEM) in the certificate instead of a fresh one; `keyPem` then does not belong to it. */
  readonly publicKeyPem?: string
  /** Further lines for the extension section of openssl's configuration. */
  readonly extensions?: ReadonlyArray<string>
}

/** A certificate with its key. The key is PKCS#8. */
export interface TestIdentity {
  readonly certPem: string
  readonly keyPem: string
  /** Leaf first, then the intermediate if there is one, never the root. */
  readonly chainPem: string
  /** The leaf. */
  readonly der: Buffer
  /** Holds `chainPem`. */
  readonly certPath: string
  readonly keyPath: string
  /** `chainPem` and the key in one file. */
  readonly combinedPath: string
}

/** An authority. */
export interface TestCa {
  readonly certPem: string
  readonly certPath: string
  readonly keyPath: string
  readonly der: Buffer
  readonly issue: (spec: IdentitySpec) => Promise<TestIdentity>
  /** An authority below this one; identities it issues carry it in their chain. */
  readonly makeIntermediate: (name: string, options?: CaOptions) => Promise<TestCa>
}

/** What an authority can differ in. */
export interface CaOptions extends Validity {
  readonly key?: KeyKind
  /** Further lines for the extension section, such as `nameConstraints = permitted;DNS:example.com`. */
  readonly extensions?: ReadonlyArray<string>
  readonly pathLength?: number
}

let directory: string | undefined
const authorities = new Map<string, Promise<TestCa>>()
let files = 0

const removeDirectory = () => {
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true })
  directory = undefined
}

const prefix = "ghostunnel-test-ca-"

/** Removes what processes that were killed left behind more than an hour ago. */
const removeForgotten = () => {
  for (const name of readdirSync(tmpdir()).filter((name) => name.startsWith(prefix))) {
    const path = join(tmpdir(), name)
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (age > hour) rmSync(path, { recursive: true, force: true })
  }
}

/** The directory everything is made in; tests may put files of their own there. */
export const testCaDirectory = (): string => {
  if (directory === undefined) {
    removeForgotten()
    directory = mkdtempSync(join(tmpdir(), prefix))
    process.once("exit", removeDirectory)
  }
  return directory
}

/** Removes every file made so far and forgets every authority. Also happens when the process ends. */
export const disposeTestCas = (): void => {
  removeDirectory()
  process.off("exit", removeDirectory)
  authorities.clear()
}

/** An authority of this name, self-signed, P-256 unless told otherwise. */
export const makeCa = (name: string, options: CaOptions = {}): Promise<TestCa> => {
  const id = JSON.stringify([name, options])
  const known = authorities.get(id)
  if (known !== undefined) return known
  const made = createAuthority(name, options, undefined)
  authorities.set(id, made)
  return made
}

const newPath = (suffix: string) => join(testCaDirectory(), `${++files}${suffix}`)

const write = async (suffix: string, text: string): Promise<string> => {
  const path = newPath(suffix)
  await writeFile(path, text, { mode: 0o600 })
  return path
}

const pkcs8 = (error: Error | null, key: KeyObject, resolve: (pem: string) => void, reject: (cause: Error) => void) => {
  if (error === null) resolve(key.export({ type: "pkcs8", format: "pem" }).toString())
  else reject(error)
}

/** A private key, PKCS#8 PEM. */
export const makeKey = (kind: KeyKind): Promise<string> =>
  new Promise((resolve, reject) => {
    const done = (error: Error | null, _: KeyObject, key: KeyObject) => pkcs8(error, key, resolve, reject)
    switch (kind) {
      case "rsa":
        return generateKeyPair("rsa", { modulusLength: 2048 }, done)
      case "rsa1024":
        return generateKeyPair("rsa", { modulusLength: 1024 }, done)
      case "rsa-pss":
        return generateKeyPair("rsa-pss", { modulusLength: 2048 }, done)
      case "ed25519":
        return generateKeyPair("ed25519", {}, done)
      case "ed448":
        return generateKeyPair("ed448", {}, done)
      case "secp256k1":
        return generateKeyPair("ec", { namedCurve: "secp256k1" }, done)
      case "p384":
        return generateKeyPair("ec", { namedCurve: "secp384r1" }, done)
      case "p521":
        return generateKeyPair("ec", { namedCurve: "secp521r1" }, done)
      case "p256":
        return generateKeyPair("ec", { namedCurve: "prime256v1" }, done)
    }
  })

const list = (value: string | ReadonlyArray<string> | undefined): ReadonlyArray<string> =>
  value === undefined ? [] : typeof value === "string" ? [value] : value

const subjectText = (attributes: ReadonlyArray<readonly [string, string]>): string =>
  `/${attributes.map(([type, value]) => `${type}=${value.replace(/[\\/+]/g, "\\$&")}`).join("/")}`

const hour = 3_600_000
const validityOf = (spec: Validity): readonly [Date, Date] | undefined => {
  const now = Date.now()
  const from = spec.notYetValid ? now + 24 * hour : now - (spec.expired ? 48 : 1) * hour
  const to = spec.expired ? now - hour : now + 365 * 24 * hour
  return spec.notBefore || spec.notAfter || spec.expired || spec.notYetValid
    ? [spec.notBefore ?? new Date(from), spec.notAfter ?? new Date(to)]
    : undefined
}

interface Signing {
  readonly subject: string
  readonly keyPem: string
  readonly keyPath: string
  readonly publicKeyPath: string | undefined
  readonly issuer: { readonly certPath: string; readonly keyPath: string } | undefined
  readonly extensions: ReadonlyArray<string>
  readonly validity: readonly [Date, Date] | undefined
}

/** Signs a certificate and gives its PEM. `openssl x509` 3.0 knows no dates, `openssl ca` no foreign public keys. */
const sign = async (order: Signing): Promise<string> => {
  const certPath = newPath(".crt")
  const extensions = await write(".cnf", ["[ext]", ...order.extensions, ""].join("\n"))
  const output = ["-extfile", extensions, "-extensions", "ext", "-out", certPath]
  await (order.validity === undefined ? signNow(order, output) : signDated(order, output, order.validity))
  return readFile(certPath, "utf8")
}

const signNow = async (order: Signing, output: ReadonlyArray<string>) => {
  const publicKey = async () => order.publicKeyPath ?? (await write(".pub", publicPem(order.keyPem)))
  const signer = order.issuer
    ? ["-CA", order.issuer.certPath, "-CAkey", order.issuer.keyPath, "-force_pubkey", await publicKey()]
    : ["-key", order.keyPath]
  const serial = ["-set_serial", `0x5${randomBytes(15).toString("hex")}`, "-days", "365"]
  // `openssl x509` takes a subject for Latin-1, `openssl req` can be told that it is UTF-8.
  const ascii = Buffer.byteLength(order.subject) === order.subject.length
  const subject = ascii ? ["-new", "-subj", order.subject] : ["-req", "-in", await request(order)]
  await run("openssl", ["x509", ...subject, ...signer, ...serial, ...output])
}

const publicPem = (keyPem: string) => createPublicKey(keyPem).export({ type: "spki", format: "pem" }).toString()

const time = (date: Date) => date.toISOString().replace(/\.\d+/, "").replace(/[-:T]/g, "")

const signDated = async (order: Signing, output: ReadonlyArray<string>, [from, to]: readonly [Date, Date]) => {
  const database = await write(".db", "")
  await writeFile(`${database}.attr`, "unique_subject = no\n")
  const config = `[ca]\ndefault_ca = d\n[d]\ndatabase = ${database}\nnew_certs_dir = ${testCaDirectory()}\nrand_serial = yes
default_md = default\npolicy = p\nemail_in_dn = yes\n[p]\ncommonName = optional\n`
  const issuer = order.issuer
    ? ["-cert", order.issuer.certPath, "-keyfile", order.issuer.keyPath]
    : ["-selfsign", "-keyfile", order.keyPath]
  const input = ["-config", await write(".cnf", config), "-in", await request(order)]
  const validity = ["-startdate", time(from), "-enddate", time(to)]
  await run("openssl", ["ca", ...input, ...issuer, ...validity, "-batch", "-notext", "-preserveDN", ...output])
}

const request = async (order: Signing): Promise<string> => {
  const path = newPath(".csr")
  await run("openssl", ["req", "-new", "-utf8", "-key", order.keyPath, "-subj", order.subject, "-out", path])
  return path
}

const derOf = (pem: string): Buffer =>
  Buffer.from(pem.replace(/-----END CERTIFICATE-----[\s\S]*/, "").replace(/-----.*-----/, ""), "base64")

interface Parent {
  readonly certPath: string
  readonly keyPath: string
  /** The certificates between leaf and root. */
  readonly between: string
}

const createAuthority = async (name: string, options: CaOptions, parent: Parent | undefined): Promise<TestCa> => {
  const keyPem = await makeKey(options.key ?? "p256")
  const keyPath = await write(".key", keyPem)
  const certPem = await sign({
    subject: subjectText([["CN", name]]),
    keyPem,
    keyPath,
    publicKeyPath: undefined,
    issuer: parent,
    extensions: [
      `basicConstraints = critical,CA:TRUE${options.pathLength === undefined ? "" : `,pathlen:${options.pathLength}`}`,
      "keyUsage = critical,keyCertSign,cRLSign",
      "subjectKeyIdentifier = hash",
      ...(options.extensions ?? [])
    ],
    validity: validityOf(options)
  })
  const certPath = await write(".pem", certPem)
  const self: Parent = { certPath, keyPath, between: parent === undefined ? "" : certPem + parent.between }
  const identities = new Map<string, Promise<TestIdentity>>()
  let intermediate: Promise<TestCa> | undefined
  const ca: TestCa = {
    certPem,
    certPath,
    keyPath,
    der: derOf(certPem),
    issue: (spec) => {
      const id = JSON.stringify(spec)
      const { intermediate: throughIntermediate, ...direct } = spec
      const issueThrough = () => {
        intermediate ??= ca.makeIntermediate(`${name} Intermediate`)
        return intermediate.then((below) => below.issue(direct))
      }
      const made = identities.get(id) ?? (throughIntermediate ? issueThrough() : createIdentity(spec, self))
      identities.set(id, made)
      return made
    },
    makeIntermediate: (below, belowOptions = {}) => createAuthority(below, belowOptions, self)
  }
  return ca
}

const usages = { client: "clientAuth", server: "serverAuth", both: "clientAuth,serverAuth", codeSigning: "codeSigning" }

const extensionsOf = (spec: IdentitySpec): ReadonlyArray<string> => {
  const kinds = { DNS: spec.dns, IP: spec.ip, URI: spec.uri, email: spec.email }
  const names = Object.entries(kinds).flatMap(([kind, values]) =>
    (values ?? []).map((value, index) => `${kind}.${index + 1} = ${value.replace(/[\\$#"]/g, "\\$&")}`)
  )
  const eku = spec.eku ?? "both"
  return [
    "basicConstraints = critical,CA:FALSE",
    "keyUsage = critical,digitalSignature",
    "subjectKeyIdentifier = hash",
    ...(eku === "none" ? [] : [`extendedKeyUsage = ${usages[eku]}`]),
    ...(names.length === 0 ? [] : ["subjectAltName = @names"]),
    ...(spec.extensions ?? []),
    ...(names.length === 0 ? [] : ["[names]", ...names])
  ]
}

const createIdentity = async (spec: IdentitySpec, issuer: Parent): Promise<TestIdentity> => {
  const keyPem = await makeKey(spec.key ?? "p256")
  const keyPath = await write(".key", keyPem)
  const simple = [
    ...list(spec.o).map((value) => ["O", value] as const),
    ...list(spec.ou).map((value) => ["OU", value] as const),
    ...list(spec.cn).map((value) => ["CN", value] as const)
  ]
  const certPem = await sign({
    subject: subjectText(spec.subject ?? simple),
    keyPem,
    keyPath,
    publicKeyPath: spec.publicKeyPem === undefined ? undefined : await write(".pub", spec.publicKeyPem),
    issuer: spec.selfSigned ? undefined : issuer,
    extensions: extensionsOf(spec),
    validity: validityOf(spec)
  })
  const chainPem = spec.selfSigned ? certPem : certPem + issuer.between
  return {
    certPem,
    keyPem,
    chainPem,
    der: derOf(certPem),
    certPath: await write(".pem", chainPem),
    keyPath,
    combinedPath: await write(".pem", chainPem + keyPem)
  }
}

/** The pin of an identity's key, as flags take it. */
export const pinOf = (algorithm: "sha256" | "sha384" | "sha512", { der }: Pick<TestIdentity, "der">): string => {
  const key = new X509Certificate(der).publicKey.export({ type: "spki", format: "der" })
  return `${algorithm}:${createHash(algorithm).update(key).digest("base64")}`
}
