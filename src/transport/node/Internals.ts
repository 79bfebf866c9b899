/**
 * What this transport reads of Node's insides, all of it in this file: Node's public interface has none of it.
 * Each function says what it gives where a later Node no longer has the property; `test/transport/node/Internals.test.ts` finds
 * that out.
 */
import type { Server, Socket } from "node:net"
import type { SecureContext, TLSSocket } from "node:tls"
import { inspect } from "node:util"

const property = (of: unknown, name: string): unknown =>
  typeof of === "object" && of !== null ? Reflect.get(of, name) : undefined

const handleOf = (of: Socket | Server): unknown => property(of, "_handle")

/** The file descriptor of a socket or listener; undefined where there is none, as for TLS sockets. */
export const descriptorOf = (of: Socket | Server): number | undefined => {
  const fd = property(handleOf(of), "fd")
  return typeof fd === "number" && fd >= 0 ? fd : undefined
}

/** Bytes that the kernel has not taken yet. Zero where Node does not tell: then only finished writes count as progress. */
export const queuedBytes = (socket: Socket): number => {
  const handle = handleOf(socket)
  const size = property(property(handle, "_parent") ?? handle, "writeQueueSize")
  return typeof size === "number" ? size : 0
}

const call = (socket: TLSSocket, name: "verifyError" | "hasPeerCertificate"): unknown => {
  const handle = handleOf(socket)
  const method = property(handle, name)
  if (typeof method !== "function") throw new TypeError(`no ${name}`)
  return Reflect.apply(method, handle, [])
}

/** The result of OpenSSL's verification, which `TLSSocket.authorized` lacks for sockets made by hand. Throws if it is gone. */
export const verifyError = (socket: TLSSocket): unknown => call(socket, "verifyError")

/** Whether the peer presented a certificate. Throws where Node does not tell. */
export const hasPeerCertificate = (socket: TLSSocket): boolean => call(socket, "hasPeerCertificate") === true

/** The address of the `SSL_CTX` behind a context, which Node shows as `[External: <hexadecimal>]`. */
export const contextAddress = (context: SecureContext): bigint | undefined => {
  const external = property(property(context, "context"), "_external")
  const address = /^\[External: (?:0x)?([0-9a-f]{6,16})\]$/.exec(inspect(external))?.[1]
  return address === undefined ? undefined : BigInt(`0x${address}`)
}
