/** Revocation lists of test authorities, made with the `openssl` program. */
import { execFile } from "node:child_process"
import { X509Certificate } from "node:crypto"
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import { type TestCa, type TestIdentity, testCaDirectory } from "./TestCa.ts"

const run = promisify(execFile)

export interface CrlSpec {
  readonly revoked?: ReadonlyArray<Pick<TestIdentity, "certPem">>
  /** Reason of every entry, as `openssl ca` writes it: `CRLReason` or `holdInstruction,..`. */
  readonly reason?: string
  readonly thisUpdate?: Date
  readonly nextUpdate?: Date
  /** Ended an hour ago. */
  readonly stale?: true
  /** Begins tomorrow. */
  readonly notYetValid?: true
  /** Lines of the list's extension section. */
  readonly extensions?: ReadonlyArray<string>
  readonly digest?: string
  /** Further arguments of `openssl ca`. */
  readonly options?: ReadonlyArray<string>
}

export interface TestCrl {
  readonly pem: string
  readonly der: Buffer
  readonly path: string
}

const hour = 3_600_000
const time = (date: Date) => date.toISOString().replace(/\.\d+/, "").replace(/[-:T]/g, "")
let files = 0

/** A list of this authority: fresh, and with nobody in it, unless told otherwise. */
export const makeCrl = async (ca: Pick<TestCa, "certPath" | "keyPath">, spec: CrlSpec = {}): Promise<TestCrl> => {
  const base = join(testCaDirectory(), `crl-${++files}`)
  const entry = ({ certPem }: Pick<TestIdentity, "certPem">) => {
    const { serialNumber } = new X509Certificate(certPem)
    return `R\t491231235959Z\t250101000000Z${spec.reason ? `,${spec.reason}` : ""}\t${serialNumber}\tunknown\t/CN=x\n`
  }
  await writeFile(`${base}.db`, (spec.revoked ?? []).map(entry).join(""))
  await writeFile(`${base}.db.attr`, "unique_subject = no\n")
  const extensions = spec.extensions ?? ["authorityKeyIdentifier = keyid"]
  const config = ["[ca]", "default_ca = d", "[d]", `database = ${base}.db`, "[ext]", ...extensions, ""]
  await writeFile(`${base}.cnf`, config.join("\n"))
  const now = Date.now()
  const from = spec.thisUpdate ?? new Date(now + (spec.notYetValid ? 24 : spec.stale ? -48 : -1) * hour)
  const to = spec.nextUpdate ?? new Date(now + (spec.stale ? -1 : 48) * hour)
  await run("openssl", [
    ...["ca", "-gencrl", "-config", `${base}.cnf`, "-cert", ca.certPath, "-keyfile", ca.keyPath],
    ...["-crl_lastupdate", time(from), "-crl_nextupdate", time(to), "-md", spec.digest ?? "default"],
    ...(extensions.length === 0 ? [] : ["-crlexts", "ext"]),
    ...(spec.options ?? []),
    ...["-out", `${base}.pem`]
  ])
  const pem = await readFile(`${base}.pem`, "utf8")
  return { pem, der: Buffer.from(pem.replace(/-----.*-----/g, ""), "base64"), path: `${base}.pem` }
}
