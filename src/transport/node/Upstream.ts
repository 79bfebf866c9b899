/** To a target by way of an upstream proxy: connect to the proxy, negotiate, hand the socket over as if it were direct. */
import { Result } from "effect"
import type { TcpAddress } from "../../config/Address.ts"
import type { Resolver } from "../../runtime/NameLookup.ts"
import type { Connected } from "../HappyEyeballs.ts"
import { negotiationWith } from "../Negotiation.ts"
import { cause } from "../SystemErrors.ts"
import * as Timer from "../Timer.ts"
import type { UpstreamProxy } from "../UpstreamProxy.ts"
import { type Connection, connect } from "./Connect.ts"

const noop = () => {}

/**
 * Connects to the proxy and asks it for the target, all before `deadline` (`performance.now()` milliseconds). `done` gets the
 * proxy's socket, unread but for what belongs to the target. The given-back function cancels.
 */
export const connectThrough = (
  find: Resolver,
  proxy: UpstreamProxy,
  target: TcpAddress,
  deadline: number,
  outcome: Connected<Connection>
): (() => void) => {
  const made = negotiationWith(proxy, target)
  if (Result.isFailure(made)) {
    outcome.failed({ reason: "upstream_proxy", message: made.failure })
    return noop
  }
  const negotiation = made.success
  let cancel = connect(find, proxy.address, deadline, {
    failed: (why) => outcome.failed({ reason: why.reason, message: negotiation.undialled(why.message) }),
    done: ({ socket }) => {
      const release = () => {
        cancelTimer()
        socket.off("data", onData).off("end", onEnd).off("close", onEnd).off("error", onError)
        socket.pause()
      }
      const fail = (message: string, reason: "upstream_proxy" | "timeout" = "upstream_proxy") => {
        release()
        socket.destroy()
        outcome.failed({ reason, message })
      }
      const onData = (chunk: Buffer) => {
        const step = negotiation.receive(chunk)
        if (step._tag === "Failed") return fail(step.message)
        if (step.send.length > 0) socket.write(step.send)
        if (step._tag === "NeedMore") return
        release()
        if (step.surplus.length > 0) socket.unshift(step.surplus)
        outcome.done({ socket, reader: undefined })
      }
      const onEnd = () => fail(negotiation.interrupted(proxy.scheme === "http" ? "unexpected EOF" : "EOF"))
      const onError = (error: Error) => fail(negotiation.interrupted(cause(error)))
      const cancelTimer = Timer.at(deadline, () => fail(negotiation.interrupted("i/o timeout"), "timeout"))
      cancel = () => {
        release()
        socket.destroy()
      }
      socket.on("data", onData).on("end", onEnd).on("close", onEnd).on("error", onError)
      socket.write(negotiation.start())
      socket.resume()
    }
  })
  return () => cancel()
}
