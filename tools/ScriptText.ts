/** Turns `import { script } from "./Main.ts?script"` into the text of that browser script, bundled. For rolldown and Vite. */
import * as Path from "node:path"
import { build } from "rolldown"

const suffix = "?script"

/** The bundle of a script as one immediately called function; readable, so that a browser's debugger shows our names. */
const bundled = async (file: string): Promise<string> => {
  const { output } = await build({
    input: file,
    platform: "browser",
    tsconfig: false,
    write: false,
    output: { format: "iife" }
  })
  return output[0].code
}

/** The plugin. */
export const scriptText = () => ({
  name: "script-text",
  resolveId: (id: string, importer: string | undefined): string | null =>
    id.endsWith(suffix) && importer !== undefined ? Path.resolve(Path.dirname(importer), id) : null,
  load: async (id: string): Promise<string | null> =>
    id.endsWith(suffix) ? `export const script = ${JSON.stringify(await bundled(id.slice(0, -suffix.length)))}` : null
})
