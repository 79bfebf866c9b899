/**
 * Holds back the end of connections that were refused for an expensive chain. A peer that presents such chains in a loop waits
 * for each refusal, so that it takes little of the thread from honest clients; a held connection costs a descriptor and no
 * work. The socket is corked and its descriptor duplicated: alert and FIN leave when the duplicate closes. One per thread.
 */
import * as Timer from "../Timer.ts"
import type { OpenSsl } from "./OpenSsl.ts"

/** How long a refusal is held back, in milliseconds; the kernel sends what is corked after 200 of them by itself. */
export const holdMillis = 100

/** Descriptors that one thread holds at a time. Further refusals leave at once. */
const mostHeld = 16

/** Chains of so many certificates are expensive even within the limits. */
export const longChain = 8

const F_DUPFD_CLOEXEC = 1030
const IPPROTO_TCP = 6
const TCP_CORK = 3

const bind = ({ library }: OpenSsl) =>
  library.getFunctions({
    fcntl: { arguments: ["i32", "i32", "u64"], return: "i32" },
    setsockopt: { arguments: ["i32", "i32", "i32", "buffer", "u32"], return: "i32" },
    close: { arguments: ["i32"], return: "i32" }
  } as const)

export class RefusalHold {
  readonly #c: ReturnType<typeof bind>
  readonly #on = Buffer.from(new ArrayBuffer(4))
  readonly #held = new Map<number, () => void>()

  constructor(openSsl: OpenSsl) {
    this.#c = bind(openSsl)
    this.#on.writeInt32LE(1)
    // A thread that ends closes none of its descriptors by itself.
    process.on("exit", () => this.releaseAll())
  }

  /**
   * Holds a TCP connection whose refusal has not been sent yet. UNIX sockets cannot be corked and are left alone. The caller
   * closes its own descriptor as usual. Never throws.
   */
  hold(fd: number): void {
    if (fd < 0 || this.#held.size >= mostHeld) return
    if (this.#c.setsockopt(fd, IPPROTO_TCP, TCP_CORK, this.#on, 4) !== 0) return
    const duplicate = this.#c.fcntl(fd, F_DUPFD_CLOEXEC, 3n)
    if (duplicate < 0) return
    this.#held.set(
      duplicate,
      Timer.after(holdMillis, () => this.#release(duplicate))
    )
  }

  /** Connections held now. */
  get held(): number {
    return this.#held.size
  }

  /** Lets go of everything at once. */
  releaseAll(): void {
    for (const [fd, cancel] of this.#held) {
      cancel()
      this.#release(fd)
    }
  }

  #release(fd: number): void {
    if (this.#held.delete(fd)) this.#c.close(fd)
  }
}

const holds = new WeakMap<OpenSsl, RefusalHold>()

/** The hold of the thread that this OpenSSL belongs to. */
export const refusalHold = (openSsl: OpenSsl): RefusalHold => {
  const known = holds.get(openSsl)
  if (known !== undefined) return known
  const made = new RefusalHold(openSsl)
  holds.set(openSsl, made)
  return made
}
