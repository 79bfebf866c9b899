/** Maps places in the bundle to names and lines in TypeScript, with the source maps next to the bundle. */
import { readFile } from "node:fs/promises"
import { SourceMap, type SourceMapping } from "node:module"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"
import type { RawFrame } from "./ProfiledThread.ts"
import type { Frame } from "./ProfileProto.ts"

const ANONYMOUS = "(anonymous)"

/** `src/proxy/Connection.ts` and `serve`: `Connection.serve`. */
const qualified = (file: string, name: string): string => `${Path.parse(file).name}.${name || ANONYMOUS}`

/** A frame as it stands, for code without a map; sources that run unbundled are named as if they were mapped. */
const unmapped = ({ given, line, name, url }: RawFrame): Frame => {
  const file = url.startsWith("file://") ? fileURLToPath(url) : url
  const own = file.endsWith(".ts") && given === undefined
  return { name: own ? qualified(file, name) : name || ANONYMOUS, file, line }
}

/** The map next to a file. Without one, frames keep V8's names. */
const mapOf = async (path: string): Promise<SourceMap | undefined> => {
  try {
    return new SourceMap(JSON.parse(await readFile(`${path}.map`, "utf8")))
  } catch {
    return undefined
  }
}

/** The bundler shortens names of private methods, and maps do not contain them; read them from the source. */
const privateName = (map: SourceMap, frame: RawFrame, entry: SourceMapping): string | undefined => {
  if (!frame.name.startsWith("#")) return undefined
  const { sources, sourcesContent } = map.payload
  const text = sourcesContent[sources.indexOf(entry.originalSource)] ?? ""
  return /#[\w$]+/.exec(text.split("\n")[entry.originalLine] ?? "")?.[0]
}

const mapped = (map: SourceMap, path: string, frame: RawFrame): Frame => {
  const entry = map.findEntry(frame.line - 1, frame.column)
  // Whatever the types say: code that the bundler added has an entry without a source.
  if (!("originalSource" in entry) || typeof entry.originalSource !== "string") return unmapped(frame)
  // Source paths are relative to the map; users know them relative to the package.
  const bundle = Path.dirname(path)
  const file = Path.relative(Path.dirname(bundle), Path.resolve(bundle, entry.originalSource))
  // The bundler numbers names that clash.
  const original = "name" in entry && typeof entry.name === "string" ? entry.name : privateName(map, frame, entry)
  const name = frame.name === "" ? "" : (original ?? frame.name.replace(/\$\d+$/, ""))
  return { name: frame.given ? frame.name : qualified(file, name), file, line: entry.originalLine + 1 }
}

/** Resolves all frames, each map read once and then forgotten: they are large, and profiles are rare. */
export const resolve = async (frames: ReadonlyArray<RawFrame>): Promise<ReadonlyArray<Frame>> => {
  const resolved = frames.map(unmapped)
  const urls = new Set(frames.map(({ url }) => url).filter((url) => /^file:.*\.m?js$/.test(url)))
  for (const url of urls) {
    const path = fileURLToPath(url)
    const map = await mapOf(path)
    if (map === undefined) continue
    frames.forEach((frame, index) => {
      if (frame.url === url && frame.line > 0) resolved[index] = mapped(map, path, frame)
    })
  }
  return resolved
}
