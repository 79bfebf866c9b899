/** How a tunnel stands with its certificates: until when they are valid, and what the last reload failed by. */
import { type CertificateExpiry, certificateExpiries, earliest } from "../credentials/CertificateExpiry.ts"
import type { Credentials } from "../credentials/Credentials.ts"
import type { TlsMaterial } from "../credentials/TlsMaterial.ts"
import type { Json } from "../status/StatusFacts.ts"
import type { Telemetry } from "../telemetry/Telemetry.ts"
import { fetchSeries, listSeries, revocationFacts } from "./RevocationState.ts"

type Told = Pick<Telemetry["Service"], "certificates" | "reloaded" | "revocation">
type Source = Pick<Credentials["Service"], "current" | "fetched" | "lists">

const rfc3339 = (millis: number | undefined): string | undefined =>
  millis === undefined ? undefined : new Date(millis).toISOString().replace(/\.000Z$/, "Z")

export class Standing {
  #certificates: ReadonlyArray<CertificateExpiry> = []
  #lastError: string | undefined
  readonly #telemetry: Told
  readonly #credentials: Source

  constructor(credentials: Source, telemetry: Told) {
    this.#telemetry = telemetry
    this.#credentials = credentials
    this.updated(credentials.current())
  }

  /** Every certificate in play, the leaf first. */
  get certificates(): ReadonlyArray<CertificateExpiry> {
    return this.#certificates
  }

  /** Why the last reload failed; undefined when it did not. */
  get lastError(): string | undefined {
    return this.#lastError
  }

  /** A reload has made this material current. */
  reloaded(material: TlsMaterial): void {
    this.updated(material)
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
    const until = (role: CertificateExpiry["role"]) => rfc3339(earliest(this.#certificates, role))
    return {
      certificates: {
        leaf_not_after: until("leaf"),
        chain_not_after: until("chain"),
        ca_not_after: until("authority")
      },
      revocation: revocationFacts(this.#credentials.lists(), this.#credentials.fetched, Date.now()),
      last_reload_error: this.#lastError
    }
  }

  /** This material has become current without a reload: fetched revocation lists are in use. */
  updated(material: TlsMaterial): void {
    this.#certificates = certificateExpiries(material)
    this.#telemetry.certificates(this.#certificates)
    this.#telemetry.revocation(listSeries(this.#credentials.lists()), fetchSeries(this.#credentials.fetched))
  }
}
