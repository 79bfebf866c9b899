/**
 * What a configuration must keep beyond the type of each field: the same for the command line, decoded JSON and embedding
 * programs. Each rule gives the key that breaks it and a sentence. Pure.
 */
import { Duration, Redacted, Result } from "effect"
import type { AccessRules, NameRules } from "./AccessRules.ts"
import { type Address, isLocal, network } from "./Address.ts"
import { sharedAddress } from "./AddressOverlap.ts"
import type { CredentialSource } from "./CredentialConfig.ts"
import type { MetricsConfig } from "./MetricsConfig.ts"
import type { RevocationConfig } from "./RevocationConfig.ts"
import { parse as parsePin } from "./SpkiPin.ts"
import type { StatusConfig } from "./StatusConfig.ts"
import { compileUriPattern } from "./UriPattern.ts"
import { isWebUrl } from "./UrlText.ts"

/** A broken rule: where it was broken, and what to do, as Effect's filters take it. */
export interface Broken {
  readonly path: ReadonlyArray<string>
  readonly issue: string
}

/** What the rules of both modes look at. */
export interface CommonConfig {
  readonly listen: Address
  readonly target: Address
  readonly credentials: CredentialSource
  readonly access: AccessRules
  readonly revocation?: RevocationConfig
  readonly connectTimeout: Duration.Duration
  readonly status?: StatusConfig
  readonly metrics: MetricsConfig
}

type Rule = readonly [isBroken: boolean, path: ReadonlyArray<string>, issue: string]

const firstBroken = (rules: ReadonlyArray<Rule>): Broken | undefined => {
  const broken = rules.find(([isBroken]) => isBroken)
  return broken === undefined ? undefined : { path: broken[1], issue: broken[2] }
}

const webUrl = (url: string | undefined, ...path: ReadonlyArray<string>): Rule => [
  url !== undefined && !isWebUrl(url),
  path,
  "must start with http:// or https://"
]

const firstRefused = (
  texts: ReadonlyArray<string>,
  parse: (text: string) => Result.Result<unknown, string>
): string | undefined =>
  texts.flatMap((text) => Result.match(parse(text), { onSuccess: () => [], onFailure: (why) => [why] }))[0]

const patternRule = ({ uriPatterns }: NameRules): Rule => {
  const why = firstRefused(uriPatterns, compileUriPattern)
  return [why !== undefined, ["access", "rules", "uriPatterns"], `invalid URI pattern: ${why}`]
}

/** Rules about who may pass. */
const accessRules = (access: AccessRules): ReadonlyArray<Rule> => {
  switch (access._tag) {
    case "Names": {
      const lists = Object.values(access.rules)
      return [
        [lists.every((list) => list.length === 0), ["access", "rules"], "must have at least one entry"],
        patternRule(access.rules)
      ]
    }
    case "Policy":
      return [
        [access.path === "", ["access", "path"], "must not be empty"],
        [access.query === "", ["access", "query"], "must not be empty"],
        patternRule(access.rules)
      ]
    case "Pins": {
      const pin = firstRefused(access.pins, parsePin)
      return [
        [access.pins.length === 0, ["access", "pins"], "must have at least one pin"],
        [pin !== undefined, ["access", "pins"], pin ?? ""]
      ]
    }
    default:
      return []
  }
}

const isActivated = ({ _tag }: Address): boolean => _tag === "Systemd" || _tag === "Launchd"

const commonRules = (config: CommonConfig): ReadonlyArray<Rule> => {
  const { access, credentials, listen, metrics, revocation, status, target } = config
  const shared = status === undefined ? undefined : sharedAddress(listen, status.address)
  const chainless = access._tag === "Pins" || access._tag === "Anonymous"
  const secret = credentials._tag === "None" ? {} : credentials
  return [
    [isActivated(target), ["target"], `a target cannot be a ${network(target)} socket: write HOST:PORT or unix:PATH`],
    [Duration.isZero(config.connectTimeout), ["connectTimeout"], "must not be zero"],
    [
      "password" in secret && "passwordPath" in secret,
      ["credentials"],
      "password and passwordPath are mutually exclusive"
    ],
    ...accessRules(access),
    [
      chainless && revocation !== undefined,
      ["revocation"],
      "no certificate chains are verified with pins, or without certificates: there is nothing to look up"
    ],
    [status?.https === true && status.address._tag !== "Tcp", ["status", "https"], "HTTPS needs a HOST:PORT address"],
    [shared !== undefined, ["status", "address"], "must not be the address of listen"],
    webUrl(status?.targetStatus, "status", "targetStatus"),
    webUrl(metrics.postUrl && Redacted.value(metrics.postUrl), "metrics", "postUrl"),
    webUrl(metrics.otlp && Redacted.value(metrics.otlp.endpoint), "metrics", "otlp", "endpoint")
  ]
}

/** The first rule that a server's configuration breaks. */
export const serverProblem = (config: CommonConfig & { readonly unsafeTarget: boolean }): Broken | undefined =>
  firstBroken([
    ...commonRules(config),
    [config.credentials._tag === "None", ["credentials"], "a server needs a certificate"],
    [
      !(config.unsafeTarget || isLocal(config.target.text)),
      ["target"],
      "plaintext would leave this machine: write unix:PATH or localhost:PORT, or set unsafeTarget"
    ]
  ])

/** The first rule that a client's configuration breaks. */
export const clientProblem = (
  config: CommonConfig & {
    readonly unsafeListen: boolean
    readonly ocsp: string
    readonly serverName?: string
    readonly proxyUrl?: Redacted.Redacted
  }
): Broken | undefined => {
  const pins = config.access._tag === "Pins"
  const toSocket = config.target._tag === "Unix"
  return firstBroken([
    ...commonRules(config),
    [config.access._tag === "Anonymous", ["access"], "a client always verifies its server"],
    [
      !(config.unsafeListen || isLocal(config.listen.text)),
      ["listen"],
      "plaintext would come from other machines: write unix:PATH or localhost:PORT, or set unsafeListen"
    ],
    [toSocket && config.proxyUrl !== undefined, ["proxyUrl"], "a proxy cannot reach a UNIX socket"],
    [
      toSocket && (config.serverName ?? "") === "" && !pins,
      ["serverName"],
      "is required: the path of a UNIX socket does not name a server"
    ],
    [pins && config.ocsp !== "off", ["ocsp"], "no certificate chains are verified with pins"]
  ])
}
