/** The backend and the load generator, as the harness sees them. */
import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import * as Path from "node:path"
import type { Certificates } from "../../tools/demo/Certificates.ts"
import { start } from "../Processes.ts"
import type { Envelope, Order, Reply } from "./Protocol.ts"

const script = (name: string): string => Path.join(import.meta.dirname, name)
const stdio: Array<"ignore" | "inherit" | "ipc"> = ["ignore", "inherit", "inherit", "ipc"]

/** Starts the backend; settles with its port. */
export const startBackend = async (): Promise<number> => {
  const child = start(process.execPath, [script("Backend.ts")], { stdio })
  const [address] = await once(child, "message", { signal: AbortSignal.timeout(10_000) })
  return address.port
}

/** Carries out orders one after the other; an order that takes over two minutes fails. */
export interface Load {
  readonly ask: (port: number, order: Order) => Promise<void>
}

const ask = (child: ChildProcess, envelope: Envelope): Promise<void> =>
  new Promise((resolve, reject) => {
    const settle = (error: string | undefined) => {
      clearTimeout(late)
      child.off("message", answer)
      child.off("exit", gone)
      if (error === undefined) resolve()
      else reject(new Error(`load generator: ${envelope.order.kind}: ${error}`))
    }
    const late = setTimeout(() => settle("not done within two minutes"), 120_000)
    const gone = () => settle("it has ended")
    const answer = (reply: Reply) => {
      if (reply.id === envelope.id) settle(reply.error)
    }
    child.on("message", answer)
    child.on("exit", gone)
    child.send(envelope)
  })

/** Starts the load generator. */
export const startLoad = ({ ca, client }: Certificates): Load => {
  const child = start(process.execPath, [script("Load.ts"), ca.cert, client.cert, client.key], { stdio })
  let id = 0
  return { ask: (port, order) => ask(child, { id: ++id, port, order }) }
}
