/** The project's own files, as the repository tests look at them. */
import * as Fs from "node:fs"
import * as Path from "node:path"

/** The top of the project. */
export const root = Path.resolve(import.meta.dirname, "../..")

/** Text of a file named from the top. */
export const read = (path: string): string => Fs.readFileSync(Path.join(root, path), "utf8")

/** Whether a file or folder exists. */
export const exists = (path: string): boolean => Fs.existsSync(Path.join(root, path))

/** Every TypeScript file below a folder, relative to that folder. */
export const sources = (folder: string): ReadonlyArray<string> =>
  Fs.readdirSync(Path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.includes("node_modules"))
    .map((name) => name.split(Path.sep).join("/"))
    .sort()

/** What the tests read from package.json. */
export interface Manifest {
  readonly scripts: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** package.json at the top, or in the folder given. */
export const manifest = (folder = "."): Manifest => JSON.parse(read(`${folder}/package.json`))
