/** Requests over message ports: each opens a channel of its own for the reply, so no request needs a number. */
import { MessageChannel, type MessagePort, type Transferable } from "node:worker_threads"
import { Data, Effect, Schema, type Scope } from "effect"

/** The thread ended before it answered. */
export class ThreadEnded extends Data.TaggedError("ThreadEnded")<{ readonly why: string }> {}

/** What requests are posted to. */
export interface Peer {
  readonly post: (message: unknown, transfer: ReadonlyArray<Transferable>) => void
  /** Calls back when the thread ends, at once if it has; the returned function cancels that. */
  readonly onEnd: (ended: (why: string) => void) => () => void
  /** Reads what the thread has posted elsewhere before its reply. */
  readonly catchUp: () => void
}

/** A channel whose other end goes with a request; closed with the scope, which the thread sees. */
export interface Conversation {
  /** The next message from the thread. */
  readonly next: <A>(schema: Schema.Codec<A, unknown>) => Effect.Effect<A, ThreadEnded>
  readonly say: (message: unknown) => Effect.Effect<void>
}

/** Posts a request and waits for nothing yet. */
export const converse = (
  peer: Peer,
  message: (reply: MessagePort) => unknown,
  transfer: ReadonlyArray<Transferable> = []
): Effect.Effect<Conversation, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => {
        const { port1, port2 } = new MessageChannel()
        peer.post(message(port2), [port2, ...transfer])
        return port1
      }),
      (port) => Effect.sync(() => port.close())
    ),
    (port) => ({
      next: (schema) => {
        const decode = Schema.decodeUnknownEffect(schema)
        return Effect.callback<unknown, ThreadEnded>((resume) => {
          const taken = (value: unknown) => {
            leave()
            peer.catchUp()
            resume(Effect.succeed(value))
          }
          const leave = () => {
            port.off("message", taken)
            stopWatching()
          }
          port.on("message", taken)
          const stopWatching = peer.onEnd((why) => {
            leave()
            resume(Effect.fail(new ThreadEnded({ why })))
          })
          return Effect.sync(leave)
        }).pipe(Effect.flatMap((value) => Effect.orDie(decode(value))))
      },
      say: (message) => Effect.sync(() => port.postMessage(message))
    })
  )

/** One request and its reply. */
export const ask = <A>(
  peer: Peer,
  message: (reply: MessagePort) => unknown,
  schema: Schema.Codec<A, unknown>,
  transfer: ReadonlyArray<Transferable> = []
): Effect.Effect<A, ThreadEnded> =>
  Effect.scoped(Effect.flatMap(converse(peer, message, transfer), ({ next }) => next(schema)))
