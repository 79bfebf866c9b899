/** The program's version: the bundle has it built in, the sources read it from nowhere. */
declare const __GHOSTUNNEL_VERSION__: string | undefined

export const version: string = typeof __GHOSTUNNEL_VERSION__ === "string" ? __GHOSTUNNEL_VERSION__ : "development"
