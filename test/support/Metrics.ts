/** The status port as tests ask it: any route over HTTP, HTTPS and UNIX sockets, and the counters by name. */
import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http"
import { request as httpsRequest } from "node:https"
import { rootCertificates, TLSSocket } from "node:tls"
import { eventually } from "./Changes.ts"
import { socketAddress } from "./Endpoint.ts"
import type { StatusPort, Tunnel } from "./Tunnel.ts"

export interface Answer {
  readonly code: number
  readonly headers: IncomingMessage["headers"]
  readonly body: string
  /** Common name of the certificate an HTTPS port showed. */
  readonly certificate: string | undefined
}

const plainOptions = (port: StatusPort): RequestOptions =>
  port.endpoint.network === "unix" ? { socketPath: port.endpoint.path } : socketAddress(port.endpoint)

/** One request on a connection of its own. HTTPS is verified against `ca`. */
export const ask = (port: StatusPort, path: string, method = "GET", ca?: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const options = { ...plainOptions(port), path, method, agent: false, headers: { connection: "close" } }
    const onResponse = (response: IncomingMessage) => {
      const socket = response.socket
      const subject = socket instanceof TLSSocket ? socket.getPeerX509Certificate()?.subject : undefined
      let body = ""
      response.setEncoding("utf8")
      response.on("data", (text: string) => {
        body += text
      })
      response.on("error", reject)
      response.on("end", () =>
        resolve({
          code: response.statusCode ?? 0,
          headers: response.headers,
          body,
          certificate: subject
            ?.split("\n")
            .find((part) => part.startsWith("CN="))
            ?.slice(3)
        })
      )
    }
    const asked =
      port.scheme === "https"
        ? httpsRequest({ ...options, servername: "localhost", ca: ca ?? [...rootCertificates] }, onResponse)
        : httpRequest(options, onResponse)
    asked.on("error", reject)
    asked.end()
  })

/** The parts of the metrics that scenarios look at, under their names without prefix. */
export type Numbers = Readonly<Record<string, number>>

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

const page = "/_metrics/json"

const numbersIn = ({ body }: Answer): Numbers => {
  const entries: unknown = JSON.parse(body)
  if (!Array.isArray(entries)) throw new Error(`not a list: ${body}`)
  const found: Record<string, number> = {}
  for (const entry of entries) {
    if (!isRecord(entry)) throw new Error(`not a metric: ${JSON.stringify(entry)}`)
    const { metric, value } = entry
    if (typeof metric !== "string" || typeof value !== "number")
      throw new Error(`not a metric: ${JSON.stringify(entry)}`)
    found[metric.replace(/^ghostunnel\./, "")] = value
  }
  return found
}

/** Every metric of the JSON page. */
export const numbers = async (tunnel: Tunnel, ca?: string): Promise<Numbers> =>
  numbersIn(await ask(tunnel.status, page, "GET", ca))

/**
 * Waits until the metrics are as wanted, and gives all of them. A request that gets no answer is made again while the tunnel
 * runs: `--connect-timeout` bounds it too, and a busy machine may take longer than a short one.
 */
const numbersOnce = (
  tunnel: Tunnel,
  what: string,
  wanted: (all: Numbers) => boolean,
  show: (all: Numbers) => string
): Promise<Numbers> => {
  let last: Numbers = {}
  let unanswered = ""
  const asked = () =>
    ask(tunnel.status, page).catch((error: unknown) => {
      if (tunnel.exited !== undefined) throw error
      unanswered = `, last without an answer: ${error}`
      return undefined
    })
  return eventually(
    what,
    async () => {
      const answer = await asked()
      if (answer === undefined) return undefined
      last = numbersIn(answer)
      return wanted(last) ? last : undefined
    },
    () => `- last seen ${show(last)}${unanswered}`
  )
}

/** The eight figures of the reference table (`metric-semantics.txt`), in its order. */
export const columns = [
  "conn.open",
  "conn.timeout",
  "accept.total",
  "accept.success",
  "accept.error",
  "accept.timeout",
  "conn.handshake.count",
  "conn.lifetime.count"
] as const

/** One row of that table. */
export const rowOf = (all: Numbers): ReadonlyArray<number> => columns.map((name) => all[name] ?? Number.NaN)

/** Waits until the eight figures are exactly these. */
export const waitForRow = async (tunnel: Tunnel, row: ReadonlyArray<number>): Promise<void> => {
  const wanted = row.join(" ")
  const show = (all: Numbers) => rowOf(all).join(" ")
  await numbersOnce(tunnel, `counters ${wanted} (${columns.join(" ")})`, (all) => show(all) === wanted, show)
}

/** Waits until the tunnel's earlier connections are over, and gives its row. */
export const rowAtRest = async (tunnel: Tunnel): Promise<ReadonlyArray<number>> => {
  const atRest = (all: Numbers) => all["conn.open"] === 0 && all["conn.lifetime.count"] === all["accept.total"]
  const show = (all: Numbers) => rowOf(all).join(" ")
  return rowOf(await numbersOnce(tunnel, "every connection to be over", atRest, show))
}

/** Waits until the eight figures are these, counted from an earlier row. */
export const waitForRowSince = (
  tunnel: Tunnel,
  before: ReadonlyArray<number>,
  row: ReadonlyArray<number>
): Promise<void> =>
  waitForRow(
    tunnel,
    row.map((count, index) => count + (before[index] ?? 0))
  )

/** Waits until these metrics have these values, and gives all of them. */
export const waitForNumbers = (tunnel: Tunnel, wanted: Numbers): Promise<Numbers> =>
  numbersOnce(
    tunnel,
    `metrics ${JSON.stringify(wanted)}`,
    (all) => Object.entries(wanted).every(([name, value]) => all[name] === value),
    (all) => JSON.stringify(Object.fromEntries(Object.keys(wanted).map((name) => [name, all[name]])))
  )
