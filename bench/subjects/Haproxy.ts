/** HAProxy in TCP mode. */
import * as Fs from "node:fs"
import * as Path from "node:path"
import { firstLine, type Subject } from "../Subject.ts"

/** Debian's `haproxy`, one process with a thread for each worker. */
export const haproxy: Subject = {
  name: "haproxy",
  kind: "other",
  hasStatus: false,
  hasWorkers: true,
  version: () => firstLine("haproxy", ["-v"]),
  command: async (ports, { certificates, verifyClients, workers }, directory) => {
    const pem = Path.join(directory, "server.pem")
    Fs.writeFileSync(
      pem,
      Fs.readFileSync(certificates.server.cert, "utf8") + Fs.readFileSync(certificates.server.key, "utf8")
    )
    const verify = verifyClients ? `ca-file ${certificates.ca.cert} verify required` : "verify none"
    const file = Path.join(directory, "haproxy.cfg")
    Fs.writeFileSync(
      file,
      `global
  nbthread ${workers}
defaults
  mode tcp
  timeout connect 10s
  timeout client 1h
  timeout server 1h
listen tunnel
  bind 127.0.0.1:${ports.listen} ssl crt ${pem} ${verify} ssl-min-ver TLSv1.2 no-tls-tickets
  server backend 127.0.0.1:${ports.backend}
`
    )
    return ["haproxy", ["-db", "-f", file]]
  }
}
