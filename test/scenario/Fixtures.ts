/** Authorities, identities, and tunnels that already have theirs, for scenarios. */
import type { Stage } from "../support/Stage.ts"
import { type IdentitySpec, makeCa, type TestCa, type TestIdentity } from "../support/TestCa.ts"
import { connectTls, type TlsClientOptions, type TlsPeer } from "../support/TlsClient.ts"
import { client, server, type Tunnel, type TunnelBuilder } from "../support/Tunnel.ts"

/** The authority both sides trust. */
export const ca = (): Promise<TestCa> => makeCa("Scenario Root")

/** An authority nobody trusts unless a scenario says so. */
export const foreignCa = (): Promise<TestCa> => makeCa("Foreign Root")

const serverSpec: IdentitySpec = { cn: "server", dns: ["localhost"], ip: ["127.0.0.1"], eku: "server" }
const clientSpec: IdentitySpec = { cn: "client", ou: ["ops", "night"], o: "Scenario", eku: "client" }

/** A server that is `localhost`, changed as told. */
export const serverIdentity = async (change: IdentitySpec = {}): Promise<TestIdentity> =>
  (await ca()).issue({ ...serverSpec, ...change })

/** A client named `client`, changed as told. */
export const clientIdentity = async (change: IdentitySpec = {}): Promise<TestIdentity> =>
  (await ca()).issue({ ...clientSpec, ...change, dns: ["client.test", ...(change.dns ?? [])] })

/** The same names, signed by the authority nobody trusts. */
export const foreignIdentity = async (of: "server" | "client"): Promise<TestIdentity> =>
  (await foreignCa()).issue(of === "server" ? serverSpec : clientSpec)

/** A server tunnel with identity and trust; needs a target and an access rule. */
export const serverTunnel = async (stage: Stage): Promise<TunnelBuilder> =>
  server(stage)
    .identity(await serverIdentity())
    .ca(await ca())

/** A client tunnel with identity and trust; needs a target. */
export const clientTunnel = async (stage: Stage): Promise<TunnelBuilder> =>
  client(stage)
    .identity(await clientIdentity())
    .ca(await ca())

/** Connects to a server tunnel as `client`, unless told otherwise. */
export const join = async (
  stage: Stage,
  tunnel: Pick<Tunnel, "listen">,
  options: Partial<TlsClientOptions> = {}
): Promise<TlsPeer> =>
  connectTls(stage, { to: tunnel.listen, ca: await ca(), identity: await clientIdentity(), ...options })
