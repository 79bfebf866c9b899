/**
 * What this process is, for the rules of its sandbox: environment, disk, and the files Node needs later. Everything is
 * read synchronously: a helper thread that existed before the sandbox would stay outside of it.
 */
import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs"
import { dirname, join } from "node:path"
import { Option, Result } from "effect"
import type * as Address from "../config/Address.ts"
import type { Disk, Surroundings } from "./Sandbox.ts"

const attempt = <A>(read: () => A, otherwise: A): A =>
  Result.getOrElse(
    Result.try(() => read()),
    () => otherwise
  )

/** The machine's disk. */
export const disk: Disk = {
  isDirectory: (path) => attempt(() => statSync(path).isDirectory(), false),
  realpath: (path) => attempt<string | undefined>(() => realpathSync(path), undefined),
  names: (directory) => attempt<ReadonlyArray<string>>(() => readdirSync(directory), [])
}

/**
 * Directories of the shared libraries in a `/proc/PID/maps`: where later ones (name services) are loaded from. Pure.
 */
export const libraryDirectories = (maps: string): ReadonlyArray<string> => {
  const libraries = maps.split("\n").flatMap((line) => /\s(\/[^\n]*\.so(?:\.[0-9.]+)?)$/.exec(line)?.[1] ?? [])
  return [...new Set(libraries.map((path) => dirname(path)))]
}

/** The program's own files: the bundle's directory, or the sources with their packages. Pure. */
export const applicationFiles = (module: string): ReadonlyArray<string> => {
  const here = dirname(module)
  if (!module.endsWith(".ts")) return [here, join(dirname(here), "package.json")]
  const root = dirname(dirname(here))
  return [join(root, "src"), join(root, "node_modules"), join(root, "package.json")]
}

/**
 * Packages of Nix, which hold everything there; locales and OpenSSL's settings elsewhere. All world-readable by design.
 */
const system = ["/nix/store", "/usr/lib/locale", "/usr/lib/ssl"]

/** This process. */
export const surroundings = (services?: Address.Services): Surroundings => {
  const maps = attempt(() => readFileSync("/proc/self/maps", "utf8"), "")
  const script = Option.fromUndefinedOr(process.argv[1]).pipe(
    Option.flatMap((path) => Option.fromUndefinedOr(disk.realpath(path))),
    Option.map(dirname),
    Option.toArray
  )
  return {
    env: process.env,
    cwd: process.cwd(),
    runtime: [
      process.execPath,
      ...libraryDirectories(maps),
      ...applicationFiles(import.meta.filename),
      ...script,
      ...system
    ],
    ...(services === undefined ? {} : { services })
  }
}

/** Names of the threads this process has besides the calling main thread. */
export const otherThreads = (): ReadonlyArray<string> => {
  const main = String(process.pid)
  return disk
    .names("/proc/self/task")
    .filter((thread) => thread !== main)
    .map((thread) => attempt(() => readFileSync(`/proc/self/task/${thread}/comm`, "utf8").trim(), ""))
    .filter((name) => name !== "")
}
