/** Somebody metrics are posted to: plain HTTP, or HTTPS with an identity. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { createServer as createSecureServer } from "node:https"
import type { Socket } from "node:net"
import { Changes } from "./Changes.ts"
import { type Endpoint, socketAddress } from "./Endpoint.ts"
import type { Stage } from "./Stage.ts"
import type { TestIdentity } from "./TestCa.ts"

/** One request, read to its end. */
export interface Posted {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage["headers"]
  readonly body: string
}

export interface HttpReceiver {
  readonly endpoint: Endpoint
  readonly posts: ReadonlyArray<Posted>
  /** Waits for the request of this number, the first being 0. */
  readonly post: (index: number) => Promise<Posted>
  /** Takes one more request and listens no more before it is answered: nobody's request is lost. Completes when all is closed. */
  readonly leave: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Listens; `answer` writes the reply, or does not. */
export const httpReceiver = async (
  stage: Stage,
  answer: (response: ServerResponse) => void,
  options: { readonly at?: Endpoint; readonly identity?: TestIdentity } = {}
): Promise<HttpReceiver> => {
  const endpoint = options.at ?? (await stage.tcp())
  const posts: Array<Posted> = []
  const changes = new Changes()
  const sockets = new Set<Socket>()
  let beforeAnswer = (): void => {}
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    let body = ""
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text
    })
    request.on("end", () => {
      const { headers, method = "", url = "" } = request
      posts.push({ method, url, headers, body })
      changes.notify()
      beforeAnswer()
      answer(response)
    })
  }
  const { identity } = options
  const server =
    identity === undefined
      ? createServer(onRequest)
      : createSecureServer({ cert: identity.chainPem, key: identity.keyPem }, onRequest)
  server.on("connection", (socket: Socket) => {
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => {
    server.listen(socketAddress(endpoint), resolve)
  })
  const close = (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => {
      server.close(() => resolve())
    })
  }
  stage.defer(close)
  const leave = (): Promise<void> =>
    new Promise((resolve) => {
      beforeAnswer = () => void server.close(() => resolve())
    })
  const post = (index: number) =>
    changes.until(
      () => posts[index],
      () => `post ${index}, have ${posts.length}`
    )
  return { endpoint, posts, post, leave, close }
}
