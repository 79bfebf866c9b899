/** Rules that refuse a command line, and what those of both modes have in common. */
import { Redacted, Result } from "effect"
import { parse as parsePin } from "../config/SpkiPin.ts"
import type { SharedFlags } from "./SharedFlags.ts"

/** A rule: whether it is broken, and what to say then. */
export type Rule = readonly [broken: boolean, sentence: string]

/** Fails with the sentence of the first broken rule. */
export const obey = (rules: ReadonlyArray<Rule>): Result.Result<void, string> => {
  const broken = rules.find((rule) => rule[0])
  return broken === undefined ? Result.succeed(undefined) : Result.fail(broken[1])
}

/** Naming an address of the workload API asks for it. */
export const usesWorkloadApi = (flags: SharedFlags): boolean => flags.useWorkloadApi || flags.useWorkloadApiAddr !== ""

/** How many sources of credentials are named; `own` is the one that only this mode has. */
export const countSources = (flags: SharedFlags, own: boolean): number =>
  [flags.keystore !== "", flags.cert !== "" && flags.key !== "", usesWorkloadApi(flags), own].filter(Boolean).length

/** Which half of the pair is missing, in brackets; empty when none is, or both are. */
export const missingHalf = ({ cert, key }: SharedFlags): string => {
  if ((cert === "") === (key === "")) return ""
  const [given, missing] = cert === "" ? ["--key (or KEY_PATH)", "--cert"] : ["--cert (or CERT_PATH)", "--key"]
  return ` (${given} is given without ${missing})`
}

/** Half a pair is no pair. */
export const ofPair = (flags: SharedFlags): Rule => [
  (flags.cert === "") !== (flags.key === ""),
  `--cert/--key must be set together, unless using PKCS11 for private key${missingHalf(flags)}`
]

/** A secret is given once: as a value or as a file, by flag or by variable. */
export const ofSecrets = (flags: SharedFlags): ReadonlyArray<Rule> => [
  [
    Redacted.value(flags.storepass) !== "" && flags.storepassFile !== "",
    "--storepass (or KEYSTORE_PASS) and --storepass-file (or KEYSTORE_PASS_FILE) are mutually exclusive"
  ]
]

/** The sentence that refuses the first bad pin of a flag. */
export const badPin = (flag: string, pins: ReadonlyArray<string>): string | undefined => {
  const refused = pins.map(parsePin).find(Result.isFailure)
  return refused === undefined ? undefined : `${flag}: ${refused.failure}`
}

/** Lists that nobody would look into are refused, not ignored; `chainless` is the flag that leaves chains unverified. */
export const revocation = (flags: SharedFlags, chainless: string | undefined): ReadonlyArray<Rule> => [
  [flags.crlMode !== undefined && flags.crl.length === 0, "--crl-mode requires --crl to be set"],
  [
    chainless !== undefined && flags.crl.length > 0,
    `--crl is mutually exclusive with ${chainless}, which verifies no certificate chains`
  ]
]

/** A flag that the contract has and this version has not. */
export const notYet = (given: boolean, flag: string): Rule => [given, `${flag} is not supported yet by this version`]

/** Such flags among the shared ones. */
export const unsupported = (flags: SharedFlags): ReadonlyArray<Rule> => [
  notYet(flags.useWorkloadApi, "--use-workload-api"),
  notYet(flags.useWorkloadApiAddr !== "", "--use-workload-api-addr")
]
