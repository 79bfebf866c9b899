/** How the ends of a connection are written in logs and error sentences. Pure. */
import type { Address, TcpAddress, UnixAddress } from "../config/Address.ts"
import type { EndpointName } from "./Transport.ts"

/** `1.2.3.4:5`, `[::1]:5`; IPv4-mapped addresses as IPv4. */
export const hostPort = (host: string, port: number): string => {
  const plain = /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(host) ? host.slice(7) : host
  return plain.includes(":") ? `[${plain}]:${port}` : `${plain}:${port}`
}

/** A TCP end. An address that can no longer be asked for (the peer is gone already) reads `0.0.0.0:0`. */
export const tcp = (host: string | undefined, port: number | undefined): EndpointName => ({
  network: "tcp",
  address: host === undefined || port === undefined ? "0.0.0.0:0" : hostPort(host, port)
})

/** A UNIX end; without a path it is unnamed. */
export const unix = (path?: string): EndpointName => ({ network: "unix", address: path === undefined ? "@" : path })

/** The path as the kernel takes it: a leading `@` names an abstract socket. */
export const kernelPath = (path: string): string => (path.startsWith("@") ? `\0${path.slice(1)}` : path)

/** The path as people write it, from what the kernel gives back. */
export const writtenPath = (path: string): string => (path === "" ? "@" : path.replace(/^\0/, "@"))

/** `tcp 127.0.0.1:80`, `unix /p`: an address in an error sentence. */
export const written = (address: Address): string =>
  address._tag === "Tcp"
    ? `tcp ${hostPort(address.host, address.port)}`
    : address._tag === "Unix"
      ? `unix ${address.path}`
      : address.text

/** `read tcp A->B`: an operation on a connection in an error sentence. */
export const operation = (verb: "read" | "write", local: EndpointName, remote: EndpointName): string =>
  `${verb} ${local.network} ${local.address}->${remote.address}`

/** The target in a dial sentence when no concrete address is known. */
export const dialled = (target: TcpAddress | UnixAddress): string => `dial ${written(target)}`

/** The name that goes into SNI: nothing for IP addresses; brackets, zone and trailing dot removed. */
export const sniName = (serverName: string, isIp: (text: string) => boolean): string => {
  const bare = serverName
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/%.*$/, "")
    .replace(/\.$/, "")
  return isIp(bare) ? "" : bare
}
