/** Plain connections on the kernel's sockets. */
import { Buffer } from "node:buffer"
import type { TcpAddress, UnixAddress } from "../../config/Address.ts"
import type { Resolver } from "../../runtime/NameLookup.ts"
import { type Attempt, type Connected, connectBy, connectedToItself } from "../HappyEyeballs.ts"
import { Descriptor } from "./Descriptor.ts"
import { Epoll, Errno, Sock } from "./Layout.ts"
import type { Native } from "./Native.ts"
import { ipAddress, unixAddress } from "./SockAddr.ts"
import { systemError } from "./SocketCalls.ts"

const noop = () => {}

/** Addresses that were encoded lately: the connections of a tunnel go to one target. */
const addresses = new Map<string, Buffer>()
const mostAddresses = 64

const encoded = (host: string, port: number): Buffer | undefined => {
  const key = `${host} ${port}`
  const known = addresses.get(key)
  if (known !== undefined) return known
  const made = ipAddress(host, port)
  // The number of a zone's interface may change.
  if (made === undefined || host.includes("%")) return made
  if (addresses.size >= mostAddresses) addresses.clear()
  addresses.set(key, made)
  return made
}

const loopback6 = Buffer.from("00000000000000000000000000000001", "hex")

/** Whether a `sockaddr` of IPv4 or IPv6 is an address of the loopback device. */
const isLoopback = (address: Buffer): boolean =>
  address.readUInt16LE(0) === Sock.AF_INET ? address[4] === 127 : address.subarray(8, 24).equals(loopback6)

const attemptOn =
  (native: Native): Attempt<Descriptor> =>
  (target, outcome) => {
    const { sockets } = native
    const isUnix = "path" in target
    const address = isUnix ? unixAddress(target.path) : encoded(target.host, target.port)
    // Report an immediate result in the next turn: the caller does not hold the cancel function yet.
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
    let result = sockets.connect(fd, address)
    // On the loopback device the kernel completes the connection before the call returns, but reports it only when asked again.
    if (result === Errno.EINPROGRESS && !isUnix && isLoopback(address)) result = sockets.connect(fd, address)
    if (result === Errno.EALREADY) result = Errno.EINPROGRESS
    const connected = () => {
      if (isUnix || !sockets.isConnectedToItself(fd, target.port)) return outcome.done(descriptor)
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
  find: Resolver,
  target: TcpAddress | UnixAddress,
  deadline: number,
  outcome: Connected<Descriptor>
): (() => void) => connectBy(find, attemptOn(native), target, deadline, outcome)
