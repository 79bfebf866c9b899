/** The flags that both modes take (docs/compatibility/command-line.md, 1.5). They may stand before or after the command. */
import { Duration } from "effect"
import type { Command } from "effect/cli"
import { QuietClass } from "../config/TunnelConfig.ts"
import * as Spec from "./FlagSpec.ts"
import * as Grammar from "./Grammar.ts"
import { resolved } from "./Resolve.ts"

const crlModes: Grammar.Grammar<"strict" | "warn" | undefined> = Grammar.oneOf(["strict", "warn"])

/** The table of shared flags. */
export const sharedFlags = {
  keystore: Spec.text("keystore", {
    help: "Path to keystore (combined PEM with certificate and key, PKCS#12 or JCEKS).",
    metavar: "PATH",
    env: "KEYSTORE_PATH",
    sandbox: "read"
  }),
  cert: Spec.text("cert", {
    help: "Path to certificate chain (PEM, leaf first).",
    metavar: "PATH",
    env: "CERT_PATH",
    sandbox: "read"
  }),
  key: Spec.text("key", {
    help: "Path to the certificate's private key (PEM).",
    metavar: "PATH",
    env: "KEY_PATH",
    sandbox: "read"
  }),
  storepass: Spec.secret("storepass", "KEYSTORE_PASS", {
    help: "Password of the keystore or of the encrypted key.",
    metavar: "PASS"
  }),
  storepassFile: Spec.text("storepass-file", {
    help: "File with that password: a path, or credential:NAME for a systemd credential.",
    metavar: "PATH",
    env: "KEYSTORE_PASS_FILE",
    sandbox: "read"
  }),
  cacert: Spec.text("cacert", {
    help: "Path to CA bundle (PEM). The system's trust store without it.",
    metavar: "PATH",
    env: "CACERT_PATH",
    sandbox: "read"
  }),
  crl: Spec.list("crl", Grammar.listSource, {
    help: "Revocation lists (PEM or DER): a file, a directory, or an http(s) URL that is fetched in the background. Peers with revoked certificates are refused. Repeatable.",
    metavar: "PATH|URL",
    sandbox: "source"
  }),
  crlMode: Spec.value("crl-mode", crlModes, undefined, {
    help: "When an issuer's list is missing or stale: refuse (strict) or admit with a warning (warn) (default strict).",
    metavar: "MODE"
  }),
  useWorkloadApi: Spec.toggle("use-workload-api", {
    help: "Take certificate and roots from the SPIFFE Workload API.",
    sandbox: "connect"
  }),
  useWorkloadApiAddr: Spec.text("use-workload-api-addr", {
    help: "Address of the SPIFFE Workload API; implies --use-workload-api.",
    metavar: "ADDR",
    env: "SPIFFE_ENDPOINT_SOCKET",
    sandbox: "connect"
  }),
  useWorkloadApiTimeout: Spec.duration("use-workload-api-timeout", Duration.minutes(10), {
    help: "Limit for the first answer of the Workload API; 0 for none (default 10m)."
  }),
  timedReload: Spec.duration("timed-reload", Duration.zero, {
    help: "Reload certificates at this interval, without being asked to."
  }),
  watch: Spec.toggle("watch", {
    help: "Reload certificates within two seconds after their files have changed."
  }),
  shutdownTimeout: Spec.duration("shutdown-timeout", Duration.minutes(5), {
    help: "How long open connections may go on after a shutdown request (default 5m)."
  }),
  connectTimeout: Spec.duration("connect-timeout", Duration.seconds(10), {
    help: "Limit for handshake and backend connection together (default 10s)."
  }),
  closeTimeout: Spec.duration("close-timeout", Duration.seconds(60), {
    help: "How long a connection may be idle once one side has closed (default 60s)."
  }),
  maxConnLifetime: Spec.duration("max-conn-lifetime", Duration.zero, {
    help: "Cut connections after this time; 0 for no limit (default 0s)."
  }),
  maxConcurrentConns: Spec.value("max-concurrent-conns", Grammar.uint32, 0, {
    help: "Connections at a time; further ones wait. 0 for no limit (default 0).",
    metavar: "N"
  }),
  workers: Spec.value("workers", Grammar.workers, "auto", {
    help: "Threads that carry connections: a number, 0 for none but the main one, or 'auto' (default auto).",
    metavar: "N"
  }),
  transport: Spec.value("transport", Grammar.oneOf(["auto", "native", "node"]), "auto", {
    help: "What carries bytes: node, native (Linux; node where its self-test fails), or auto (default auto).",
    metavar: "NAME"
  }),
  alpn: Spec.list("alpn", Grammar.protocols, {
    help: "Application protocols to agree on by ALPN, such as h2,http/1.1. Servers take the first of theirs that is offered; clients offer all. Repeatable.",
    metavar: "PROTO"
  }),
  metricsGraphite: Spec.checked("metrics-graphite", Grammar.tcpAddress, resolved, {
    help: "Push metrics to this Graphite address over TCP, every second.",
    metavar: "ADDR",
    sandbox: "connect"
  }),
  metricsUrl: Spec.text("metrics-url", {
    help: "POST metrics as JSON to this URL (http:// or https://).",
    metavar: "URL",
    sandbox: "connect"
  }),
  metricsUrlFile: Spec.text("metrics-url-file", {
    help: "File with that URL, if it holds a password: a path, or credential:NAME.",
    metavar: "PATH",
    sandbox: "read"
  }),
  otlpEndpoint: Spec.text("otlp-endpoint", {
    help: "Push metrics by OTLP to the collector at this URL (http:// or https://), such as http://localhost:4318.",
    metavar: "URL",
    sandbox: "connect"
  }),
  otlpEndpointFile: Spec.text("otlp-endpoint-file", {
    help: "File with that URL, if it holds a password: a path, or credential:NAME.",
    metavar: "PATH",
    sandbox: "read"
  }),
  otlpTraces: Spec.toggle("otlp-traces", {
    help: "Push a span and log records of every connection to --otlp-endpoint, too."
  }),
  metricsPrefix: Spec.value("metrics-prefix", Grammar.metricsPrefix, "ghostunnel", {
    help: "Prefix of every metric (default ghostunnel).",
    metavar: "PREFIX"
  }),
  metricsInterval: Spec.duration("metrics-interval", Duration.seconds(30), {
    help: "Interval of metrics collection and of pushes by HTTP (default 30s)."
  }),
  metricsIdentities: Spec.value("metrics-identities", Grammar.identities, 0, {
    help: "Show the N busiest peers by identity at /_metrics/openmetrics, the rest as 'other' (default 0, at most 1000).",
    metavar: "N"
  }),
  status: Spec.text("status", {
    help: "Serve status and metrics on [http(s)://]HOST:PORT, unix:PATH or systemd:NAME.",
    metavar: "ADDR",
    sandbox: "bind"
  }),
  enablePprof: Spec.toggle("enable-pprof", { help: "Serve /debug/pprof on the status address." }),
  enableShutdown: Spec.toggle("enable-shutdown", {
    help: "Serve /_shutdown on the status address: POST stops the tunnel gracefully."
  }),
  statusAllowHost: Spec.list("status-allow-host", Grammar.allowedHost, {
    help: "Host under which browsers may open a status address of plain HTTP, besides addresses and localhost. Repeatable.",
    metavar: "HOST"
  }),
  statusUi: Spec.toggle("status-ui", { help: "Serve a status page on / of the status address." }),
  quiet: Spec.list("quiet", Grammar.oneOf(["", "all", "conns", "handshake-errs", "conn-errs"]), {
    help: "Silence log lines: all, conns, conn-errs or handshake-errs.",
    metavar: "CLASS"
  }),
  logFormat: Spec.value("log-format", Grammar.oneOf(["text", "json"]), "text", {
    help: "How log lines look: text, or json for one object a line (default text).",
    metavar: "FORMAT"
  }),
  skipResolve: Spec.toggle("skip-resolve", { help: "Do not check at start that the target resolves." }),
  syslog: Spec.toggle("syslog", { help: "Log to syslog instead of stdout.", sandbox: "connect" }),
  disableLandlock: Spec.toggle("disable-landlock", { help: "Do not sandbox the process: --sandbox=off." }),
  sandbox: Spec.value("sandbox", Grammar.oneOf(["auto", "off", "require"]), "auto", {
    help: "Landlock: auto (what the kernel can), off, or require (files and TCP, or no start).",
    metavar: "MODE"
  }),
  useLandlock: Spec.toggle("use-landlock", { help: "Accepted for compatibility; has no effect.", hidden: true }),
  cipherSuites: Spec.value("cipher-suites", Grammar.text, "AES,CHACHA", {
    help: "Groups of TLS 1.2 cipher suites: AES, CHACHA.",
    metavar: "GROUPS",
    hidden: true
  }),
  allowUnsafeCipherSuites: Spec.toggle("allow-unsafe-cipher-suites", {
    help: "Let --cipher-suites name unsafe groups.",
    hidden: true
  }),
  maxTlsVersion: Spec.text("max-tls-version", {
    help: "Highest TLS version: TLS1.2 or TLS1.3.",
    metavar: "VERSION",
    hidden: true
  })
} as const

/** The shared flags as parsed. */
export type SharedFlags = Command.Command.Config.Infer<typeof sharedFlags>

/** The classes of log lines that the flags silence. Known before anything else, because the log is set up by it. */
export const quietClasses = (flags: SharedFlags): ReadonlyArray<QuietClass> =>
  QuietClass.literals.filter((known) => flags.quiet.includes(known))
