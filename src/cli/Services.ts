/** Service names that may stand for a TCP port: the machine's own `/etc/services`, read when a name is first asked for. */
import { readFileSync } from "node:fs"
import type { Services } from "../config/Address.ts"

/** The TCP names and aliases of a file in the format of `services(5)`. */
export const parse = (text: string): ReadonlyMap<string, number> => {
  const ports = new Map<string, number>()
  for (const line of text.split("\n")) {
    const [name, entry, ...aliases] = (line.split("#", 1)[0] ?? "").trim().split(/\s+/)
    const port = /^(\d+)\/tcp$/.exec(entry ?? "")?.[1]
    if (name === undefined || port === undefined) continue
    for (const known of [name, ...aliases]) if (!ports.has(known)) ports.set(known, Number(port))
  }
  return ports
}

/** A look-up in the file at `path`; a file that cannot be read knows no names. */
export const fromFile = (path: string): Services => {
  let ports: ReadonlyMap<string, number> | undefined
  const read = (): ReadonlyMap<string, number> => {
    try {
      return parse(readFileSync(path, "utf8"))
    } catch {
      return new Map()
    }
  }
  return (name) => {
    ports ??= read()
    return ports.get(name)
  }
}

/** The look-up in `/etc/services`. */
export const machine: Services = fromFile("/etc/services")
