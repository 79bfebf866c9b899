/** Reads a policy from where the operator keeps it: a `.rego` file, a directory, or a gzip-compressed tar archive. */
import { readdir, stat } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Result } from "effect"
import { errnoText, nodeError } from "../../runtime/ErrorText.ts"
import { bundleRefused, type PolicyLoadError, unreadable } from "../PolicyLoadError.ts"
import { readBounded } from "./BoundedFile.ts"
import type { PolicyFiles } from "./Bundle.ts"
import { decompress } from "./Gunzip.ts"
import { limits, sizeText } from "./Limits.ts"
import { type Member, memberKind, type TextMember } from "./Member.ts"
import { readTar } from "./Tar.ts"

const attempt = <A>(run: () => Promise<A>, refuse: (why: string) => PolicyLoadError) =>
  Effect.tryPromise({ try: run, catch: (cause) => refuse(errnoText(nodeError(cause))) })

const readBytes = (path: string, limit: number, refuse: (why: string) => PolicyLoadError) =>
  Effect.mapError(readBounded(path, limit), refuse)

const decode = ({ bytes, path }: Member): Result.Result<TextMember, string> =>
  Result.try({
    try: () => ({ path, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) }),
    catch: () => `${path} is not UTF-8 text`
  })

/** The members that make a policy, as text, in the order of their paths. */
const texts = (members: ReadonlyArray<Member>): Result.Result<ReadonlyArray<TextMember>, string> =>
  Result.gen(function* () {
    const wanted = members.filter(({ path }) => memberKind(path) !== "other")
    const source = wanted.reduce((sum, { bytes, path }) => sum + (memberKind(path) === "module" ? bytes.length : 0), 0)
    if (source > limits.source) return yield* Result.fail(`its Rego source is larger than ${sizeText(limits.source)}`)
    const decoded: Array<TextMember> = []
    for (const member of wanted) decoded.push(yield* decode(member))
    return decoded.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
  })

interface Found {
  readonly entry: string
  readonly kind: "file" | "directory" | "other"
}

/** The entries of a directory. Links to files count as files, links to directories are not followed. */
const entries = async (directory: string): Promise<ReadonlyArray<Found>> => {
  const found: Array<Found> = []
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    // Kubernetes keeps the files of a volume in `..data` and links to them.
    if (entry.name.startsWith("..")) continue
    const isFile = entry.isFile() || (entry.isSymbolicLink() && (await stat(join(directory, entry.name))).isFile())
    found.push({ entry: entry.name, kind: isFile ? "file" : entry.isDirectory() ? "directory" : "other" })
  }
  return found
}

const walk = Effect.fnUntraced(function* (root: string) {
  const refuse = (why: string) => bundleRefused(root, why)
  const members: Array<Member> = []
  const open: Array<{ readonly path: string; readonly depth: number }> = [{ path: "", depth: 0 }]
  let [seen, total] = [0, 0]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { depth, path } = next
    const found = yield* attempt(
      () => entries(join(root, path)),
      (why) => refuse(`open ${join(root, path)}: ${why}`)
    )
    seen += found.length
    if (seen > limits.members) return yield* refuse(`more than ${limits.members} entries`)
    for (const { entry, kind } of found) {
      const inner = path === "" ? entry : `${path}/${entry}`
      if (kind === "directory") {
        if (depth >= limits.depth) return yield* refuse(`${inner} is nested deeper than ${limits.depth} directories`)
        open.push({ path: inner, depth: depth + 1 })
      } else if (kind === "file" && memberKind(inner) !== "other") {
        const bytes = yield* readBytes(join(root, inner), Math.min(limits.member, limits.total - total), refuse)
        total += bytes.length
        members.push({ path: inner, bytes })
      }
    }
  }
  return members
})

const singleFile = Effect.fnUntraced(function* (path: string) {
  const bytes = yield* readBytes(path, limits.source, (why) => unreadable(path, why))
  const members = yield* Effect.fromResult(Result.mapError(texts([{ path, bytes }]), (why) => unreadable(path, why)))
  return { path, kind: "file", members } as const
})

const archive = Effect.fnUntraced(function* (path: string) {
  const refuse = (why: string) => bundleRefused(path, `archive read failed: ${why}`)
  const compressed = yield* readBytes(path, limits.archive, refuse)
  const content = yield* Effect.mapError(decompress(compressed), refuse)
  return yield* Effect.fromResult(Result.mapError(readTar(content), refuse))
})

/** Reads what a policy consists of. Bounded in size, in the number of files and in depth. */
export const readPolicyPath = Effect.fn("policy.read")(function* (
  path: string
): Effect.fn.Return<PolicyFiles, PolicyLoadError> {
  const about = yield* attempt(
    () => stat(path),
    (why) => unreadable(path, `error reading "${path}": stat ${path}: ${why}`)
  )
  if (!about.isDirectory() && !about.isFile()) {
    return yield* unreadable(path, `error reading "${path}": it is neither a file nor a directory`)
  }
  if (path.endsWith(".rego") && about.isFile()) return yield* singleFile(path)
  const found = about.isDirectory() ? yield* walk(path) : yield* archive(path)
  const members = yield* Effect.fromResult(Result.mapError(texts(found), (why) => bundleRefused(path, why)))
  return { path, kind: "bundle", members }
})
