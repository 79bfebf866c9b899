/** The rules of `client` in the Go program's order (docs/compatibility/command-line.md, 2.3). */
import * as Address from "../config/Address.ts"
import { hinted } from "../config/AddressHint.ts"
import type { ClientInvocation } from "./Invocation.ts"
import * as Rule from "./Rule.ts"

/** Asked before the target is parsed: rows 1 to 4. */
export const before = (flags: ClientInvocation["flags"]): ReadonlyArray<Rule.Rule> => {
  const sources = Rule.countSources(flags, flags.disableAuthentication && !Rule.usesWorkloadApi(flags))
  return [
    [
      sources === 0,
      `at least one of --keystore, --cert/--key, --keychain-identity/issuer (if supported), --use-workload-api or --disable-authentication flags is required${Rule.missingHalf(flags)}`
    ],
    [
      sources > 1,
      "--keystore, --cert/--key, --keychain-identity/issuer, --use-workload-api and --disable-authentication flags are mutually exclusive"
    ],
    Rule.ofPair(flags),
    [
      !(flags.unsafeListen || Address.isLocal(flags.listen)),
      hinted(
        "--listen must be unix:PATH, localhost:PORT, systemd:NAME or launchd:NAME (unless --unsafe-listen is set)",
        flags.listen
      )
    ]
  ]
}

/** Asked after the target has been parsed: rows 6 to 10, row 6 less strict than the Go program: UNIX sockets are targets too. */
export const after = (flags: ClientInvocation["flags"], target: Address.Address): ReadonlyArray<Rule.Rule> => {
  const names = [flags.verifyCn, flags.verifyOu, flags.verifyDns, flags.verifyIp, flags.verifyUri].some(
    (list) => list.length > 0
  )
  const pins = flags.verifySpkiPin.length > 0
  const pin = Rule.badPin("--verify-spki-pin", flags.verifySpkiPin)
  return [
    [
      target._tag === "Systemd" || target._tag === "Launchd",
      `invalid --target network "${Address.network(target)}": client mode requires a HOST:PORT or unix:PATH target`
    ],
    [
      target._tag === "Unix" && flags.proxy !== "",
      "--target unix:PATH is mutually exclusive with --proxy: a proxy is only ever asked for HOST:PORT"
    ],
    [
      target._tag === "Unix" && flags.overrideServerName === "" && !pins,
      "--target unix:PATH names no server: --override-server-name is required to verify one (or --verify-spki-pin)"
    ],
    [
      (flags.verifyPolicy === "") !== (flags.verifyQuery === ""),
      "--verify-policy and --verify-query have to be used together"
    ],
    [pins && Rule.usesWorkloadApi(flags), "--verify-spki-pin is mutually exclusive with --use-workload-api"],
    [
      pins && (names || flags.verifyPolicy !== ""),
      "--verify-spki-pin is mutually exclusive with other verification flags"
    ],
    [pin !== undefined, pin ?? ""],
    [
      pins && flags.ocsp !== "off",
      "--ocsp is mutually exclusive with --verify-spki-pin, which verifies no certificate chains"
    ]
  ]
}

/** Flags of the Go program that this version does not support. */
export const unsupported = (flags: ClientInvocation["flags"]): ReadonlyArray<Rule.Rule> => Rule.unsupported(flags)
