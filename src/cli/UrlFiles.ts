/**
 * Reads URLs that may contain a password from files, so that no process list shows them. Each is read once, before the
 * sandbox is set up.
 */
import { Redacted, Result } from "effect"
import { refuseUrl } from "../config/HostText.ts"
import { isWebUrl } from "../config/UrlText.ts"
import { readSecretFile } from "../credentials/SecretFile.ts"
import * as Grammar from "./Grammar.ts"
import type { Invocation } from "./Invocation.ts"

/** The URL of a flag or of its file. The failure names the flag and never shows the URL. */
const chosen = (
  flag: string,
  given: string,
  path: string,
  environment: NodeJS.ProcessEnv,
  refuse: (url: string) => string | undefined
): Result.Result<string, string> => {
  if (path === "") return Result.succeed(given)
  if (given !== "") return Result.fail(`--${flag} and --${flag}-file are mutually exclusive`)
  return Result.flatMap(readSecretFile(flag, path, environment), ({ secret }) => {
    const url = Redacted.value(secret).trim()
    const why = url === "" ? "the file is empty" : refuse(url)
    return why === undefined ? Result.succeed(url) : Result.fail(`--${flag}-file: ${why}`)
  })
}

const refuseProxyUrl = (url: string): string | undefined =>
  Result.isSuccess(Grammar.secretUrl(url)) ? undefined : "the file does not hold a URL"

const refuseWebUrl = (url: string): string | undefined =>
  isWebUrl(url) ? refuseUrl(url) : "the URL should start with http:// or https://"

/** The invocation with URLs read from files; the failure is the error message. */
export const withUrlsFromFiles = (
  invocation: Invocation,
  environment: NodeJS.ProcessEnv = process.env
): Result.Result<Invocation, string> =>
  Result.gen(function* () {
    const { flags } = invocation
    const web = (flag: string, given: string, path: string) => chosen(flag, given, path, environment, refuseWebUrl)
    const shared = {
      metricsUrl: yield* web("metrics-url", flags.metricsUrl, flags.metricsUrlFile),
      otlpEndpoint: yield* web("otlp-endpoint", flags.otlpEndpoint, flags.otlpEndpointFile)
    }
    if (invocation.mode === "server") {
      const { targetStatus: given, targetStatusFile } = invocation.flags
      const targetStatus = yield* web("target-status", given, targetStatusFile)
      return { ...invocation, flags: { ...invocation.flags, ...shared, targetStatus } }
    }
    const { proxy: given, proxyFile } = invocation.flags
    const proxy = yield* chosen("proxy", given, proxyFile, environment, refuseProxyUrl)
    return { ...invocation, flags: { ...invocation.flags, ...shared, proxy } }
  })
