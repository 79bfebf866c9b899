/** stunnel in server mode. */
import * as Fs from "node:fs"
import * as Path from "node:path"
import { firstLine, type Subject } from "../Subject.ts"

/** Debian's `stunnel4`, a thread for each connection. */
export const stunnel: Subject = {
  name: "stunnel",
  kind: "other",
  hasStatus: false,
  hasWorkers: false,
  version: () => firstLine("stunnel", ["-version"]),
  command: async (ports, { certificates, verifyClients }, directory) => {
    const file = Path.join(directory, "stunnel.conf")
    Fs.writeFileSync(
      file,
      `foreground = yes
pid =
debug = 4
[tunnel]
accept = 127.0.0.1:${ports.listen}
connect = 127.0.0.1:${ports.backend}
cert = ${certificates.server.cert}
key = ${certificates.server.key}
CAfile = ${certificates.ca.cert}
${verifyClients ? "verifyChain = yes\nrequireCert = yes" : ""}
sslVersionMin = TLSv1.2
options = NO_TICKET
socket = l:TCP_NODELAY=1
socket = r:TCP_NODELAY=1
`
    )
    return ["stunnel", [file]]
  }
}
