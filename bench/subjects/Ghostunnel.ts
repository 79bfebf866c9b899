/** This project's program, and any other with the same command line. */
import { clientName } from "../../tools/demo/Certificates.ts"
import { program } from "../../tools/demo/Program.ts"
import { firstLine, type Ports, type Setup, type Subject } from "../Subject.ts"

const words = (ports: Ports, { certificates, verifyClients }: Setup): ReadonlyArray<string> => [
  "server",
  ...["--listen", `127.0.0.1:${ports.listen}`, "--target", `127.0.0.1:${ports.backend}`],
  ...["--cert", certificates.server.cert, "--key", certificates.server.key, "--cacert", certificates.ca.cert],
  ...(verifyClients ? ["--allow-cn", clientName] : ["--disable-authentication"]),
  ...["--status", `http://127.0.0.1:${ports.status}`, "--quiet", "conns"]
]

/** What this project builds, on a transport of its own choice or on the one named. */
export const ours = (transport?: "native" | "node"): Subject => ({
  name: transport ?? "ours",
  kind: transport ?? "auto",
  hasStatus: true,
  hasWorkers: true,
  version: () => firstLine(program, ["--version"]),
  command: async (ports, setup) => [
    program,
    [
      ...words(ports, setup),
      ...["--workers", String(setup.workers)],
      ...(transport === undefined ? [] : ["--transport", transport])
    ]
  ]
})

/** Another program that takes Ghostunnel's flags. Its threads are its own affair. */
export const binary = (path: string): Subject => ({
  name: path.split("/").at(-1) ?? path,
  kind: "binary",
  hasStatus: true,
  hasWorkers: false,
  version: () => firstLine(path, ["--version"]),
  command: async (ports, setup) => [path, words(ports, setup)]
})
