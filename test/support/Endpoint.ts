/** Where something listens, in the two forms tests need: for the command line and for a socket. */
import { connect } from "node:net"

export type Endpoint =
  | { readonly network: "tcp"; readonly host: string; readonly port: number }
  | { readonly network: "unix"; readonly path: string }

/** A port on the loopback address. */
export const tcp = (port: number, host = "127.0.0.1"): Endpoint => ({ network: "tcp", host, port })

/** As the command line takes it. */
export const textOf = (endpoint: Endpoint): string =>
  endpoint.network === "unix"
    ? `unix:${endpoint.path}`
    : `${endpoint.host.includes(":") ? `[${endpoint.host}]` : endpoint.host}:${endpoint.port}`

/** As `node:net` and `node:tls` take it. */
export const socketAddress = (endpoint: Endpoint): { host: string; port: number } | { path: string } =>
  endpoint.network === "tcp" ? { host: endpoint.host, port: endpoint.port } : { path: endpoint.path }

/** Whether somebody accepts connections there right now. */
export const accepts = (endpoint: Endpoint): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(socketAddress(endpoint))
    socket.once("connect", () => {
      socket.destroy()
      resolve(true)
    })
    socket.once("error", () => resolve(false))
  })
