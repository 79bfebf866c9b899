/** Requests to stop and to reload, whoever makes them: signals, the reload timer, `POST /_shutdown`, an embedder. */
import { Context, type Deferred, type Queue } from "effect"

/** Who asked for the shutdown, as the log says it. */
export type ShutdownRequest =
  | { readonly _tag: "Signal"; readonly name: "terminated" | "interrupt" }
  | { readonly _tag: "Request" }

/** Who asked for the reload; the timer asks silently. */
export type ReloadRequest =
  | { readonly _tag: "Signal"; readonly name: "hangup" | "user defined signal 1" }
  | { readonly _tag: "Timer" }

export class Lifecycle extends Context.Service<
  Lifecycle,
  {
    /** Completes with the first shutdown request; later ones have no effect. */
    readonly shutdown: Deferred.Deferred<ShutdownRequest>
    /** Reloads to do; bursts collapse into one. */
    readonly reloads: Queue.Queue<ReloadRequest>
  }
>()("ghostunnel/Lifecycle") {}
