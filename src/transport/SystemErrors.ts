/** Errors of the operating system and of name resolution, in the Go program's words. Pure. */
import type { FailureReason } from "./ConnectionFailure.ts"

const words: ReadonlyMap<string, string> = new Map([
  ["EACCES", "permission denied"],
  ["EADDRINUSE", "address already in use"],
  ["EADDRNOTAVAIL", "cannot assign requested address"],
  ["EAFNOSUPPORT", "address family not supported by protocol"],
  ["EAGAIN", "resource temporarily unavailable"],
  ["EBADF", "bad file descriptor"],
  ["ECONNABORTED", "software caused connection abort"],
  ["ECONNREFUSED", "connection refused"],
  ["ECONNRESET", "connection reset by peer"],
  ["EHOSTUNREACH", "no route to host"],
  ["EINVAL", "invalid argument"],
  ["ELOOP", "too many levels of symbolic links"],
  ["EMFILE", "too many open files"],
  ["ENAMETOOLONG", "invalid argument"],
  ["ENETDOWN", "network is down"],
  ["ENETUNREACH", "network is unreachable"],
  ["ENFILE", "too many open files in system"],
  ["ENOBUFS", "no buffer space available"],
  ["ENOENT", "no such file or directory"],
  ["ENOMEM", "cannot allocate memory"],
  ["ENOTCONN", "transport endpoint is not connected"],
  ["ENOTDIR", "not a directory"],
  ["ENOTSOCK", "socket operation on non-socket"],
  ["EPERM", "operation not permitted"],
  ["EPIPE", "broken pipe"],
  ["EPROTOTYPE", "protocol wrong type for socket"],
  ["EROFS", "read-only file system"],
  ["ETIMEDOUT", "connection timed out"]
])

/** The text property of this name, if the value is an object that has one. */
export const textProperty = (value: unknown, name: "code" | "syscall" | "reason" | "message"): string | undefined => {
  if (typeof value !== "object" || value === null || !(name in value)) return undefined
  const found: unknown = Reflect.get(value, name)
  return typeof found === "string" ? found : undefined
}

/** Node's code of an error, such as `ECONNRESET`; empty when it has none. */
export const codeOf = (error: unknown): string => textProperty(error, "code") ?? ""

/** What the operating system's error means, without the call it came from. */
export const cause = (error: unknown): string =>
  words.get(codeOf(error)) ?? textProperty(error, "message") ?? (codeOf(error) || String(error))

/** Whether a call failed for want of descriptors, in this process or on the system. */
export const isDescriptorShortage = (error: unknown): boolean => ["EMFILE", "ENFILE"].includes(codeOf(error))

/** Why a UNIX socket's path cannot be listened on; names the file that is in the way where it is not the socket's own. */
export const pathCause = ({ at, code }: { readonly code: string; readonly at: string | undefined }): string =>
  at === undefined ? cause({ code }) : `${cause({ code })} (${at})`

/** Whether this is an errno of the operating system. */
export const isSystemError = (error: unknown): boolean => words.has(codeOf(error))

/** `lookup nosuch: no such host`. */
export const lookupCause = (host: string, error: unknown): string => {
  const code = codeOf(error)
  if (code === "ENOTFOUND" || code === "ENODATA" || code === "EAI_NODATA") return `lookup ${host}: no such host`
  if (code === "EAI_AGAIN") return `lookup ${host}: temporary failure in name resolution`
  return `lookup ${host}: ${cause(error)}`
}

/** The stable name for a failure of the operating system. */
export const reasonOf = (error: unknown): FailureReason => {
  switch (codeOf(error)) {
    case "ECONNRESET":
    case "EPIPE":
    case "ECONNABORTED":
      return "reset"
    case "ECONNREFUSED":
      return "connect_refused"
    case "ETIMEDOUT":
      return "timeout"
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "ENETDOWN":
    case "EADDRNOTAVAIL":
    case "ENOENT":
      return "unreachable"
    default:
      return "other"
  }
}

/** Whether a copy that meets this error has simply ended: the peer is gone, or we closed the connection ourselves. */
export const isNormalEnd = (error: unknown): boolean => {
  switch (codeOf(error)) {
    case "ECONNRESET":
    case "EPIPE":
    case "ECONNABORTED":
    case "ENOTCONN":
    case "ECANCELED":
    case "ERR_STREAM_DESTROYED":
    case "ERR_STREAM_WRITE_AFTER_END":
    case "ERR_STREAM_PREMATURE_CLOSE":
    case "ERR_SOCKET_CLOSED":
    case "ERR_SOCKET_CLOSED_BEFORE_CONNECTION":
      return true
    default:
      return false
  }
}
