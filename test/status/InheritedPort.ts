/** A status port on descriptor 3, as a service manager hands it over; ends when its standard input does. */
import { address, startPort } from "./StatusPort.ts"

const port = await startPort({ address: address("systemd:status"), inheritedFd: 3, https: true })
process.stdout.write(`${port.server.protocol} ${port.server.bound.network}\n`)
process.stdin.on("end", () => void port.close()).resume()
