/** The state of a tunnel's certificates: their expiry times, and the error of the last reload. */
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

  /** Every certificate in use, the leaf first, without expired authorities. */
  get certificates(): ReadonlyArray<CertificateExpiry> {
    return this.#certificates
  }

  /** Why the last reload failed; undefined if it succeeded. */
  get lastError(): string | undefined {
    return this.#lastError
  }

  /** Call after a reload that put this material into use. */
  reloaded(material: TlsMaterial): void {
    this.#take(material)
    this.#lastError = undefined
    this.#telemetry.reloaded(true)
  }

  /** Call after a reload that failed and changed nothing. */
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

  /** Call after fetched revocation lists have put this material into use, without a reload. */
  updated(material: TlsMaterial): void {
    this.#take(material)
  }

  /** Moves authorities that have expired since from the shown certificates to the expired count. */
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
