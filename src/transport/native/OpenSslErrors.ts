/** OpenSSL's error queue as errors of the shape Node gives its own: the same words then apply (`TlsErrors`). */
import type { NativeThread } from "./NativeThread.ts"

/** One entry of the queue. */
export interface OpenSslError {
  /** `ERR_SSL_WRONG_VERSION_NUMBER`, .. */
  readonly code: string
  /** OpenSSL's own words for the reason. */
  readonly reason: string
  readonly message: string
}

const SSL_LIBRARY = 20
const systemFlag = 0x8000_0000

/** An entry by its number and OpenSSL's words for it. Pure. */
export const openSslError = (packed: number, reason: string): OpenSslError => {
  const library = (packed >>> 23) & 0xff
  const prefix = library === SSL_LIBRARY ? "ERR_SSL_" : "ERR_OSSL_"
  const name = reason.toUpperCase().replace(/[^A-Z0-9]+/g, "_")
  const number = packed.toString(16).toUpperCase().padStart(8, "0")
  return { code: prefix + name, reason, message: `error:${number}:${reason}` }
}

/** Takes the oldest error and forgets the others; undefined when there is none or it is the operating system's. */
export const takeError = (thread: NativeThread): OpenSslError | undefined => {
  const { f } = thread
  const packed = f.ERR_get_error()
  if (packed === 0n) return undefined
  const reason = thread.text(f.ERR_reason_error_string(packed))
  f.ERR_clear_error()
  const number = Number(packed & 0xffff_ffffn)
  return number >= systemFlag ? undefined : openSslError(number, reason === "" ? "unknown error" : reason)
}
