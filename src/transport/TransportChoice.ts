/** Which transport a tunnel gets. Neither's code is loaded before it is chosen. */
import type { Layer } from "effect"
import type { TransportChoice } from "../config/TunnelConfig.ts"
import type { Transport } from "./Transport.ts"

export type TransportName = Transport["Service"]["name"]

/** What `auto` means: the native transport where it has been run, elsewhere it is only known to compile. */
const automatic: TransportName = process.platform === "linux" && process.arch === "x64" ? "native" : "node"

/** The choice, and why it is not the one that was wished for. */
export interface Chosen {
  readonly name: TransportName
  readonly instead: string | undefined
}

/** Decides. The native transport has to pass its self-test first. */
export const chooseTransport = async (wish: TransportChoice): Promise<Chosen> => {
  const name = wish === "auto" ? automatic : wish
  if (name === "node") return { name, instead: undefined }
  const { selfTest } = await import("./native/SelfTest.ts")
  const problem = selfTest()
  return problem === undefined ? { name, instead: undefined } : { name: "node", instead: problem }
}

/** The layer of that name. */
export const loadTransport = async (name: TransportName): Promise<Layer.Layer<Transport>> =>
  name === "native"
    ? (await import("./native/NativeTransport.ts")).layer
    : (await import("./node/NodeTransport.ts")).layer
