/** To a target by way of an upstream proxy: connect to the proxy, negotiate, hand the socket over as if it were direct. */
import { Result } from "effect"
import type { TcpAddress } from "../../config/Address.ts"
import type { Resolver } from "../../runtime/NameLookup.ts"
import type { Connected } from "../HappyEyeballs.ts"
import { negotiationWith } from "../Negotiation.ts"
import { cause } from "../SystemErrors.ts"
import * as Timer from "../Timer.ts"
import type { UpstreamProxy } from "../UpstreamProxy.ts"
import { connect } from "./Connect.ts"
import type { Descriptor } from "./Descriptor.ts"
import { Epoll, Errno } from "./Layout.ts"
import type { Native } from "./Native.ts"
import { Memory } from "./NativeThread.ts"
import { systemError } from "./SocketCalls.ts"

const noop = () => {}

/** Looked at in one go. */
const chunk = 4096

/**
 * Connects to the proxy and asks it for the target, all before `deadline` (`performance.now()` milliseconds). `done` gets the
 * proxy's socket; what belongs to the target is still unread. The given-back function cancels.
 */
export const connectThrough = (
  native: Native,
  find: Resolver,
  proxy: UpstreamProxy,
  target: TcpAddress,
  deadline: number,
  outcome: Connected<Descriptor>
): (() => void) => {
  const made = negotiationWith(proxy, target)
  if (Result.isFailure(made)) {
    outcome.failed({ reason: "upstream_proxy", message: made.failure })
    return noop
  }
  const negotiation = made.success
  const { sockets, thread } = native
  let cancel = connect(native, find, proxy.address, deadline, {
    failed: (why) => outcome.failed({ reason: why.reason, message: negotiation.undialled(why.message) }),
    done: (descriptor) => {
      let unsent = Buffer.alloc(0)
      const release = () => {
        cancelTimer()
        descriptor.wait(0)
        descriptor.onReady = noop
      }
      const fail = (message: string, reason: "upstream_proxy" | "timeout" = "upstream_proxy") => {
        release()
        descriptor.close()
        outcome.failed({ reason, message })
      }
      const broken = (errno: number) => fail(negotiation.interrupted(cause(systemError("read", errno))))

      /** Whether all of it is sent. */
      const send = (bytes: Uint8Array): boolean => {
        unsent = Buffer.concat([unsent, bytes])
        if (unsent.length === 0) return true
        const memory = new Memory(thread.bound, unsent.length)
        memory.bytes.set(unsent)
        const count = thread.f.write(descriptor.fd, memory.at, unsent.length)
        if (count < 0 && !thread.mustWait()) {
          broken(thread.errno())
          return false
        }
        unsent = unsent.subarray(Math.max(0, count))
        return unsent.length === 0
      }
      /** Takes what is there, but nothing of what belongs to the target: looks first, then takes as much as was meant. */
      const receive = (): boolean => {
        const count = sockets.peek(descriptor.fd, chunk)
        if (count === -Errno.EAGAIN || count === -Errno.EINTR) return false
        if (count < 0) broken(-count)
        else if (count === 0) fail(negotiation.interrupted(proxy.scheme === "http" ? "unexpected EOF" : "EOF"))
        if (count <= 0) return false
        const step = negotiation.receive(Buffer.from(thread.scratch.bytes.subarray(0, count)))
        if (step._tag === "Failed") {
          fail(step.message)
          return false
        }
        const meant = step._tag === "Done" ? count - step.surplus.length : count
        if (meant > 0) thread.f.read(descriptor.fd, thread.scratch.at, meant)
        if (!send(step.send) && !descriptor.open) return false
        if (step._tag === "NeedMore") return true
        release()
        outcome.done(descriptor)
        return false
      }
      const turn = () => {
        if (unsent.length > 0) send(nothing)
        while (descriptor.open && unsent.length === 0 && receive());
        if (descriptor.open && descriptor.onReady === turn) descriptor.wait(unsent.length > 0 ? Epoll.OUT : Epoll.IN)
      }
      const cancelTimer = Timer.at(deadline, () => fail(negotiation.interrupted("i/o timeout"), "timeout"))
      cancel = () => {
        release()
        descriptor.close()
      }
      descriptor.onReady = turn
      if (send(negotiation.start()) || descriptor.open) turn()
    }
  })
  return () => cancel()
}

const nothing = new Uint8Array()
