/**
 * The rules of the command line as a whole (docs/compatibility/command-line.md, 2.1). Breaking one is a parser error, also
 * when no command was given.
 */
import { Duration, Result } from "effect"
import * as Address from "../config/Address.ts"
import { isWebUrl } from "../config/UrlText.ts"
import { machine } from "./Services.ts"
import type { SharedFlags } from "./SharedFlags.ts"

/** `--status` parsed: the address, and whether to serve HTTPS. */
export interface StatusAddress {
  readonly address: Address.Address
  readonly https: boolean
}

/** Parses `--status` (docs/compatibility/command-line.md, 3.4). The failure is the complete message. */
export const statusAddress = (text: string, services: Address.Services): Result.Result<StatusAddress, string> => {
  const scheme = /^https?:\/\//.exec(text)?.[0] ?? ""
  const parsed = Address.parse(text.slice(scheme.length), services)
  if (Result.isFailure(parsed)) return Result.fail(`invalid --status address: ${parsed.failure}`)
  const address = parsed.success
  if (scheme !== "" && address._tag !== "Tcp") {
    const network = Address.network(address)
    return Result.fail(`invalid --status network "${network}": http(s):// scheme requires a HOST:PORT target`)
  }
  return Result.succeed({ address, https: address._tag === "Tcp" && scheme !== "http://" })
}

/** The message that refuses the flags; undefined if they are valid. `targetStatus` is empty where the flag does not exist. */
export const check = (
  flags: SharedFlags,
  targetStatus: string,
  services: Address.Services = machine
): string | undefined => {
  if (flags.status === "" && flags.enablePprof) return "--enable-pprof requires --status to be set"
  if (flags.status === "" && flags.enableShutdown) return "--enable-shutdown requires --status to be set"
  if (flags.status === "" && flags.statusUi) return "--status-ui requires --status to be set"
  if (flags.status === "" && flags.statusAllowHost.length > 0) {
    return "--status-allow-host requires --status to be set"
  }
  if (flags.metricsUrl !== "" && !isWebUrl(flags.metricsUrl)) {
    return "--metrics-url should start with http:// or https://"
  }
  if (flags.otlpEndpoint !== "" && !isWebUrl(flags.otlpEndpoint)) {
    return "--otlp-endpoint should start with http:// or https://"
  }
  if (targetStatus !== "" && !isWebUrl(targetStatus)) return "--target-status should start with http:// or https://"
  if (flags.status !== "") {
    const status = statusAddress(flags.status, services)
    if (Result.isFailure(status)) return status.failure
  }
  if (Duration.isZero(flags.connectTimeout)) return "--connect-timeout duration must not be zero"
  if (flags.disableLandlock && flags.sandbox === "require") {
    return "--disable-landlock and --sandbox=require are mutually exclusive"
  }
  return Duration.isNegative(flags.useWorkloadApiTimeout)
    ? "--use-workload-api-timeout duration must not be negative"
    : undefined
}
