/** Versions of the program. */
declare const __GHOSTUNNEL_VERSION__: string | undefined

/** Our own version, inserted by the build; `development` when the sources run unbundled. */
export const version: string = typeof __GHOSTUNNEL_VERSION__ === "string" ? __GHOSTUNNEL_VERSION__ : "development"

/** The release of Ghostunnel (Go) whose behaviour this program keeps. */
const compatible = "1.11.3"

/** What operators see where the Go program shows its version: the release it stands for, then our own version. */
export const revision = `${compatible} (effect ${version})`
