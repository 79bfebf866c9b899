/** A server certificate whose key makes the server's part of a handshake dear. */
import { execFile } from "node:child_process"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { promisify } from "node:util"
import type { Pair } from "../tools/demo/Certificates.ts"
import type { Setup } from "./Subject.ts"

const run = promisify(execFile)

/** The run's RSA-4096 certificate, made by `openssl` when it is first asked for. */
export const rsaServer = async ({ certificates: { ca }, directory }: Setup): Promise<Pair> => {
  const pair: Pair = { cert: Path.join(directory, "rsa.pem"), key: Path.join(directory, "rsa.key") }
  if (Fs.existsSync(pair.cert)) return pair
  await run("openssl", [
    ...["req", "-x509", "-newkey", "rsa:4096", "-noenc", "-days", "2", "-subj", "/CN=bench-server"],
    ...["-CA", ca.cert, "-CAkey", ca.key, "-addext", "basicConstraints=critical,CA:FALSE"],
    ...["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", pair.key, "-out", pair.cert]
  ])
  return pair
}
