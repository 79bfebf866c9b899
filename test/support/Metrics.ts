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

/** Every metric of the JSON page. */
export const numbers = async (tunnel: Tunnel, ca?: string): Promise<Numbers> => {
  const answer = await ask(tunnel.status, "/_metrics/json", "GET", ca)
  const entries: unknown = JSON.parse(answer.body)
  if (!Array.isArray(entries)) throw new Error(`not a list: ${answer.body}`)
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
  let last: ReadonlyArray<number> = []
  const wanted = row.join(" ")
  await eventually(
    `counters ${wanted} (${columns.join(" ")})`,
    async () => {
      last = rowOf(await numbers(tunnel))
      return last.join(" ") === wanted ? true : undefined
    },
    () => `- last seen ${last.join(" ")}`
  )
}

/** Waits until these metrics have these values, and gives all of them. */
export const waitForNumbers = async (tunnel: Tunnel, wanted: Numbers): Promise<Numbers> => {
  let last: Numbers = {}
  return eventually(
    `metrics ${JSON.stringify(wanted)}`,
    async () => {
      last = await numbers(tunnel)
      return Object.entries(wanted).every(([name, value]) => last[name] === value) ? last : undefined
    },
    () => `- last seen ${JSON.stringify(Object.fromEntries(Object.keys(wanted).map((name) => [name, last[name]])))}`
  )
}
