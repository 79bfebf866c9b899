/** The state of a tunnel's certificates: their expiry times, and the error of the last reload. */
import {
  type CertificateExpiry,
  certificateExpiries,
  earliest,
  expiredAuthorities,
  shownExpiries
} from "../credentials/CertificateExpiry.ts"
import type { FetchedLists } from "../credentials/FetchedLists.ts"
import type { Json } from "../status/StatusFacts.ts"
import type { TunnelTelemetry } from "../telemetry/Telemetry.ts"
import type { Generation } from "./Generation.ts"
import { fetchSeries, listSeries, revocationFacts } from "./RevocationState.ts"

type Observer = Pick<TunnelTelemetry, "certificates" | "reloaded" | "revocation">

const rfc3339 = (millis: number | undefined): string | undefined =>
  millis === undefined ? undefined : new Date(millis).toISOString().replace(/\.000Z$/, "Z")

export class CertificateStatus {
  #certificates: ReadonlyArray<CertificateExpiry> = []
  #expired = 0
  #all: ReadonlyArray<CertificateExpiry> = []
  #lastError: string | undefined
  #lists: Generation["lists"] = []
  readonly #fetched: FetchedLists
  readonly #telemetry: Observer
  readonly #now: () => number

  /** `now` gives Unix milliseconds. */
  constructor(first: Generation, fetched: FetchedLists, telemetry: Observer, now: () => number = Date.now) {
    this.#fetched = fetched
    this.#telemetry = telemetry
    this.#now = now
    this.committed(first)
  }

  /** Every certificate in use, the leaf first, without expired authorities. */
  get certificates(): ReadonlyArray<CertificateExpiry> {
    return this.#certificates
  }

  /** Why the last reload failed; undefined if it succeeded. */
  get lastError(): string | undefined {
    return this.#lastError
  }

  /** Call after a reload that succeeded; its generation has been committed. */
  reloaded(): void {
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
      revocation: revocationFacts(this.#lists, this.#fetched, this.#now()),
      last_reload_error: this.#lastError
    }
  }

  /** Call when a generation has been committed. */
  committed({ lists, material }: Generation): void {
    this.#all = certificateExpiries(material)
    this.#lists = lists
    this.#telemetry.revocation(listSeries(lists), fetchSeries(this.#fetched))
    this.#show()
  }

  /** Moves authorities that have expired since from the shown certificates to the expired count. */
  refresh(): void {
    const expired = expiredAuthorities(this.#all, this.#now())
    if (expired !== this.#expired) this.#show()
  }

  #show(): void {
    const now = this.#now()
    this.#certificates = shownExpiries(this.#all, now)
    this.#expired = expiredAuthorities(this.#all, now)
    this.#telemetry.certificates(this.#certificates, this.#expired)
  }
}
