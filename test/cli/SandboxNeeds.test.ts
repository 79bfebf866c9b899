/** Every flag says what the sandbox has to leave open for it; those that need nothing are listed here, on purpose. */
import { describe, expect, it } from "vitest"
import { clientFlags } from "../../src/cli/ClientFlags.ts"
import { serverFlags } from "../../src/cli/ServerFlags.ts"
import { sharedFlags } from "../../src/cli/SharedFlags.ts"

const everyFlag = [sharedFlags, serverFlags, clientFlags].flatMap((table) =>
  Object.values(table).map(({ spec }) => spec)
)

/** Passwords, times, numbers, names and switches: nothing is opened, bound or dialled because of them. */
const needless = new Set(
  [
    "storepass use-workload-api-timeout timed-reload shutdown-timeout connect-timeout close-timeout max-conn-lifetime",
    "crl-mode ocsp watch alpn transport log-format metrics-identities otlp-traces",
    "max-concurrent-conns workers metrics-prefix metrics-interval enable-pprof enable-shutdown status-ui status-allow-host quiet skip-resolve",
    "disable-landlock sandbox use-landlock cipher-suites allow-unsafe-cipher-suites max-tls-version disable-authentication",
    "proxy-protocol proxy-protocol-mode unsafe-target allow-all allow-cn allow-ou allow-dns allow-ip allow-uri",
    "allow-spki-pin allow-query auto-acme-email auto-acme-agree-to-tos unsafe-listen override-server-name",
    "auto-acme-renew-check-interval auto-acme-alt-tls-alpn-port",
    "verify-cn verify-ou verify-dns verify-ip verify-uri verify-spki-pin verify-query"
  ].flatMap((line) => line.split(" "))
)

describe("what flags need of the sandbox", () => {
  it("is said by each of them", () => {
    const silent = everyFlag.filter(({ name, sandbox }) => sandbox === "none" && !needless.has(name))
    expect(
      silent.map(({ name }) => name),
      "give the flag a `sandbox` need, or list it here if it has none"
    ).toEqual([])
  })

  it("is not listed for flags that have one, or that are gone", () => {
    const none = new Set(everyFlag.filter(({ sandbox }) => sandbox === "none").map(({ name }) => name))
    expect([...needless].filter((name) => !none.has(name))).toEqual([])
  })

  it("is said by every flag that takes a path, an address or a URL", () => {
    const places = everyFlag.filter(({ metavar }) => ["PATH", "ADDR", "URL"].includes(metavar))
    expect(places.filter(({ sandbox }) => sandbox === "none").map(({ name }) => name)).toEqual([])
  })
})
