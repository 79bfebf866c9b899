/** The harness's handle on the traffic process. */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import * as Path from "node:path"
import type { Command, Reply, Setup, State } from "./Commands.ts"

const script = Path.join(import.meta.dirname, "Traffic.ts")

export class TrafficProcess {
  readonly #child: ChildProcess
  #id = 0

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** Starts it; its backend listens then. */
  static async start(setup: Setup): Promise<TrafficProcess> {
    const child = fork(script, { serialization: "advanced", stdio: ["ignore", "inherit", "inherit", "ipc"] })
    child.setMaxListeners(100)
    child.send(setup)
    const [first] = await Promise.race([once(child, "message"), once(child, "exit")])
    if (first !== "ready") throw new Error("the traffic's process did not start")
    return new TrafficProcess(child)
  }

  /** Runs a command; resolves with the state after it. Several may run at a time. */
  ask(command: Command): Promise<State> {
    const id = ++this.#id
    return new Promise((resolve, reject) => {
      const settle = () => {
        this.#child.off("message", answer)
        this.#child.off("exit", gone)
      }
      const gone = () => {
        settle()
        reject(new Error(`traffic: ${command.kind}: its process has ended`))
      }
      const answer = (reply: Reply) => {
        if (reply.id !== id) return
        settle()
        if (reply.state === undefined) reject(new Error(`traffic: ${command.kind}: ${reply.error}`))
        else resolve(reply.state)
      }
      this.#child.on("message", answer)
      this.#child.on("exit", gone)
      this.#child.send({ id, command })
    })
  }

  /** Ends it. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, "exit")
    this.#child.kill("SIGKILL")
    await exited
  }
}
