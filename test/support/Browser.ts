/** A real browser, Debian's Chromium without a window, driven over the DevTools protocol. */
import { spawn } from "node:child_process"
import { writeFileSync } from "node:fs"
import { createInterface } from "node:readline"
import { Changes, patience } from "./Changes.ts"
import type { Stage } from "./Stage.ts"

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null
const field = (value: unknown, ...path: ReadonlyArray<string>): unknown =>
  path.reduce((inner: unknown, key) => (isFields(inner) ? inner[key] : undefined), value)
const textAt = (value: unknown, ...path: ReadonlyArray<string>): string => String(field(value, ...path) ?? "")

interface Pending {
  readonly resolve: (result: unknown) => void
  readonly reject: (cause: Error) => void
}

/** The protocol's one connection: commands with their replies, and events. */
class DevTools {
  readonly #socket: WebSocket
  readonly #pending = new Map<number, Pending>()
  readonly #listeners: Array<(session: string, method: string, fields: unknown) => void> = []
  #count = 0

  constructor(socket: WebSocket) {
    this.#socket = socket
    socket.addEventListener("message", ({ data }) => this.#take(JSON.parse(String(data))))
    socket.addEventListener("close", () => {
      for (const { reject } of this.#pending.values()) reject(new Error("the browser has gone"))
    })
  }

  listen(listener: (session: string, method: string, fields: unknown) => void): void {
    this.#listeners.push(listener)
  }

  ask(method: string, params: Fields = {}, sessionId?: string): Promise<unknown> {
    const { promise, reject, resolve } = Promise.withResolvers<unknown>()
    const id = ++this.#count
    this.#pending.set(id, { resolve, reject })
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }))
    return promise
  }

  #take(message: unknown): void {
    const id = field(message, "id")
    if (typeof id !== "number") {
      const [session, method] = [textAt(message, "sessionId"), textAt(message, "method")]
      for (const listener of this.#listeners) listener(session, method, field(message, "params"))
      return
    }
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    if (field(message, "error") === undefined) pending?.resolve(field(message, "result"))
    else pending?.reject(new Error(textAt(message, "error", "message")))
  }
}

/** How a page is looked at. */
export interface Look {
  /** In CSS pixels. */
  readonly width: number
  readonly height: number
  readonly scheme: "light" | "dark"
}

/** A tab. */
export class Tab {
  readonly #devtools: DevTools
  readonly #session: string
  /** What the browser had to complain about: exceptions, errors on the console, refused by a policy, failed requests. */
  readonly complaints: Array<string> = []
  /** URLs of everything that was asked for. */
  readonly requests: Array<string> = []

  constructor(devtools: DevTools, session: string) {
    this.#devtools = devtools
    this.#session = session
    devtools.listen((of, method, fields) => {
      if (of !== session) return
      if (method === "Network.requestWillBeSent") this.requests.push(textAt(fields, "request", "url"))
      if (method === "Runtime.exceptionThrown") this.complaints.push(JSON.stringify(fields))
      if (method === "Log.entryAdded" && textAt(fields, "entry", "level") !== "verbose") {
        this.complaints.push(textAt(fields, "entry", "text"))
      }
      if (method === "Runtime.consoleAPICalled") this.complaints.push(JSON.stringify(field(fields, "args")))
      if (method === "Page.javascriptDialogOpening") this.complaints.push(`a dialog: ${textAt(fields, "message")}`)
    })
  }

  ask(method: string, params: Fields = {}): Promise<unknown> {
    return this.#devtools.ask(method, params, this.#session)
  }

  async look({ height, scheme, width }: Look): Promise<void> {
    await this.ask("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: width < 600 })
    await this.ask("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] })
  }

  async open(url: string): Promise<void> {
    await this.ask("Page.navigate", { url })
  }

  /** The value of an expression; a promise's when it is one. */
  async evaluate(expression: string): Promise<unknown> {
    // The page's policy holds for what is evaluated here, too.
    const options = { returnByValue: true, awaitPromise: true, allowUnsafeEvalBlockedByCSP: false }
    const reply = await this.ask("Runtime.evaluate", { expression, ...options })
    if (field(reply, "exceptionDetails") !== undefined)
      throw new Error(JSON.stringify(field(reply, "exceptionDetails")))
    return field(reply, "result", "value")
  }

  /** Waits until the expression is true; looks again whenever the document changes. */
  async until(expression: string): Promise<void> {
    const found = await this.evaluate(`new Promise((resolve) => {
      const look = () => { try { if (!(${expression})) return false } catch { return false }
        clearTimeout(timer); observer.disconnect(); resolve(true); return true }
      const observer = new MutationObserver(look)
      const timer = setTimeout(() => { observer.disconnect(); resolve(false) }, ${patience})
      if (!look()) observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true })
    })`)
    if (found === true) return
    const text = await this.evaluate("document.body.innerText")
    throw new Error(`waited ${patience} ms for ${expression}, have\n${String(text)}\n${this.complaints.join("\n")}`)
  }

  /** Saves the whole page as PNG. */
  async screenshot(path: string): Promise<void> {
    const shot = await this.ask("Page.captureScreenshot", { format: "png", captureBeyondViewport: true })
    writeFileSync(path, Buffer.from(textAt(shot, "data"), "base64"))
  }
}

const socketOf = (url: string): Promise<WebSocket> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url)
    socket.addEventListener("open", () => resolve(socket))
    socket.addEventListener("error", () => reject(new Error(`no connection to ${url}`)))
  })

/** Starts a browser that ends with the stage, with `more` flags, and opens an empty tab. */
export const openTab = async (stage: Stage, ...more: ReadonlyArray<string>): Promise<Tab> => {
  const words = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--no-proxy-server",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
    ...more,
    `--user-data-dir=${stage.path("-browser")}`,
    "about:blank"
  ]
  // A group of its own: the browser is many processes, and all of them have to go.
  const browser = spawn("chromium", words, { detached: true, stdio: ["ignore", "ignore", "pipe"] })
  const changes = new Changes()
  const said: Array<string> = []
  let over = false
  browser.on("error", (error) => {
    said.push(error.message)
    over = true
    changes.notify()
  })
  browser.on("exit", () => {
    over = true
    changes.notify()
  })
  createInterface({ input: browser.stderr }).on("line", (line) => {
    said.push(line)
    changes.notify()
  })
  stage.defer(async () => {
    if (browser.pid === undefined || over) return
    process.kill(-browser.pid, "SIGKILL")
    await changes.until(
      () => over || undefined,
      () => "the browser's end"
    )
  })
  const url = await changes.until(
    () => (over ? "" : said.map((line) => /^DevTools listening on (ws:.*)$/.exec(line)?.[1]).find(Boolean)),
    () => `the browser, which says\n${said.join("\n")}`
  )
  if (url === "") throw new Error(`the browser ended and said\n${said.join("\n")}`)
  const socket = await socketOf(url)
  stage.defer(() => socket.close())
  const devtools = new DevTools(socket)
  const targetId = field(await devtools.ask("Target.createTarget", { url: "about:blank" }), "targetId")
  const attached = await devtools.ask("Target.attachToTarget", { targetId, flatten: true })
  const tab = new Tab(devtools, textAt(attached, "sessionId"))
  for (const domain of ["Page", "Runtime", "Log", "Network"]) await tab.ask(`${domain}.enable`)
  return tab
}
