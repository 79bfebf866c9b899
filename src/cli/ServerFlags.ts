/** The flags of `server` (docs/compatibility/command-line.md, 1.6). */
import { Duration } from "effect"
import type { Command } from "effect/cli"
import * as Spec from "./FlagSpec.ts"
import * as Grammar from "./Grammar.ts"

const modes: Grammar.Grammar<"conn" | "tls" | "tls-full" | undefined> = Grammar.oneOf(["conn", "tls", "tls-full"])

/** The table of `server`'s flags. */
export const serverFlags = {
  listen: Spec.requiredText("listen", {
    help: "Address to accept TLS connections on: HOST:PORT, unix:PATH, systemd:NAME or launchd:NAME.",
    metavar: "ADDR",
    sandbox: "bind"
  }),
  target: Spec.requiredText("target", {
    help: "Plaintext backend: HOST:PORT or unix:PATH.",
    metavar: "ADDR",
    sandbox: "connect"
  }),
  targetStatus: Spec.text("target-status", {
    help: "Check the backend with an HTTP GET of this URL instead of a bare connection.",
    metavar: "URL",
    sandbox: "connect"
  }),
  targetStatusFile: Spec.text("target-status-file", {
    help: "File with that URL, if it holds a password: a path, or credential:NAME.",
    metavar: "PATH",
    sandbox: "read"
  }),
  proxyProtocol: Spec.toggle("proxy-protocol", {
    help: "Send a PROXY protocol v2 header to the backend; the same as --proxy-protocol-mode=conn."
  }),
  proxyProtocolMode: Spec.value("proxy-protocol-mode", modes, undefined, {
    help: "Send a PROXY protocol v2 header with connection (conn), TLS (tls) or client certificate (tls-full) facts.",
    metavar: "MODE"
  }),
  unsafeTarget: Spec.toggle("unsafe-target", { help: "Let --target be on another machine." }),
  allowAll: Spec.toggle("allow-all", { help: "Allow every client whose certificate verifies." }),
  allowCn: Spec.list("allow-cn", Grammar.text, { help: "Allow clients with this common name.", metavar: "CN" }),
  allowOu: Spec.list("allow-ou", Grammar.text, { help: "Allow clients with this organizational unit.", metavar: "OU" }),
  allowDns: Spec.list("allow-dns", Grammar.text, {
    help: "Allow clients with this DNS subject alternative name.",
    metavar: "DNS",
    aliases: ["allow-dns-san"]
  }),
  allowIp: Spec.list("allow-ip", Grammar.ip, {
    help: "Allow clients with this IP subject alternative name.",
    metavar: "IP",
    aliases: ["allow-ip-san"],
    hidden: true
  }),
  allowUri: Spec.list("allow-uri", Grammar.text, {
    help: "Allow clients with a URI subject alternative name that matches this pattern.",
    metavar: "URI",
    aliases: ["allow-uri-san"]
  }),
  allowSpkiPin: Spec.list("allow-spki-pin", Grammar.text, {
    help: "Allow clients with this public key, whatever their certificate says: sha256:BASE64.",
    metavar: "PIN"
  }),
  allowPolicy: Spec.text("allow-policy", {
    help: "Path to an OPA policy bundle that decides on clients.",
    metavar: "PATH",
    sandbox: "read"
  }),
  allowQuery: Spec.text("allow-query", { help: "Query for --allow-policy.", metavar: "QUERY" }),
  disableAuthentication: Spec.toggle("disable-authentication", { help: "Do not ask clients for a certificate." }),
  autoAcmeCert: Spec.text("auto-acme-cert", {
    help: "Obtain a certificate for this name by ACME.",
    metavar: "NAME",
    sandbox: "acme"
  }),
  autoAcmeEmail: Spec.text("auto-acme-email", { help: "E-mail address of the ACME account.", metavar: "EMAIL" }),
  autoAcmeCa: Spec.text("auto-acme-ca", {
    help: "Directory URL of the ACME service.",
    metavar: "URL",
    sandbox: "connect"
  }),
  autoAcmeTestca: Spec.text("auto-acme-testca", {
    help: "Directory URL of the ACME test service.",
    metavar: "URL",
    sandbox: "connect"
  }),
  autoAcmeAgreeToTos: Spec.toggle("auto-acme-agree-to-tos", { help: "Agree to the ACME service's terms." }),
  autoAcmeRenewCheckInterval: Spec.duration("auto-acme-renew-check-interval", Duration.zero, {
    help: "Interval of ACME renewal checks.",
    hidden: true
  }),
  autoAcmeAltTlsAlpnPort: Spec.value("auto-acme-alt-tls-alpn-port", Grammar.int, 0, {
    help: "Port of TLS-ALPN-01 challenges.",
    metavar: "PORT",
    hidden: true
  })
} as const

/** The flags of `server` as parsed. */
export type ServerFlags = Command.Command.Config.Infer<typeof serverFlags>
