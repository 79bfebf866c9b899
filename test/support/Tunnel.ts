/** The built program, started by tests: a builder for its command line and a handle on the running process. */
import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { eventually, patience } from "./Changes.ts"
import { accepts, type Endpoint, textOf } from "./Endpoint.ts"
import { Program } from "./Program.ts"
import type { Stage } from "./Stage.ts"
import type { TestCa, TestIdentity } from "./TestCa.ts"

/** The program under test; `GHOSTUNNEL_MAIN` names another build of it. */
export const main = process.env.GHOSTUNNEL_MAIN ?? fileURLToPath(new URL("../../dist/main.mjs", import.meta.url))

/** What users start it by. */
export const launcher = join(dirname(main), "ghostunnel")

/** How the status port is reached. */
export type StatusScheme = "http" | "https" | "unix"

/** Where the status port is. */
export interface StatusPort {
  readonly scheme: StatusScheme
  readonly endpoint: Endpoint
}

/** A started tunnel. */
export class Tunnel extends Program {
  readonly listen: Endpoint
  readonly #status: StatusPort | undefined

  constructor(
    stage: Stage,
    args: ReadonlyArray<string>,
    listen: Endpoint,
    status: StatusPort | undefined,
    below: ReadonlyArray<string> = [],
    program: ReadonlyArray<string> = [process.execPath, main]
  ) {
    const [command = "", ...words] = [...below, ...program, ...args]
    super(stage, command, words)
    this.listen = listen
    this.#status = status
  }

  /** Its status port; only with `.status()`. */
  get status(): StatusPort {
    if (this.#status === undefined) throw new Error("this tunnel was started without .status()")
    return this.#status
  }

  /** Lines without process id and time. */
  get messages(): ReadonlyArray<string> {
    return this.lines.map((line) => line.replace(/^\[\d+\] \S+ \S+ /, ""))
  }

  /** How many messages match. */
  count(pattern: RegExp): number {
    return this.messages.filter((message) => pattern.test(message)).length
  }
}

/** Collects a command line; every method returns the builder itself. */
export class TunnelBuilder {
  readonly #stage: Stage
  readonly #mode: "server" | "client"
  #credentials: ReadonlyArray<string> = []
  #ca: ReadonlyArray<string> = []
  #listen: Endpoint | undefined
  #listenText: string | undefined
  #target: string | undefined
  #status: StatusScheme | undefined
  #statusAt: Endpoint | undefined
  #below: ReadonlyArray<string> = []
  #program: ReadonlyArray<string> | undefined
  readonly #words: Array<string> = []

  constructor(stage: Stage, mode: "server" | "client") {
    this.#stage = stage
    this.#mode = mode
  }

  identity(identity: Pick<TestIdentity, "certPath" | "keyPath">): this {
    this.#credentials = [`--cert=${identity.certPath}`, `--key=${identity.keyPath}`]
    return this
  }

  keystore(path: string): this {
    this.#credentials = [`--keystore=${path}`]
    return this
  }

  ca(ca: Pick<TestCa, "certPath">): this {
    this.#ca = [`--cacert=${ca.certPath}`]
    return this
  }

  listen(endpoint: Endpoint): this {
    this.#listen = endpoint
    return this
  }

  /** An address that nobody could listen on. */
  listenText(text: string): this {
    this.#listenText = text
    return this
  }

  /** Where to forward to; a text is passed on as it is. */
  target(target: { readonly endpoint: Endpoint } | Endpoint | string): this {
    this.#target = typeof target === "string" ? target : textOf("endpoint" in target ? target.endpoint : target)
    return this
  }

  /** The target by the name `localhost`, for clients that verify it. */
  localTarget(target: { readonly endpoint: Endpoint }): this {
    if (target.endpoint.network === "unix") return this.target(target).args("--override-server-name=localhost")
    this.#target = `localhost:${target.endpoint.port}`
    return this
  }

  status(scheme: StatusScheme = "http", at?: Endpoint): this {
    this.#status = scheme
    this.#statusAt = at
    return this
  }

  allowAll(): this {
    return this.args("--allow-all")
  }

  allowCn(name: string): this {
    return this.args(`--allow-cn=${name}`)
  }

  args(...words: ReadonlyArray<string>): this {
    this.#words.push(...words)
    return this
  }

  /** A command that replaces itself with the program behind it. */
  below(...command: ReadonlyArray<string>): this {
    this.#below = command
    return this
  }

  /** How the program is started; without it by Node itself, which is quickest. */
  startedBy(...program: ReadonlyArray<string>): this {
    this.#program = program
    return this
  }

  async #statusPort(): Promise<StatusPort | undefined> {
    if (this.#status === undefined) return undefined
    const endpoint = this.#statusAt ?? (await this.#stage.address(this.#status === "unix" ? "unix" : "tcp"))
    return { scheme: this.#status, endpoint }
  }

  /** Starts the process and does not wait for it. */
  async launch(): Promise<Tunnel> {
    if (!existsSync(main)) throw new Error(`${main} is missing: run \`npm run build\` first`)
    const listen = this.#listen ?? (await this.#stage.tcp())
    const status = await this.#statusPort()
    const statusText =
      status && (status.scheme === "http" ? `http://${textOf(status.endpoint)}` : textOf(status.endpoint))
    const args = [
      this.#mode,
      `--listen=${this.#listenText ?? textOf(listen)}`,
      ...(this.#target === undefined ? [] : [`--target=${this.#target}`]),
      ...this.#credentials,
      ...this.#ca,
      ...(statusText === undefined ? [] : [`--status=${statusText}`]),
      ...this.#words,
      ...this.#stage.cell.args
    ]
    return new Tunnel(this.#stage, args, listen, status, this.#below, this.#program)
  }

  /** Starts the process and waits until it says that it is listening. */
  async start(): Promise<Tunnel> {
    const tunnel = await this.launch()
    await tunnel.waitForLine(/listening for connections on/)
    return tunnel
  }

  /** Starts a process that says nothing and waits until it accepts connections. */
  async startSilently(): Promise<Tunnel> {
    const tunnel = await this.launch()
    const ready = async () => ((await accepts(tunnel.listen)) || tunnel.exited ? true : undefined)
    await eventually("the silent tunnel to listen", ready, () => tunnel.toString(), patience)
    return tunnel
  }
}

/** A TLS listener in front of a plaintext target. */
export const server = (stage: Stage): TunnelBuilder => new TunnelBuilder(stage, "server")

/** A plaintext listener in front of a TLS target. */
export const client = (stage: Stage): TunnelBuilder => new TunnelBuilder(stage, "client")
