/** A proxy under test: how to configure and start it. */
import { type ChildProcess, execFile } from "node:child_process"
import { once } from "node:events"
import * as Fs from "node:fs"
import * as Net from "node:net"
import * as Path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { promisify } from "node:util"
import type { Certificates } from "../tools/demo/Certificates.ts"
import { freePorts } from "../tools/demo/Program.ts"
import { end, start } from "./Processes.ts"

/** What every proxy is given: TLS 1.2 and up on `port` with client certificates required, plaintext to `backend`. */
export interface Ports {
  readonly listen: number
  readonly status: number
  readonly backend: number
}

/** One kind of proxy. */
export interface Subject {
  readonly name: string
  /** Whose goals it has, or what the goals compare it as. */
  readonly kind: "native" | "node" | "auto" | "binary" | "other"
  /** Whether it has Ghostunnel's status port. */
  readonly hasStatus: boolean
  /** Whether it can be told how many workers to have. */
  readonly hasWorkers: boolean
  /** What it calls its version. */
  readonly version: () => Promise<string>
  /** The command line; configuration files go to `directory`. */
  readonly command: (ports: Ports, setup: Setup, directory: string) => Promise<readonly [string, ReadonlyArray<string>]>
}

/** What one run of the benchmark has in common. */
export interface Setup {
  readonly directory: string
  readonly certificates: Certificates
  readonly backendPort: number
  readonly workers: number
  /** Whether clients must show certificates. */
  readonly verifyClients: boolean
}

/** What is different about one more of the same proxy. */
export interface Changes {
  readonly setup?: Partial<Setup>
  /** What follows at the end of the command line, and flags that are left out with their values. */
  readonly words?: ReadonlyArray<string>
  readonly without?: ReadonlyArray<string>
}

/** A proxy that listens. */
export interface Running {
  readonly pid: number
  readonly port: number
  readonly statusPort: number
  /** From starting the process until it took a connection. */
  readonly startMs: number
  readonly stop: () => Promise<void>
}

const connects = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = Net.connect(port, "127.0.0.1")
    socket.once("connect", () => {
      socket.destroy()
      resolve(true)
    })
    socket.once("error", () => resolve(false))
  })

const lastLines = (file: string): string => Fs.readFileSync(file, "utf8").trim().split("\n").slice(-5).join("\n")

const untilListening = async (child: ChildProcess, port: number, log: string): Promise<number> => {
  const began = performance.now()
  while (performance.now() - began < 15_000) {
    if (await connects(port)) return performance.now() - began
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it ended at once:\n${lastLines(log)}`)
    await sleep(1)
  }
  throw new Error(`it did not listen within 15 s:\n${lastLines(log)}`)
}

/** A command line without some flags and their values. */
const dropping = (words: ReadonlyArray<string>, flags: ReadonlyArray<string>): ReadonlyArray<string> =>
  words.filter((word, index) => !flags.includes(word) && !flags.includes(words[index - 1] ?? ""))

/** Starts a proxy and waits until it takes connections. */
export const run = async (subject: Subject, common: Setup, changes: Changes = {}): Promise<Running> => {
  const { words: more = [], without = [] } = changes
  const setup = { ...common, ...changes.setup }
  const [listen = 0, status = 0] = await freePorts(2)
  const directory = Fs.mkdtempSync(Path.join(setup.directory, `${Path.basename(subject.name)}-`))
  Fs.chmodSync(directory, 0o755)
  const [command, words] = await subject.command({ listen, status, backend: setup.backendPort }, setup, directory)
  const log = Path.join(directory, "log")
  const output = Fs.openSync(log, "w")
  const child = start(command, [...dropping(words, without), ...more], { stdio: ["ignore", output, output] })
  Fs.closeSync(output)
  const failed = once(child, "error").then(([cause]) => {
    throw new Error(`cannot start ${command}: ${cause}`)
  })
  try {
    const startMs = await Promise.race([untilListening(child, listen, log), failed])
    return { pid: child.pid ?? 0, port: listen, statusPort: status, startMs, stop: () => end(child) }
  } catch (cause) {
    await end(child)
    throw new Error(`${subject.name}: ${cause instanceof Error ? cause.message : cause}`)
  }
}

/** The first line with a version number that a program prints. */
export const firstLine = async (command: string, words: ReadonlyArray<string>): Promise<string> => {
  const { stdout, stderr } = await promisify(execFile)(command, [...words])
  return (stdout + stderr).split("\n").find((line) => /\d\.\d/.test(line)) ?? "no version"
}
