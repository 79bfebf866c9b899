/** Plain connections on the kernel's sockets. */
import type { TcpAddress, UnixAddress } from "../../config/Address.ts"
import { type Attempt, type Connected, connectBy, connectedToItself } from "../HappyEyeballs.ts"
import { Descriptor } from "./Descriptor.ts"
import { Epoll, Errno } from "./Layout.ts"
import type { Native } from "./Native.ts"
import { ipAddress, unixAddress } from "./SockAddr.ts"
import { systemError } from "./SocketCalls.ts"

const noop = () => {}

const attemptOn =
  (native: Native): Attempt<Descriptor> =>
  (target, outcome) => {
    const { sockets } = native
    const isUnix = "path" in target
    const address = isUnix ? unixAddress(target.path) : ipAddress(target.host, target.port)
    // What is known at once is told a moment later: the caller does not have what gives the attempt up yet.
    let open = true
    const failed = (errno: number) => {
      queueMicrotask(() => open && outcome.failed(systemError("connect", errno)))
      return () => {
        open = false
      }
    }
    if (address === undefined) return failed(isUnix ? Errno.ENAMETOOLONG : Errno.EINVAL)
    const fd = sockets.open(address.readUInt16LE(0))
    if (fd < 0) return failed(-fd)
    const descriptor = new Descriptor(native, fd)
    if (!isUnix) sockets.tune(fd)
    const result = sockets.connect(fd, address)
    const connected = () => {
      if (isUnix || !sockets.isConnectedToItself(fd)) return outcome.done(descriptor)
      descriptor.close()
      outcome.failed(connectedToItself)
    }
    if (result === 0) {
      queueMicrotask(() => descriptor.open && connected())
      return () => descriptor.close()
    }
    // When it is not clear what happened, the socket itself will tell.
    if (result !== Errno.EINPROGRESS && result !== Errno.EAGAIN) {
      descriptor.close()
      return failed(result)
    }
    descriptor.onReady = () => {
      descriptor.wait(0)
      descriptor.onReady = noop
      const errno = sockets.pendingError(fd)
      // A UNIX socket whose queue is full is not connected, and neither is that an error of the socket.
      if (errno === 0 && (result === Errno.EINPROGRESS || sockets.remoteName(fd) !== undefined)) return connected()
      descriptor.close()
      outcome.failed(systemError("connect", errno === 0 ? result : errno))
    }
    descriptor.wait(Epoll.OUT)
    return () => descriptor.close()
  }

/** Connects; the descriptor is the caller's from then on. Gives back what gives it up. */
export const connect = (
  native: Native,
  target: TcpAddress | UnixAddress,
  deadline: number,
  outcome: Connected<Descriptor>
): (() => void) => connectBy(attemptOn(native), target, deadline, outcome)
