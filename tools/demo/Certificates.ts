/** A throw-away certificate authority made with the `openssl` program: for the demo and the benchmarks only. */
import { execFile } from "node:child_process"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import { promisify } from "node:util"

const run = promisify(execFile)

/** Where one certificate and its key are, both PEM. */
export interface Pair {
  readonly cert: string
  readonly key: string
}

/** An authority and the two certificates it signed. */
export interface Certificates {
  readonly ca: Pair
  readonly server: Pair
  readonly client: Pair
}

/** The common name of the client certificate. */
export const clientName = "demo-client"

const pairIn = (directory: string, name: string): Pair => ({
  cert: Path.join(directory, `${name}.pem`),
  key: Path.join(directory, `${name}.key`)
})

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "2"]

const authority = async (directory: string): Promise<Pair> => {
  const pair = pairIn(directory, "ca")
  const extensions = ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign"]
  await run("openssl", [
    ...["req", "-x509", ...newKey, "-subj", "/CN=demo-ca", ...extensions],
    ...["-keyout", pair.key, "-out", pair.cert]
  ])
  return pair
}

const signed = async (directory: string, ca: Pair, name: string, commonName: string): Promise<Pair> => {
  const pair = pairIn(directory, name)
  // Both may serve: a tunnel in client mode shows its certificate on its status port.
  const extensions = ["subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1", "extendedKeyUsage=serverAuth,clientAuth"]
  await run("openssl", [
    ...["req", "-x509", ...newKey, "-CA", ca.cert, "-CAkey", ca.key, "-subj", `/CN=${commonName}`],
    ...["-addext", "basicConstraints=critical,CA:FALSE"],
    ...extensions.flatMap((extension) => ["-addext", extension]),
    ...["-keyout", pair.key, "-out", pair.cert]
  ])
  return pair
}

/** Makes P-256 certificates for `localhost`, valid for two days, in an existing directory. */
export const makeCertificates = async (directory: string): Promise<Certificates> => {
  await Fs.chmod(directory, 0o700)
  const ca = await authority(directory)
  const [server, client] = await Promise.all([
    signed(directory, ca, "server", "demo-server"),
    signed(directory, ca, "client", clientName)
  ])
  return { ca, server, client }
}
