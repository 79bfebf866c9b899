/** The program's version, inserted by the build; `development` when the sources run unbundled. */
declare const __GHOSTUNNEL_VERSION__: string | undefined

export const version: string = typeof __GHOSTUNNEL_VERSION__ === "string" ? __GHOSTUNNEL_VERSION__ : "development"
