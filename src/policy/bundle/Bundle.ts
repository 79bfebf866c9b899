/** The files of a policy as modules and data: versions by the manifest, data at the path of its directory, roots enforced. */
import { Result } from "effect"
import { bundleRefused, fromLoadError, type PolicyLoadError } from "../PolicyLoadError.ts"
import type { ModuleSource } from "../rego/compiler/Compile.ts"
import { LoadError } from "../rego/syntax/Location.ts"
import { emptyObject } from "../rego/values/Collections.ts"
import { isObject, type RegoObject, type Value } from "../rego/values/Value.ts"
import { parseData } from "./DataFile.ts"
import { DataTree } from "./DataTree.ts"
import { isBelow, type Manifest, noManifest, parseManifest } from "./Manifest.ts"
import { memberKind, type TextMember } from "./Member.ts"
import { checkModules } from "./ModulePaths.ts"

/** What was read from a path. Plain data: a worker thread can be sent it and compile for itself. */
export interface PolicyFiles {
  /** The path as the operator wrote it. */
  readonly path: string
  /** A single `.rego` file is v0 unless it imports `rego.v1`; a bundle is v1 unless its manifest says otherwise. */
  readonly kind: "file" | "bundle"
  readonly members: ReadonlyArray<TextMember>
}

/** What can be compiled. */
export interface PolicySource {
  readonly path: string
  readonly revision: string
  readonly modules: ReadonlyArray<ModuleSource>
  readonly data: RegoObject
  /** The version the query is read in. */
  readonly queryVersion: 0 | 1
}

/** Whether all of a value, put at a path, is at a root or below one. */
const isPermitted = (roots: ReadonlyArray<string>, path: string, value: Value): boolean => {
  if (roots.some((root) => isBelow(root, path))) return true
  // Not at a root itself: each of its members has to be.
  const leads = path === "" || roots.some((root) => isBelow(path, root))
  if (!leads || !isObject(value)) return false
  return value
    .sorted()
    .every(([key, member]) => isPermitted(roots, path === "" ? String(key) : `${path}/${String(key)}`, member))
}

const dataOf = (files: PolicyFiles, manifest: Manifest): Result.Result<RegoObject, PolicyLoadError> =>
  Result.gen(function* () {
    const tree = new DataTree()
    for (const member of files.members) {
      const kind = memberKind(member.path)
      if (kind !== "json" && kind !== "yaml") continue
      const value = yield* Result.mapError(
        parseData(`${files.path}/${member.path}`, member.text, kind === "json"),
        ({ message, problems }) => bundleRefused(files.path, `unable to parse ${member.path}: ${message}`, problems)
      )
      const names = member.path.split("/").slice(0, -1)
      const refuse = (message: string) => Result.fail(bundleRefused(files.path, message))
      if (names.length === 0 && !isObject(value)) return yield* refuse(`${member.path} must hold an object`)
      if (!isPermitted(manifest.roots, names.join("/"), value)) {
        return yield* refuse(`${member.path}: the manifest's roots do not permit data at this path`)
      }
      const conflict = tree.add(names, value)
      if (conflict !== undefined) return yield* refuse(`${member.path}: data at "${conflict}" is already defined`)
    }
    return tree.document()
  })

const bundle = (files: PolicyFiles): Result.Result<PolicySource, PolicyLoadError> =>
  Result.gen(function* () {
    if (files.members.some(({ path }) => memberKind(path) === "signatures")) {
      return yield* Result.fail(bundleRefused(files.path, "verification key not provided"))
    }
    const text = files.members.find(({ path }) => memberKind(path) === "manifest")?.text
    const manifest =
      text === undefined
        ? noManifest
        : yield* Result.mapError(parseManifest(text), (why) => bundleRefused(files.path, why))
    const data = yield* dataOf(files, manifest)
    const modules = files.members
      .filter(({ path }) => memberKind(path) === "module")
      .map((member) => ({
        file: `${files.path}/${member.path}`,
        text: member.text,
        version: manifest.version(member.path)
      }))
    yield* checkModules(files.path, modules, manifest.roots, data)
    return { path: files.path, revision: manifest.revision, modules, data, queryVersion: 1 }
  })

/** The modules and data that a policy's files hold. Pure. */
export const readBundle = (files: PolicyFiles): Result.Result<PolicySource, PolicyLoadError> => {
  if (files.kind === "file") {
    const modules = files.members.map(({ text }) => ({ file: files.path, text, version: 0 as const }))
    return Result.succeed({ path: files.path, revision: "", modules, data: emptyObject, queryVersion: 0 })
  }
  try {
    return bundle(files)
  } catch (cause) {
    if (cause instanceof LoadError) return Result.fail(fromLoadError(files.path, cause))
    throw cause
  }
}
