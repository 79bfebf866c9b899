/** hitch. */
import * as Fs from "node:fs"
import * as Path from "node:path"
import { firstLine, type Subject } from "../Subject.ts"

/** Debian's `hitch`, a process for each worker. */
export const hitch: Subject = {
  name: "hitch",
  kind: "other",
  hasStatus: false,
  hasWorkers: true,
  version: () => firstLine("hitch", ["--version"]),
  command: async (ports, { certificates, verifyClients, workers }, directory) => {
    const pem = Path.join(directory, "server.pem")
    Fs.writeFileSync(
      pem,
      Fs.readFileSync(certificates.server.key, "utf8") + Fs.readFileSync(certificates.server.cert, "utf8")
    )
    const file = Path.join(directory, "hitch.conf")
    Fs.writeFileSync(
      file,
      `frontend = { host = "127.0.0.1" port = "${ports.listen}" }
backend = "[127.0.0.1]:${ports.backend}"
pem-file = "${pem}"
workers = ${workers}
daemon = off
tls-protos = TLSv1.2 TLSv1.3
client-verify = ${verifyClients ? "required" : "none"}
client-verify-ca = "${certificates.ca.cert}"
${process.getuid?.() === 0 ? 'user = "nobody"' : ""}
`
    )
    return ["hitch", ["--config", file]]
  }
}
