/** How a tunnel stands with its certificates: until when they are valid, and what the last reload failed by. */
import {
  type CertificateExpiry,
  certificateExpiries,
  earliest,
  expiredAuthorities,
  shownExpiries
} from "../credentials/CertificateExpiry.ts"
import type { Credentials } from "../credentials/Credentials.ts"
import type { TlsMaterial } from "../credentials/TlsMaterial.ts"
import type { Json } from "../status/StatusFacts.ts"
import type { Telemetry } from "../telemetry/Telemetry.ts"
import { fetchSeries, listSeries, revocationFacts } from "./RevocationState.ts"

type Told = Pick<Telemetry["Service"], "certificates" | "reloaded" | "revocation">
type ListState = Pick<Credentials["Service"], "fetched" | "lists">

const rfc3339 = (millis: number | undefined): string | undefined =>
  millis === undefined ? undefined : new Date(millis).toISOString().replace(/\.000Z$/, "Z")

export class CertificateStatus {
  #certificates: ReadonlyArray<CertificateExpiry> = []
  #expired = 0
  #all: ReadonlyArray<CertificateExpiry> = []
  #lastError: string | undefined
  readonly #telemetry: Told
  readonly #now: () => number
  readonly #lists: ListState | undefined

  /** `now` gives Unix milliseconds. */
  constructor(material: TlsMaterial, telemetry: Told, now: () => number = Date.now, lists?: ListState) {
    this.#telemetry = telemetry
    this.#now = now
    this.#lists = lists
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
      revocation: this.#lists && revocationFacts(this.#lists.lists(), this.#lists.fetched, this.#now()),
      last_reload_error: this.#lastError
    }
  }

  /** This material has become current without a reload: fetched revocation lists are in use. */
  updated(material: TlsMaterial): void {
    this.#take(material)
  }

  /** Leaves out the authorities that have expired meanwhile. */
  refresh(): void {
    const expired = expiredAuthorities(this.#all, this.#now())
    if (expired !== this.#expired) this.#show()
  }

  #take(material: TlsMaterial): void {
    this.#all = certificateExpiries(material)
    if (this.#lists !== undefined) {
      this.#telemetry.revocation(listSeries(this.#lists.lists()), fetchSeries(this.#lists.fetched))
    }
    this.#show()
  }

  #show(): void {
    const now = this.#now()
    this.#certificates = shownExpiries(this.#all, now)
    this.#expired = expiredAuthorities(this.#all, now)
    this.#telemetry.certificates(this.#certificates, this.#expired)
  }
}
