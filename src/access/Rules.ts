/** Which names may pass (docs/compatibility/credentials.md, 4.1). The decision always says why. */
import { Result } from "effect"
import type { NameRules } from "../config/AccessRules.ts"
import { compileUriPattern, missesByOneSegment, type UriPattern } from "../config/UriPattern.ts"
import { bounded, boundedList } from "./EscapedText.ts"
import { canonicalIpAddress } from "./IpAddress.ts"
import { type Asked, folded, nearestMiss } from "./NearestMiss.ts"
import type { PeerCertificate } from "./PeerCertificate.ts"
import { indexUriPatterns } from "./UriPatternIndex.ts"
import type { Why } from "./Verdict.ts"

/** The parts of a certificate that rules are about. */
export type Principal = Pick<PeerCertificate, "dnsNames" | "ipAddresses" | "uris"> & {
  readonly subject: Pick<PeerCertificate["subject"], "commonName" | "organizationalUnits">
}

export type Decision =
  | { readonly allowed: true /** The rule that matched, such as `CN alice`. */; readonly by: string }
  | {
      readonly allowed: false
      /** `why` in one bounded line. */
      readonly detail: string
      readonly why: Why
    }

/** Rules of one kind of name, ready to be asked: however many there are, an answer costs about the same. */
interface Kind extends Omit<Asked, "presented"> {
  readonly presented: (peer: Principal) => ReadonlyArray<string>
}

/** Rules ready to be asked. The same set of rules is the same, whatever their order and repetition. */
export type CompiledRules = ReadonlyArray<Kind>

type Presented = Kind["presented"]
const presented: Readonly<Record<"CN" | "OU" | "DNS" | "IP" | "URI", Presented>> = {
  CN: (peer) => [peer.subject.commonName],
  OU: (peer) => peer.subject.organizationalUnits,
  DNS: (peer) => peer.dnsNames,
  IP: (peer) => peer.ipAddresses,
  URI: (peer) => peer.uris
}

const sorted = (values: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(values)].sort()

/** The first of the rules by their folded text; an empty name is no near miss. */
const foldedLookup = (allowed: ReadonlyArray<string>) => {
  const known = new Map(allowed.toReversed().map((rule) => [folded(rule), rule]))
  known.delete("")
  return (value: string) => known.get(value)
}

const exact = (label: keyof typeof presented, values: ReadonlyArray<string>): Kind => {
  const allowed = sorted(values)
  const known = new Set(allowed)
  return {
    label,
    allowed,
    presented: presented[label],
    match: (value) => (known.has(value) ? value : undefined),
    byFolded: foldedLookup(allowed),
    bySegment: () => undefined
  }
}

const uris = (patterns: ReadonlyArray<UriPattern>): Kind => {
  const allowed = patterns.map(({ text }) => text)
  const find = indexUriPatterns(patterns)
  return {
    label: "URI",
    allowed,
    presented: presented.URI,
    match: (value) => find(value)?.text,
    byFolded: foldedLookup(allowed),
    bySegment: (value) => patterns.find((pattern) => missesByOneSegment(pattern, value))?.text
  }
}

const canonical = (text: string): Result.Result<string, string> => {
  const address = canonicalIpAddress(text)
  return address === undefined ? Result.fail(`'${text}' is not an IP address`) : Result.succeed(address)
}

/** Compiles rules. The failure is the Go program's wording; `uriFlag` is the flag it names for bad URI patterns. */
export const compileRules = (rules: NameRules, uriFlag: string): Result.Result<CompiledRules, string> =>
  Result.gen(function* () {
    const addresses = yield* Result.all(rules.ipAddresses.map(canonical))
    // In the order given, so that the first bad one is the one that is named.
    const compiled = Result.all([...new Set(rules.uriPatterns)].map(compileUriPattern))
    const patterns = yield* Result.mapError(compiled, (why) => `invalid URI pattern in ${uriFlag} flag (${why})`)
    return [
      exact("CN", rules.commonNames),
      exact("OU", rules.organizationalUnits),
      exact("DNS", rules.dnsNames),
      exact("IP", addresses),
      uris(patterns.toSorted((a, b) => (a.text < b.text ? -1 : 1)))
    ].filter(({ allowed }) => allowed.length > 0)
  })

const quoted = (value: string) => (value === "" ? '""' : value)

/** Whether any rule names the peer. Without rules no peer passes. */
export const decide = (rules: CompiledRules, peer: Principal): Decision => {
  for (const kind of rules) {
    for (const value of kind.presented(peer)) {
      const rule = kind.match(value)
      if (rule !== undefined) return { allowed: true, by: `${kind.label} ${boundedList([quoted(rule)], 1)}` }
    }
  }
  const why = explain(rules, peer)
  return { allowed: false, detail: worded(rules, why), why }
}

/** All of it bounded: what peers present is theirs to choose. */
const explain = (rules: CompiledRules, peer: Principal): Why => {
  const asked = rules.map((kind) => ({ ...kind, presented: kind.presented(peer) }))
  const shown = asked.map(({ label, presented: of }) => {
    const values = of.filter((value) => value !== "")
    return values.length === 0 ? `no ${label}` : `${label}=${boundedList(values, 3)}`
  })
  const required = asked.map(({ allowed, label }) => `${label} ${boundedList(allowed.map(quoted), 3)}`)
  const everything = Object.entries(presented).map(([label, of]) => [label, of(peer)] as const)
  return {
    presented: bounded(shown.join(", "), 400),
    required: bounded(required.join(" or "), 400),
    nearest: nearestMiss(asked, everything)
  }
}

const worded = (rules: CompiledRules, { nearest, presented: shown, required }: Why): string => {
  if (rules.length === 0) return "no rule allows anybody"
  const near = nearest === undefined ? [] : [nearest]
  return bounded([`presented ${shown}`, `allowed ${required}`, ...near].join("; "), 1000)
}
