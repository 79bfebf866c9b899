/** The program's version, which the build inserts into the bundle; unbundled sources have none. */
declare const __GHOSTUNNEL_VERSION__: string | undefined

export const version: string = typeof __GHOSTUNNEL_VERSION__ === "string" ? __GHOSTUNNEL_VERSION__ : "development"
