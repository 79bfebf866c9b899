/** A browser script, bundled to one text: `tools/ScriptText.ts` does it for the build and for the tests. */
declare module "*?script" {
  export const script: string
}
