/** Rules that refuse a command line, and those that both modes share. */
import { Redacted, Result } from "effect"
import { parse as parsePin } from "../config/SpkiPin.ts"
import type { SharedFlags } from "./SharedFlags.ts"

/** A rule: whether it is violated, and the message. */
export type Rule = readonly [broken: boolean, sentence: string]

/** Fails with the message of the first violated rule. */
export const checkRules = (rules: ReadonlyArray<Rule>): Result.Result<void, string> => {
  const broken = rules.find((rule) => rule[0])
  return broken === undefined ? Result.succeed(undefined) : Result.fail(broken[1])
}

/** An address of the workload API implies its use. */
export const usesWorkloadApi = (flags: SharedFlags): boolean => flags.useWorkloadApi || flags.useWorkloadApiAddr !== ""

/** How many credential sources are given; `own` is the one that only this mode has. */
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

/** A secret may be given once: as a value or as a file, by flag or by variable. */
export const ofSecrets = (flags: SharedFlags): ReadonlyArray<Rule> => [
  [
    Redacted.value(flags.storepass) !== "" && flags.storepassFile !== "",
    "--storepass (or KEYSTORE_PASS) and --storepass-file (or KEYSTORE_PASS_FILE) are mutually exclusive"
  ]
]

/** The message that refuses the first invalid pin of a flag. */
export const badPin = (flag: string, pins: ReadonlyArray<string>): string | undefined => {
  const refused = pins.map(parsePin).find(Result.isFailure)
  return refused === undefined ? undefined : `${flag}: ${refused.failure}`
}

/** Refuse CRLs that would not be used, instead of ignoring them; `chainless` is the flag that skips chain verification. */
export const revocation = (flags: SharedFlags, chainless: string | undefined): ReadonlyArray<Rule> => [
  [flags.crlMode !== undefined && flags.crl.length === 0, "--crl-mode requires --crl to be set"],
  [
    chainless !== undefined && flags.crl.length > 0,
    `--crl is mutually exclusive with ${chainless}, which verifies no certificate chains`
  ]
]

/** A flag of the Go program that this version does not support. */
export const notYet = (given: boolean, flag: string): Rule => [given, `${flag} is not supported yet by this version`]

/** Unsupported flags among the shared ones. */
export const unsupported = (flags: SharedFlags): ReadonlyArray<Rule> => [
  notYet(flags.useWorkloadApi, "--use-workload-api"),
  notYet(flags.useWorkloadApiAddr !== "", "--use-workload-api-addr")
]
