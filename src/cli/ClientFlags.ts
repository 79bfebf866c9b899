/** The flags of `client` (docs/compatibility/command-line.md, 1.7). */
import type { Command } from "effect/cli"
import * as Spec from "./FlagSpec.ts"
import * as Grammar from "./Grammar.ts"

/** The table of `client`'s flags. */
export const clientFlags = {
  listen: Spec.requiredText("listen", {
    help: "Address to accept plaintext connections on: HOST:PORT, unix:PATH, systemd:NAME or launchd:NAME.",
    metavar: "ADDR",
    sandbox: "bind"
  }),
  target: Spec.requiredText("target", {
    help: "TLS server: HOST:PORT, or unix:PATH with --override-server-name.",
    metavar: "ADDR",
    sandbox: "connect"
  }),
  unsafeListen: Spec.toggle("unsafe-listen", { help: "Let --listen be reachable from other machines." }),
  overrideServerName: Spec.text("override-server-name", {
    help: "Name to ask for and to verify, instead of the target's host.",
    metavar: "NAME"
  }),
  ocsp: Spec.value("ocsp", Grammar.oneOf(["off", "staple", "require"]), "off", {
    help: "Check the OCSP response that the server staples: off, staple (if there is one or the certificate demands it) or require (default off).",
    metavar: "MODE"
  }),
  proxy: Spec.value("proxy", Grammar.secretUrl, "", {
    help: "Connect through this proxy: http://, socks5:// or socks5h://.",
    metavar: "URL",
    aliases: ["connect-proxy"],
    sandbox: "proxy"
  }),
  proxyFile: Spec.text("proxy-file", {
    help: "File with the URL of that proxy, if it holds a password: a path, or credential:NAME.",
    metavar: "PATH",
    sandbox: "read"
  }),
  verifyCn: Spec.list("verify-cn", Grammar.text, { help: "Accept servers with this common name.", metavar: "CN" }),
  verifyOu: Spec.list("verify-ou", Grammar.text, {
    help: "Accept servers with this organizational unit.",
    metavar: "OU"
  }),
  verifyDns: Spec.list("verify-dns", Grammar.text, {
    help: "Accept servers with this DNS subject alternative name.",
    metavar: "DNS",
    aliases: ["verify-dns-san"]
  }),
  verifyIp: Spec.list("verify-ip", Grammar.ip, {
    help: "Accept servers with this IP subject alternative name.",
    metavar: "IP",
    aliases: ["verify-ip-san"],
    hidden: true
  }),
  verifyUri: Spec.list("verify-uri", Grammar.text, {
    help: "Accept servers with a URI subject alternative name that matches this pattern.",
    metavar: "URI",
    aliases: ["verify-uri-san"]
  }),
  verifySpkiPin: Spec.list("verify-spki-pin", Grammar.text, {
    help: "Accept servers with this public key, whatever their certificate says: sha256:BASE64.",
    metavar: "PIN"
  }),
  verifyPolicy: Spec.text("verify-policy", {
    help: "Path to an OPA policy bundle that decides on servers.",
    metavar: "PATH",
    sandbox: "read"
  }),
  verifyQuery: Spec.text("verify-query", { help: "Query for --verify-policy.", metavar: "QUERY" }),
  disableAuthentication: Spec.toggle("disable-authentication", { help: "Present no certificate to the server." })
} as const

/** The flags of `client` as parsed. */
export type ClientFlags = Command.Command.Config.Infer<typeof clientFlags>
