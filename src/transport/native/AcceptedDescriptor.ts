/** An accepted connection that is unread and not yet owned by a stage. */
import type { EndpointName, RawConnection } from "../Transport.ts"
import type { Descriptor } from "./Descriptor.ts"
import type { Ends } from "./NativeStream.ts"

/** The raw connection that the native listener hands out and `accept` takes. */
export class AcceptedDescriptor implements RawConnection {
  readonly ends: Ends
  readonly #descriptor: Descriptor
  #taken = false

  constructor(descriptor: Descriptor, ends: Ends) {
    this.#descriptor = descriptor
    this.ends = ends
  }

  get remote(): EndpointName {
    return this.ends.remote
  }

  /** Hands the socket over, once. From then on `reset` does nothing. */
  take(): Descriptor | undefined {
    if (this.#taken) return undefined
    this.#taken = true
    return this.#descriptor
  }

  readonly reset = (): void => this.take()?.reset()
}
