/** Binds a Node server to the status address (docs/compatibility/status-and-metrics.md, 2.1). */

import { lookup } from "node:dns"
import * as Net from "node:net"
import { Effect } from "effect"
import type { Address, TcpAddress } from "../config/Address.ts"
import { errnoText, joinHostPort, lookupText, nodeError } from "../runtime/ErrorText.ts"
import { hasSocketFile, listenAt, removeSocketFile, type SocketFile } from "../runtime/UnixSocketFile.ts"
import { BindError, type EndpointName } from "../transport/Transport.ts"

/** Where to listen. */
export interface ListenTarget {
  readonly address: Address
  /** A listening descriptor to use instead of binding `address`. */
  readonly inheritedFd: number | undefined
}

// The kernel reduces it to its own maximum.
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
                message: `listen tcp: ${lookupText(nodeError(error), address.host)}`
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

const boundName = (server: Net.Server, address: Address, isInherited: boolean): EndpointName => {
  const bound = server.address()
  if (bound === null || typeof bound === "string") {
    const own = address._tag === "Unix" && !isInherited && !address.path.startsWith("@") ? address.path : undefined
    return { network: "unix", address: own ?? bound ?? address.text }
  }
  return { network: "tcp", address: joinHostPort(bound.address, bound.port) }
}

/** A listening socket. */
export interface Listening {
  readonly bound: EndpointName
  /** Removes the file of a UNIX socket that was bound here, unless another process has replaced it. */
  readonly removeFile: () => void
}

/** libuv removes the temporary name when it closes, not the path. */
const listenOnPath = (
  server: Net.Server,
  path: string,
  text: string
): Effect.Effect<SocketFile | undefined, BindError> => {
  const failure = (error: unknown, at?: string) => {
    const words = errnoText({ ...nodeError(error), message: nodeError(error).code ?? nodeError(error).message })
    return new BindError({
      address: text,
      message: `listen unix ${path}: bind: ${words}${at === undefined ? "" : ` (${at})`}`
    })
  }
  const bindAt = (name: string) => listenOn(server, () => server.listen({ path: name, backlog }), failure)
  if (!hasSocketFile(path)) {
    return Effect.as(bindAt(path.startsWith("@") ? `\0${path.slice(1)}` : path), undefined)
  }
  return listenAt(path, bindAt, () => server.close()).pipe(
    Effect.mapBoth({
      onFailure: (why) => (why._tag === "BindError" ? why : failure(why, why.at)),
      onSuccess: ([, file]) => file
    })
  )
}

/** Starts listening. The caller closes the server and then removes the file. */
export const listen = Effect.fn("StatusServer.listen")(function* (
  server: Net.Server,
  target: ListenTarget
): Effect.fn.Return<Listening, BindError> {
  const { address, inheritedFd } = target
  const fail = (message: string) => new BindError({ address: address.text, message })
  let file: SocketFile | undefined
  if (inheritedFd !== undefined) {
    yield* listenOn(
      server,
      () => server.listen({ fd: inheritedFd }, backlog),
      (error) => fail(`listen ${address.text}: ${errnoText(nodeError(error))}`)
    )
  } else if (address._tag === "Tcp") {
    // The caller binds uninterruptibly, but a start must stop while a name server does not answer.
    const host = yield* Effect.interruptible(resolve(address))
    yield* listenOn(
      server,
      () => server.listen({ host, port: address.port, backlog, reusePort: true }),
      (error) => fail(`listen tcp ${joinHostPort(host, address.port)}: bind: ${errnoText(nodeError(error))}`)
    )
  } else if (address._tag === "Unix") {
    file = yield* listenOnPath(server, address.path, address.text)
  } else {
    return yield* fail(`listen ${address.text}: no inherited socket was given`)
  }
  return {
    bound: boundName(server, address, inheritedFd !== undefined),
    removeFile: () => {
      if (file !== undefined) removeSocketFile(file)
    }
  }
})
