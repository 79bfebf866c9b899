/** How a tunnel stands with its certificates: until when they are valid, and what the last reload failed by. */
import {
  type CertificateExpiry,
  certificateExpiries,
  earliest,
  expiredAuthorities,
  shownExpiries
} from "../credentials/CertificateExpiry.ts"
import type { TlsMaterial } from "../credentials/TlsMaterial.ts"
import type { Json } from "../status/StatusFacts.ts"
import type { Telemetry } from "../telemetry/Telemetry.ts"

const rfc3339 = (millis: number | undefined): string | undefined =>
  millis === undefined ? undefined : new Date(millis).toISOString().replace(/\.000Z$/, "Z")

export class Standing {
  #certificates: ReadonlyArray<CertificateExpiry> = []
  #expired = 0
  #all: ReadonlyArray<CertificateExpiry> = []
  #lastError: string | undefined
  readonly #telemetry: Pick<Telemetry["Service"], "certificates" | "reloaded">
  readonly #now: () => number

  /** `now` gives Unix milliseconds. */
  constructor(
    material: TlsMaterial,
    telemetry: Pick<Telemetry["Service"], "certificates" | "reloaded">,
    now: () => number = Date.now
  ) {
    this.#telemetry = telemetry
    this.#now = now
    this.#take(material)
  }

  /** Every certificate in play, the leaf first; authorities that have expired are left out. */
  get certificates(): ReadonlyArray<CertificateExpiry> {
    return this.#certificates
  }

  /** Why the last reload failed; undefined when it did not. */
  get lastError(): string | undefined {
    return this.#lastError
  }

  /** A reload has made this material current. */
  reloaded(material: TlsMaterial): void {
    this.#take(material)
    this.#lastError = undefined
    this.#telemetry.reloaded(true)
  }

  /** A reload has left everything as it was. */
  failed(message: string): void {
    this.#lastError = message
    this.#telemetry.reloaded(false)
  }

  /** The keys of `/_status`. */
  facts(): Readonly<Record<string, Json>> {
    this.refresh()
    const until = (role: CertificateExpiry["role"]) => rfc3339(earliest(this.#certificates, role))
    return {
      certificates: {
        leaf_not_after: until("leaf"),
        chain_not_after: until("chain"),
        ca_not_after: until("authority"),
        ca_expired: this.#expired === 0 ? undefined : this.#expired
      },
      last_reload_error: this.#lastError
    }
  }

  /** Leaves out the authorities that have expired meanwhile. */
  refresh(): void {
    const expired = expiredAuthorities(this.#all, this.#now())
    if (expired !== this.#expired) this.#show()
  }

  #take(material: TlsMaterial): void {
    this.#all = certificateExpiries(material)
    this.#show()
  }

  #show(): void {
    const now = this.#now()
    this.#certificates = shownExpiries(this.#all, now)
    this.#expired = expiredAuthorities(this.#all, now)
    this.#telemetry.certificates(this.#certificates, this.#expired)
  }
}
