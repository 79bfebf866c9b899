/** OCSP responses of test authorities, made with the `openssl` program. */
import { execFile } from "node:child_process"
import { X509Certificate } from "node:crypto"
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import { type TestCa, type TestIdentity, testCaDirectory } from "./TestCa.ts"

const run = promisify(execFile)
let files = 0

export interface OcspSpec {
  readonly status?: "good" | "revoked" | "unknown"
  /** Signs in place of the authority. */
  readonly responder?: Pick<TestIdentity, "certPath" | "keyPath">
  /** Days until it is stale; stale from the beginning when negative. */
  readonly days?: number
  readonly digest?: "sha1" | "sha256"
}

/** A response about this certificate. */
export const makeOcspResponse = async (
  ca: Pick<TestCa, "certPath" | "keyPath">,
  { certPath, certPem }: Pick<TestIdentity, "certPath" | "certPem">,
  { days = 2, digest = "sha1", responder = ca, status = "good" }: OcspSpec = {}
): Promise<Buffer> => {
  const base = join(testCaDirectory(), `ocsp-${++files}`)
  const { serialNumber } = new X509Certificate(certPem)
  const entry = status === "good" ? "V\t491231235959Z\t" : "R\t491231235959Z\t250101000000Z"
  await writeFile(`${base}.db`, status === "unknown" ? "" : `${entry}\t${serialNumber}\tunknown\t/CN=x\n`)
  await run("openssl", [
    ...["ocsp", "-index", `${base}.db`, "-CA", ca.certPath, "-issuer", ca.certPath, `-${digest}`, "-cert", certPath],
    ...["-rsigner", responder.certPath, "-rkey", responder.keyPath, "-ndays", String(days), "-noverify"],
    ...["-respout", `${base}.der`]
  ])
  return readFile(`${base}.der`)
}
