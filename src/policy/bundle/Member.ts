/** The files of a policy, and which of them matter. */
import { limits } from "./Limits.ts"

/** A file: its path inside the bundle, without a leading `/`, and its content. */
export interface Member {
  readonly path: string
  readonly bytes: Uint8Array
}

/** The same as text. Plain data, so that it can be posted to another thread. */
export interface TextMember {
  readonly path: string
  readonly text: string
}

/** The path that a name in an archive stands for; undefined where it is empty, too long or leads out of the bundle. */
export const memberPath = (name: string): string | undefined => {
  if (Buffer.byteLength(name) > limits.path || name.includes("\0") || name.includes("\\")) return undefined
  const parts = name.split("/").filter((part) => part !== "" && part !== ".")
  if (parts.length === 0 || parts.length > limits.depth || parts.includes("..")) return undefined
  return parts.join("/")
}

export type MemberKind = "module" | "json" | "yaml" | "manifest" | "signatures" | "other"

/** What a file is by its name. Compiled policies (`policy.wasm`, `plan.json`) and everything else are `other`. */
export const memberKind = (path: string): MemberKind => {
  const name = path.slice(path.lastIndexOf("/") + 1)
  if (name.endsWith(".rego")) return "module"
  if (name === "data.json") return "json"
  if (name === "data.yaml" || name === "data.yml") return "yaml"
  if (path === ".manifest") return "manifest"
  return name === ".signatures.json" ? "signatures" : "other"
}
