/** The few requests the demo makes. */
import * as Fs from "node:fs"
import * as Http from "node:http"
import * as Https from "node:https"
import type { Certificates } from "./Certificates.ts"

/** An HTTP answer, whole. */
export interface Answer {
  readonly status: number
  readonly body: string
}

const request = (open: () => Http.ClientRequest): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const outgoing = open()
    outgoing.setTimeout(10_000, () => outgoing.destroy(new Error("no answer within 10 s")))
    outgoing.once("error", reject)
    outgoing.once("response", (incoming) => {
      const parts: Array<Buffer> = []
      incoming.on("data", (part: Buffer) => parts.push(part))
      incoming.once("error", reject)
      incoming.once("end", () =>
        resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(parts).toString("utf8") })
      )
    })
    outgoing.end()
  })

/** GET in plaintext. */
export const get = (url: string): Promise<Answer> => request(() => Http.request(url, { agent: false }))

/** GET over TLS, with the demo's authority and without a client certificate. */
export const getTls = (url: string, certificates: Certificates): Promise<Answer> =>
  request(() => Https.request(url, { agent: false, ca: Fs.readFileSync(certificates.ca.cert) }))
