/** The body of a GET over HTTP/1.1, bounded in size; on a connection of its own, through no proxy. */
import * as Http from "node:http"
import type * as Net from "node:net"
import { Effect } from "effect"
import type { NodeError } from "./ErrorText.ts"
import { exchangeError } from "./HttpExchange.ts"

export interface Download {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  /** Opens the connection; it is closed with the reply. */
  readonly connect: () => Net.Socket
  /** Words for a connection that did not come about. */
  readonly dialWords: (error: NodeError) => string
  /** Bodies are not read beyond this. */
  readonly limit: number
}

export interface Downloaded {
  readonly status: number
  readonly location: string | undefined
  /** In the order it came; empty unless the status is 200. */
  readonly chunks: ReadonlyArray<Buffer>
}

/** Sends the request and takes the whole reply. Interruption closes the connection. */
export const download = ({ connect, dialWords, headers, limit, url }: Download): Effect.Effect<Downloaded, string> =>
  Effect.callback<Downloaded, string>((resume) => {
    const request = Http.request({
      method: "GET",
      path: `${url.pathname}${url.search}`,
      setHost: false,
      headers: { ...headers, Connection: "close" },
      createConnection: connect
    })
    const done = (reply: Effect.Effect<Downloaded, string>) => {
      request.destroy()
      resume(reply)
    }
    const tooLarge = () => done(Effect.fail(`the reply is larger than ${limit >> 20} MiB`))
    request.on("error", (error) => done(Effect.fail(exchangeError(error, dialWords))))
    request.on("response", (response) => {
      const { headers: replied, statusCode: status = 0 } = response
      const head = { status, location: replied.location }
      response.on("error", (error) => done(Effect.fail(exchangeError(error, dialWords))))
      if (status !== 200) return done(Effect.succeed({ ...head, chunks: [] }))
      if (Number(replied["content-length"] ?? 0) > limit) return tooLarge()
      const chunks: Array<Buffer> = []
      let size = 0
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk)
        size += chunk.length
        if (size > limit) tooLarge()
      })
      response.on("end", () => done(Effect.succeed({ ...head, chunks })))
    })
    request.end()
    return Effect.sync(() => request.destroy())
  })
