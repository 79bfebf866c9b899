/** Which names may pass (contract: credentials, section 4.1). The decision always says why. */
import { Result } from "effect"
import type { NameRules } from "../config/AccessRules.ts"
import { bounded, boundedList } from "./EscapedText.ts"
import { canonicalIpAddress } from "./IpAddress.ts"
import type { PeerCertificate } from "./PeerCertificate.ts"
import { compileUriPattern } from "./UriPattern.ts"

/** The parts of a certificate that rules are about. */
export type Principal = Pick<PeerCertificate, "dnsNames" | "ipAddresses" | "uris"> & {
  readonly subject: Pick<PeerCertificate["subject"], "commonName" | "organizationalUnits">
}

export type Decision =
  | { readonly allowed: true /** The rule that matched, such as `CN alice`. */; readonly by: string }
  | {
      readonly allowed: false
      /** What was presented and what was required, one bounded line. */
      readonly detail: string
    }

/** Rules of one kind of name, ready to be asked. */
interface Kind {
  readonly label: string
  readonly allowed: ReadonlyArray<string>
  readonly presented: (peer: Principal) => ReadonlyArray<string>
  /** The rule that names this value. */
  readonly match: (value: string) => string | undefined
}

/** Rules ready to be asked. */
export type CompiledRules = ReadonlyArray<Kind>

type Presented = Kind["presented"]
const presented: Readonly<Record<"CN" | "OU" | "DNS" | "IP" | "URI", Presented>> = {
  CN: (peer) => [peer.subject.commonName],
  OU: (peer) => peer.subject.organizationalUnits,
  DNS: (peer) => peer.dnsNames,
  IP: (peer) => peer.ipAddresses,
  URI: (peer) => peer.uris
}

const exact = (label: keyof typeof presented, values: ReadonlyArray<string>): Kind => {
  const allowed = new Set(values)
  return {
    label,
    allowed: [...allowed],
    presented: presented[label],
    match: (value) => (allowed.has(value) ? value : undefined)
  }
}

const canonical = (text: string): Result.Result<string, string> => {
  const address = canonicalIpAddress(text)
  return address === undefined ? Result.fail(`'${text}' is not an IP address`) : Result.succeed(address)
}

/** Compiles rules. The failure is the contract's wording; `uriFlag` is the flag it names for bad URI patterns. */
export const compileRules = (rules: NameRules, uriFlag: string): Result.Result<CompiledRules, string> =>
  Result.gen(function* () {
    const addresses = yield* Result.all(rules.ipAddresses.map(canonical))
    const compiled = Result.all([...new Set(rules.uriPatterns)].map(compileUriPattern))
    const patterns = yield* Result.mapError(compiled, (why) => `invalid URI pattern in ${uriFlag} flag (${why})`)
    const uris: Kind = {
      label: "URI",
      allowed: patterns.map(({ text }) => text),
      presented: presented.URI,
      match: (value) => patterns.find((pattern) => pattern.matches(value))?.text
    }
    return [
      exact("CN", rules.commonNames),
      exact("OU", rules.organizationalUnits),
      exact("DNS", rules.dnsNames),
      exact("IP", addresses),
      uris
    ].filter(({ allowed }) => allowed.length > 0)
  })

const quoted = (value: string) => (value === "" ? '""' : value)

/** Whether any rule names the peer. Without rules nobody passes. */
export const decide = (rules: CompiledRules, peer: Principal): Decision => {
  for (const kind of rules) {
    for (const value of kind.presented(peer)) {
      const rule = kind.match(value)
      if (rule !== undefined) return { allowed: true, by: `${kind.label} ${boundedList([quoted(rule)], 1)}` }
    }
  }
  return { allowed: false, detail: explain(rules, peer) }
}

const explain = (rules: CompiledRules, peer: Principal): string => {
  if (rules.length === 0) return "no rule allows anybody"
  const shown = rules.map(({ label, presented: of }) => {
    const values = of(peer).filter((value) => value !== "")
    return values.length === 0 ? `no ${label}` : `${label}=${boundedList(values, 3)}`
  })
  const required = rules.map(({ label, allowed }) => `${label} ${boundedList(allowed.map(quoted), 3)}`)
  const near = nearestMiss(rules, peer)
  return bounded([`presented ${shown.join(", ")}`, `allowed ${required.join(" or ")}`, ...near].join("; "), 800)
}

const folded = (value: string) => value.trim().toLowerCase()

/** The first presented value that would pass if it were written, or placed, only a little differently. */
const nearestMiss = (rules: CompiledRules, peer: Principal): ReadonlyArray<string> => {
  for (const kind of rules) {
    const rule = (value: string) => kind.allowed.find((allowed) => allowed !== "" && folded(allowed) === folded(value))
    for (const value of kind.presented(peer)) {
      const near = rule(value)
      if (near !== undefined) {
        return [`${kind.label} ${boundedList([near], 1)} differs only in case or surrounding space`]
      }
    }
    for (const [label, of] of Object.entries(presented)) {
      const misplaced = label === kind.label ? undefined : of(peer).find((value) => value !== "" && kind.match(value))
      if (misplaced !== undefined) {
        return [`${boundedList([misplaced], 1)} is presented as ${label}, not as ${kind.label}`]
      }
    }
  }
  return []
}
