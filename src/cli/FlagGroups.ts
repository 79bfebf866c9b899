/** The groups in which help and manual show flags: by what they are about, what only this program has last. */
import type { FlagSpec } from "./FlagSpec.ts"

const groups: ReadonlyArray<readonly [title: string, names: string]> = [
  ["Addresses", "listen target target-status unsafe-target unsafe-listen override-server-name proxy skip-resolve"],
  ["PROXY protocol", "proxy-protocol proxy-protocol-mode"],
  [
    "Access control",
    "allow-all allow-cn allow-ou allow-dns allow-ip allow-uri allow-spki-pin allow-policy allow-query verify-cn verify-ou verify-dns verify-ip verify-uri verify-spki-pin verify-policy verify-query disable-authentication"
  ],
  [
    "Certificates",
    "keystore cert key storepass cacert timed-reload pkcs11-module pkcs11-token-label pkcs11-pin keychain-identity keychain-issuer keychain-require-token"
  ],
  ["Certificates by SPIFFE (not supported yet)", "use-workload-api use-workload-api-addr use-workload-api-timeout"],
  [
    "Certificates by ACME (not supported yet)",
    "auto-acme-cert auto-acme-email auto-acme-ca auto-acme-testca auto-acme-agree-to-tos auto-acme-renew-check-interval auto-acme-alt-tls-alpn-port"
  ],
  ["Limits", "connect-timeout close-timeout max-conn-lifetime max-concurrent-conns shutdown-timeout"],
  [
    "Status and metrics",
    "status enable-shutdown enable-pprof metrics-prefix metrics-interval metrics-graphite metrics-url"
  ],
  ["Policy", "policy query certificate"],
  ["Log and process", "quiet syslog eventlog disable-landlock use-landlock"]
]
const additions = "Not in the Go program"

/** A heading with its flags. */
export interface FlagGroup {
  readonly title: string
  readonly flags: ReadonlyArray<FlagSpec>
}

/** The flags that are shown, in groups; none is empty. */
export const grouped = (specs: ReadonlyArray<FlagSpec>): ReadonlyArray<FlagGroup> => {
  const rest = new Set(specs.filter((spec) => !spec.hidden))
  const known = groups.map(([title, names]) => {
    const flags = names.split(" ").flatMap((name) => [...rest].filter((spec) => spec.name === name))
    for (const spec of flags) rest.delete(spec)
    return { title, flags }
  })
  return [...known, { title: additions, flags: [...rest] }].filter(({ flags }) => flags.length > 0)
}
