/** A project of its own that depends on this package as built, as embedding programs do. */
import { type ChildProcessByStdio, spawn } from "node:child_process"
import { once } from "node:events"
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import type { Readable } from "node:stream"
import { onTestFinished } from "@effect/vitest"
import { makeCa } from "../support/TestCa.ts"

export const root = resolve(import.meta.dirname, "../..")

/** The code of a document's first block that imports this module. */
export const example = (document: string, module: string): string => {
  const blocks = readFileSync(join(root, document), "utf8").matchAll(/^```ts\n([\s\S]*?)^```$/gm)
  const found = [...blocks].map(([, code = ""]) => code).find((code) => code.includes(`from "${module}"`))
  if (found === undefined) throw new Error(`${document} has no example of ${module}`)
  return found
}

/** An empty folder that is removed when the test has ended. */
export const emptyFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "gt-project-"))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A folder whose packages are this one and those that it brings. */
export const project = (): string => {
  const folder = emptyFolder()
  const modules = join(folder, "node_modules")
  mkdirSync(modules)
  symlinkSync(root, join(modules, "ghostunnel"))
  for (const name of ["effect", "@effect", "@opentelemetry"]) {
    symlinkSync(join(root, "node_modules", name), join(modules, name))
  }
  return folder
}

/** The files that examples name, in the folder. */
export const addCredentials = async (folder: string): Promise<void> => {
  const ca = await makeCa("embedding")
  const identity = await ca.issue({ cn: "server", dns: ["localhost"], eku: "server" })
  copyFileSync(identity.certPath, join(folder, "server.pem"))
  copyFileSync(identity.keyPath, join(folder, "server.key"))
  copyFileSync(ca.certPath, join(folder, "ca.pem"))
}

/** A running program and what it has printed. */
export interface Running {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  readonly said: () => string
  /** Completes when its output matches; fails when it ends before. */
  readonly until: (pattern: RegExp) => Promise<RegExpExecArray>
  readonly ended: Promise<unknown>
}

/** Runs a script of the folder in it. */
export const run = (folder: string, script: string): Running => {
  const child = spawn(process.execPath, [script], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] })
  onTestFinished(() => void child.kill("SIGKILL"))
  let said = ""
  const ended = once(child, "close")
  const until = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = pattern.exec(said)
      if (found !== null) return found
      if (child.exitCode !== null) throw new Error(`ended without ${pattern}: ${said}`)
      await Promise.race([once(child.stdout, "data"), once(child.stderr, "data"), ended])
    }
  }
  child.stdout.on("data", (text) => {
    said += String(text)
  })
  child.stderr.on("data", (text) => {
    said += String(text)
  })
  return { child, said: () => said, until, ended }
}
