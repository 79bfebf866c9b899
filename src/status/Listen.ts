/** Binds the status port (contract: status, section 2.1) to a server of Node's. */

import { lookup } from "node:dns"
import { existsSync } from "node:fs"
import * as Net from "node:net"
import { dirname } from "node:path"
import { Effect } from "effect"
import type { Address, TcpAddress } from "../config/Address.ts"
import { errnoWords, joinHostPort, lookupWords, nodeError } from "../runtime/ErrorWords.ts"
import { BindError, type EndpointName } from "../transport/Transport.ts"

/** Where to listen. */
export interface ListenTarget {
  readonly address: Address
  /** A descriptor that listens already, in place of binding `address`. */
  readonly inheritedFd: number | undefined
}

// The kernel cuts it down to its own maximum.
const backlog = 65_535

/** The address to bind for a host: IPv4 for none, and for names the first IPv4 address if there is one. */
const resolve = Effect.fn("StatusServer.resolve")(function* (address: TcpAddress) {
  if (address.host === "") return "0.0.0.0"
  if (Net.isIP(address.host.replace(/%.*$/, "")) !== 0) return address.host
  return yield* Effect.callback<string, BindError>((resume) => {
    lookup(address.host, { order: "ipv4first" }, (error, found) => {
      resume(
        error === null
          ? Effect.succeed(found)
          : Effect.fail(
              new BindError({
                address: address.text,
                message: `listen tcp: ${lookupWords(nodeError(error), address.host)}`
              })
            )
      )
    })
  })
})

const listenOn = (server: Net.Server, start: () => void, failure: (error: unknown) => BindError) =>
  Effect.callback<void, BindError>((resume) => {
    const onError = (error: Error) => {
      server.off("listening", onListening)
      resume(Effect.fail(failure(error)))
    }
    const onListening = () => {
      server.off("error", onError)
      resume(Effect.void)
    }
    server.once("error", onError).once("listening", onListening)
    start()
    return Effect.sync(() => {
      server.off("error", onError).off("listening", onListening)
      server.close()
    })
  })

const boundName = (server: Net.Server, address: Address): EndpointName => {
  const bound = server.address()
  if (bound === null || typeof bound === "string") {
    return { network: "unix", address: bound ?? (address._tag === "Unix" ? address.path : address.text) }
  }
  return { network: "tcp", address: joinHostPort(bound.address, bound.port) }
}

/** Starts listening; what it is bound to. Closing the server is the caller's. */
export const listen = Effect.fn("StatusServer.listen")(function* (server: Net.Server, target: ListenTarget) {
  const { address, inheritedFd } = target
  const fail = (message: string) => new BindError({ address: address.text, message })
  if (inheritedFd !== undefined) {
    yield* listenOn(
      server,
      () => server.listen({ fd: inheritedFd }),
      (error) => fail(`listen ${address.text}: ${errnoWords(nodeError(error))}`)
    )
  } else if (address._tag === "Tcp") {
    const host = yield* resolve(address)
    yield* listenOn(
      server,
      () => server.listen({ host, port: address.port, backlog, reusePort: true }),
      (error) => fail(`listen tcp ${joinHostPort(host, address.port)}: bind: ${errnoWords(nodeError(error))}`)
    )
  } else if (address._tag === "Unix") {
    const { path } = address
    const abstract = path.startsWith("@")
    yield* listenOn(
      server,
      () => server.listen({ path: abstract ? `\0${path.slice(1)}` : path, backlog }),
      (error) => {
        const { code, ...rest } = nodeError(error)
        // libuv reports a missing directory as a missing permission.
        const missing = code === "EACCES" && !abstract && !existsSync(dirname(path))
        return fail(`listen unix ${path}: bind: ${errnoWords({ ...rest, code: missing ? "ENOENT" : code })}`)
      }
    )
  } else {
    return yield* fail(`listen ${address.text}: no inherited socket was given`)
  }
  return boundName(server, address)
})
