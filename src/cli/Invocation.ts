/** A command line that parsed: what is to be run, not yet checked against the rules of its mode. */
import { Context, type Effect } from "effect"
import type { ClientFlags } from "./ClientFlags.ts"
import type { ServerFlags } from "./ServerFlags.ts"
import type { SharedFlags } from "./SharedFlags.ts"

/** What `server` was started with. */
export interface ServerInvocation {
  readonly mode: "server"
  readonly flags: SharedFlags & ServerFlags
}

/** What `client` was started with. */
export interface ClientInvocation {
  readonly mode: "client"
  readonly flags: SharedFlags & ClientFlags
}

export type Invocation = ServerInvocation | ClientInvocation

/** Takes the invocation that the selected command made, or the exit code of one that has run already. */
export class Selection extends Context.Service<
  Selection,
  {
    readonly choose: (invocation: Invocation) => Effect.Effect<void>
    readonly exit: (code: number) => Effect.Effect<void>
  }
>()("ghostunnel/cli/Selection") {}
