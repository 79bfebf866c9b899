/** The demo's tunnels, as they stand on a command line. */
import { type Certificates, clientName } from "./Certificates.ts"

/** Where the demo's parts listen and where its certificates are. */
export interface Setup {
  readonly certificates: Certificates
  readonly backend: number
  readonly server: number
  readonly serverStatus: number
  readonly client: number
  readonly clientStatus: number
}

/** The server tunnel's command line. */
export const serverWords = (setup: Setup) => [
  "server",
  ...["--listen", `localhost:${setup.server}`, "--target", `localhost:${setup.backend}`],
  ...["--cert", setup.certificates.server.cert, "--key", setup.certificates.server.key],
  ...["--cacert", setup.certificates.ca.cert, "--allow-cn", clientName],
  ...["--status", `localhost:${setup.serverStatus}`]
]

/** The client tunnel's command line. */
export const clientWords = (setup: Setup) => [
  "client",
  ...["--listen", `localhost:${setup.client}`, "--target", `localhost:${setup.server}`],
  ...["--cert", setup.certificates.client.cert, "--key", setup.certificates.client.key],
  ...["--cacert", setup.certificates.ca.cert],
  ...["--status", `localhost:${setup.clientStatus}`]
]

/** What a person can try while the demo runs. */
export const waysToTry = (setup: Setup): string => {
  const ca = `--cacert ${setup.certificates.ca.cert}`
  return `
Try it from another terminal:
  through both tunnels         curl http://localhost:${setup.client}/hello
  state of the server tunnel   curl ${ca} https://localhost:${setup.serverStatus}/_status
  state of the client tunnel   curl ${ca} https://localhost:${setup.clientStatus}/_status
  metrics                      curl ${ca} https://localhost:${setup.serverStatus}/_metrics/prometheus
  refused: no certificate      curl ${ca} https://localhost:${setup.server}/hello

Ctrl-C ends the demo: both tunnels drain, and the certificates are removed.`
}
