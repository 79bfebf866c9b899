/**
 * Quirks of the Go program that somebody had to decide on (docs/compatibility/command-line.md, 9), each with the scenarios that
 * fail when the decision is changed.
 */

/** One row of the Go program's list. */
export interface Quirk {
  readonly row: number
  readonly quirk: string
  readonly decision: "kept" | "fixed" | "dropped" | "refused"
  readonly scenarios: readonly [string, ...ReadonlyArray<string>]
}

/** All rows. */
export const quirks: ReadonlyArray<Quirk> = [
  {
    row: 1,
    quirk: "the PROXY header's length leaves out TLS facts on UNIX listeners",
    decision: "fixed",
    scenarios: ["server-proxy-protocol-unix-listen"]
  },
  {
    row: 2,
    quirk: "HTTP CONNECT ignores and logs credentials, waits for ever, and is sandboxed on the wrong port",
    decision: "fixed",
    scenarios: ["client-proxy-connect-credentials", "client-proxy-connect-silent", "client-proxy-without-port"]
  },
  {
    row: 3,
    quirk: "the lifetime limit may be overrun by the close timeout",
    decision: "fixed",
    scenarios: ["server-lifetime-is-not-extended-by-close-timeout"]
  },
  { row: 4, quirk: ":PORT listens on IPv4 only", decision: "kept", scenarios: ["server-listens-on-port-alone"] },
  {
    row: 5,
    quirk: "usage and version go to stderr; no command exits with 0",
    decision: "kept",
    scenarios: ["server-help", "server-version", "server-no-command-shows-help"]
  },
  {
    row: 6,
    quirk: "a second SIGTERM kills",
    decision: "kept",
    scenarios: ["server-second-sigterm-kills", "server-sigint-after-sigterm-kills"]
  },
  {
    row: 7,
    quirk: "timed reloads go on while draining",
    decision: "kept",
    scenarios: ["server-drain-timed-reload-goes-on"]
  },
  {
    row: 8,
    quirk: "a reload is called complete even when it failed",
    decision: "kept",
    scenarios: ["client-reload"]
  },
  {
    row: 9,
    quirk: "http: Server closed is logged at shutdown",
    decision: "dropped",
    scenarios: ["server-drain-does-not-mention-http"]
  },
  {
    row: 10,
    quirk: "one port that cannot be read disables the whole sandbox",
    decision: "fixed",
    scenarios: ["server-sandbox-without-one-port", "server-sandbox-required-without-port"]
  },
  {
    row: 11,
    quirk: "one systemd socket serves two listeners",
    decision: "refused",
    scenarios: ["server-rejects-one-socket-for-two-listeners"]
  }
]
