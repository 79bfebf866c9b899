/** A process and the tunnels it runs, as a value: the one input of the composition root. */
import type { ClientConfig, processFields, ServerConfig, TunnelConfig } from "./TunnelConfig.ts"

type ProcessKey = keyof typeof processFields

/** What a process has once, however many tunnels it runs. */
export type ProcessSettings = Pick<ServerConfig, ProcessKey>

/** One tunnel without the settings of its process. */
export type TunnelSettings = Omit<ServerConfig, ProcessKey> | Omit<ClientConfig, ProcessKey>

/** A tunnel and the name by which its process knows it. */
export interface NamedTunnel {
  readonly name: string
  readonly settings: TunnelSettings
}

/** Tunnels in the order in which they were described; names are unique. */
export interface ProcessConfig {
  readonly process: ProcessSettings
  readonly tunnels: readonly [NamedTunnel, ...ReadonlyArray<NamedTunnel>]
}

/** The name of the only tunnel of a process. */
export const onlyTunnel = "tunnel"

/** The process that runs one tunnel. */
export const processOf = (config: TunnelConfig): ProcessConfig => ({
  process: config,
  tunnels: [{ name: onlyTunnel, settings: config }]
})
