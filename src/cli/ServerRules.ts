/** The rules of `server` in the Go program's order (docs/compatibility/command-line.md, 2.2). */
import * as Address from "../config/Address.ts"
import { hinted } from "../config/AddressHint.ts"
import type { ServerInvocation } from "./Invocation.ts"
import * as Rule from "./Rule.ts"

/** Asked before the target is parsed: rows 1 to 10. */
export const before = (flags: ServerInvocation["flags"]): ReadonlyArray<Rule.Rule> => {
  const sources = Rule.countSources(flags, flags.autoAcmeCert !== "")
  const names = [flags.allowCn, flags.allowOu, flags.allowDns, flags.allowIp, flags.allowUri].some(
    (list) => list.length > 0
  )
  const pins = flags.allowSpkiPin.length > 0
  const policy = flags.allowPolicy !== "" || flags.allowQuery !== ""
  const pin = Rule.badPin("--allow-spki-pin", flags.allowSpkiPin)
  return [
    [
      sources === 0,
      `at least one of --keystore, --cert/--key, --auto-acme-cert, or --keychain-identity/issuer (if supported) flags is required${Rule.missingHalf(flags)}`
    ],
    [
      sources > 1,
      "--keystore, --cert/--key, --auto-acme-cert, and --keychain-identity/issuer flags are mutually exclusive"
    ],
    Rule.ofPair(flags),
    [
      !(flags.disableAuthentication || flags.allowAll || names || pins || policy),
      "at least one access control flag (--allow-{all,cn,ou,dns,uri,spki-pin}, or OPA flags, or --disable-authentication) is required"
    ],
    [
      flags.allowAll && !flags.disableAuthentication && (names || pins || policy),
      "--allow-all is mutually exclusive with other access control flags"
    ],
    [
      flags.disableAuthentication && (flags.allowAll || names || pins || policy),
      "--disable-authentication is mutually exclusive with other access control flags"
    ],
    [
      pins && (names || flags.allowAll || policy),
      "--allow-spki-pin is mutually exclusive with other access control flags"
    ],
    [pins && Rule.usesWorkloadApi(flags), "--allow-spki-pin is mutually exclusive with --use-workload-api"],
    [pin !== undefined, pin ?? ""],
    [
      !(flags.unsafeTarget || Address.isLocal(flags.target)),
      hinted("--target must be unix:PATH or localhost:PORT (unless --unsafe-target is set)", flags.target)
    ]
  ]
}

/** Asked after the target has been parsed: rows 12 to 16. */
export const after = (flags: ServerInvocation["flags"], target: Address.Address): ReadonlyArray<Rule.Rule> => [
  [
    target._tag === "Systemd" || target._tag === "Launchd",
    `invalid --target network "${Address.network(target)}": server mode requires a HOST:PORT or unix:PATH target`
  ],
  [
    flags.autoAcmeCert !== "" && flags.autoAcmeEmail === "",
    "--auto-acme-cert was specified but no email address was provided with --auto-acme-email"
  ],
  [
    flags.autoAcmeCert !== "" && !flags.autoAcmeAgreeToTos,
    "--auto-acme-cert was specified but --auto-acme-agree-to-tos was not specified"
  ],
  [
    (flags.allowPolicy === "") !== (flags.allowQuery === ""),
    "--allow-policy and --allow-query have to be used together"
  ],
  [
    flags.proxyProtocol && flags.proxyProtocolMode !== undefined,
    "--proxy-protocol and --proxy-protocol-mode are mutually exclusive"
  ]
]

/** Flags of the Go program that this version does not support. */
export const unsupported = (flags: ServerInvocation["flags"]): ReadonlyArray<Rule.Rule> => [
  ...Rule.unsupported(flags),
  Rule.notYet(flags.autoAcmeCert !== "", "--auto-acme-cert")
]
