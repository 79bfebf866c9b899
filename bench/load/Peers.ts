/** The harness's handles on the backend and load generator processes. */
import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import * as Path from "node:path"
import type { Certificates } from "../../tools/demo/Certificates.ts"
import { end, start } from "../Processes.ts"
import type { Command, Envelope, Outcome, Reply } from "./Protocol.ts"

const script = (name: string): string => Path.join(import.meta.dirname, name)
const stdio: Array<"ignore" | "inherit" | "ipc"> = ["ignore", "inherit", "inherit", "ipc"]

/** The backend. */
export interface Backend {
  readonly pid: number
  readonly port: number
  readonly stop: () => Promise<void>
}

/** Starts the backend. */
export const startBackend = async (): Promise<Backend> => {
  const child = start(process.execPath, [script("Backend.ts")], { stdio })
  const [address] = await once(child, "message", { signal: AbortSignal.timeout(10_000) })
  return { pid: child.pid ?? 0, port: address.port, stop: () => end(child) }
}

/** Runs commands one after the other; one that takes over two minutes fails. */
export interface Load {
  readonly pid: number
  readonly ask: (port: number, command: Command) => Promise<Outcome>
  readonly stop: () => Promise<void>
}

const ask = (child: ChildProcess, envelope: Envelope): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const settle = () => {
      clearTimeout(late)
      child.off("message", answer)
      child.off("exit", gone)
    }
    const fail = (error: string) => {
      settle()
      reject(new Error(`load generator: ${envelope.command.kind}: ${error}`))
    }
    const late = setTimeout(() => fail("not done within two minutes"), 120_000)
    const gone = () => fail("it has ended")
    const answer = (reply: Reply) => {
      if (reply.id !== envelope.id) return
      if (reply.error !== undefined) return fail(reply.error)
      settle()
      resolve(reply.outcome)
    }
    child.on("message", answer)
    child.on("exit", gone)
    child.send(envelope)
  })

/** What clients offer: key exchange groups, separated by colons, and a TLS 1.3 cipher suite. */
export interface Algorithms {
  readonly groups: string
  readonly cipher: string
}

/** Starts a load generator. */
export const startLoad = ({ ca, client }: Certificates, { cipher, groups }: Algorithms): Load => {
  const words = [script("Load.ts"), ca.cert, client.cert, client.key, groups, cipher]
  const child = start(process.execPath, words, { stdio })
  let id = 0
  return {
    pid: child.pid ?? 0,
    ask: (port, command) => ask(child, { id: ++id, port, command }),
    stop: () => end(child)
  }
}
