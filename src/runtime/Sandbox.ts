/**
 * What the process may do once it is sandboxed, as a value: derived from what the flags need, the environment and what
 * Node itself needs (docs/compatibility/command-line.md, 7). Pure but for the look at the disk that is handed in.
 */
import { basename, dirname, join, resolve } from "node:path"
import { Result } from "effect"
import * as Address from "../config/Address.ts"
import { resolveSecretPath } from "../config/SecretPath.ts"

/** What a flag's value makes the process do. `proxy` is a connect whose `http://` means port 8080. */
export type NeedKind = "read" | "write" | "connect" | "bind" | "proxy" | "acme"

/** One need, with who has it for the sentences that say what is wrong. */
export interface Need {
  readonly kind: NeedKind
  /** Flag or variable, as the user writes it: `--cert`, `$SSL_CERT_FILE`. */
  readonly of: string
  /** A path, an address or a URL. */
  readonly text: string
}

/** A file or socket path, or everything below a directory. A path that is missing is passed over. */
export interface PathRule {
  readonly path: string
  readonly access: "read" | "write"
}

/** All that stays allowed. */
export interface SandboxRules {
  readonly paths: ReadonlyArray<PathRule>
  /** Ports to listen on; `any` when one of them is only known once it is bound. */
  readonly bind: ReadonlyArray<number> | "any"
  readonly connect: ReadonlyArray<number>
  /** One sentence for every need that no rule could be made of. */
  readonly problems: ReadonlyArray<string>
}

/** The look at the disk that rules need; all of it synchronous. */
export interface Disk {
  readonly isDirectory: (path: string) => boolean
  /** The path without links, or undefined when there is nothing. */
  readonly realpath: (path: string) => string | undefined
  /** Names in a directory; none when it cannot be read. */
  readonly names: (directory: string) => ReadonlyArray<string>
}

/** The process that is to be sandboxed. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** What Node reads for itself: its binary, shared libraries, the application's files. */
  readonly runtime: ReadonlyArray<string>
  /** Names that stand for ports. */
  readonly services?: Address.Services
}

/** The need of a flag with this description and value; none for a flag that is absent or has no text. Pure. */
export const needOf = (
  flag: { readonly name: string; readonly sandbox: NeedKind | "source" | "none" },
  value: unknown
): Need | undefined => {
  const text =
    typeof value === "object" && value !== null && "text" in value ? value.text : typeof value === "string" ? value : ""
  if (flag.sandbox === "none" || typeof text !== "string" || text === "") return undefined
  // What a source makes the process do depends on its text.
  const kind = flag.sandbox === "source" ? (/^https?:\/\//i.test(text) ? "connect" : "read") : flag.sandbox
  return { kind, of: `--${flag.name}`, text }
}

const writable = ["/dev", "/run", "/var/run", "/proc", "/tmp"]
const readable = [
  "/sys",
  "/etc",
  "/usr/share/zoneinfo",
  "/usr/share/ca-certificates",
  "/usr/local/share/ca-certificates",
  "/var/lib/ca-certificates"
]

/** Files that live elsewhere on some systems, behind a link in a directory that is allowed. */
const linked = [
  "/etc/hosts",
  "/etc/localtime",
  "/etc/nsswitch.conf",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/resolv.conf",
  "/etc/services",
  "/etc/ssl/cert.pem",
  "/etc/ssl/certs/ca-certificates.crt"
]

/** Variables that name files which Node reads when they are first needed. */
const runtimeFiles = ["NODE_EXTRA_CA_CERTS", "OPENSSL_CONF", "NODE_ICU_DATA"]
const proxyVariables = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"]

const DNS = 53
const HTTPS = 443

const read = (path: string): PathRule => ({ path, access: "read" })
const write = (path: string): PathRule => ({ path, access: "write" })

/** The directories a file is replaced in: its own, and that of what it links to. */
const around = (path: string, at: Surroundings, disk: Disk): ReadonlyArray<PathRule> => {
  const file = resolve(at.cwd, path)
  const target = disk.realpath(file)
  const own = dirname(file)
  const real = target === undefined ? own : dirname(target)
  return real === own ? [read(own)] : [read(own), read(real)]
}

/** Flags whose files are read again, by names that may lead elsewhere by then. */
const reloaded = new Set(["--keystore", "--cert", "--key", "--storepass-file", "--cacert", "--crl"])

/**
 * The directories that hold a link of the path, where its next target lies too as a rule. Never the root directory, nor
 * anything for a link that is the system's own: `/var/run` must not open `/var`.
 */
const aroundLinks = (path: string, at: Surroundings, disk: Disk): ReadonlyArray<PathRule> => {
  const rules: Array<PathRule> = []
  for (let part = resolve(at.cwd, path); part !== dirname(part); part = dirname(part)) {
    const holder = disk.realpath(dirname(part))
    const target = disk.realpath(part)
    if (holder === undefined || holder === "/" || target === undefined || writable.includes(part)) continue
    if (target !== join(holder, basename(part))) rules.push(read(holder))
  }
  return rules
}

const certificateDirectory = (path: string, at: Surroundings, disk: Disk): ReadonlyArray<PathRule> => {
  const directory = resolve(at.cwd, path)
  const targets = disk.names(directory).flatMap((name) => {
    const target = disk.realpath(resolve(directory, name))
    return target === undefined ? [] : [dirname(target)]
  })
  return [directory, ...new Set(targets)].map(read)
}

/** Where a connection goes: a port, a UNIX socket, or nothing that is restricted. */
type Place = { readonly port: number } | { readonly socket: string } | "free"

const defaultPorts: Readonly<Record<string, number>> = { http: 80, https: HTTPS, socks5: 1080, socks5h: 1080 }

const placeOfUrl = (text: string, ports: Readonly<Record<string, number>>): Result.Result<Place, string> => {
  const scheme = text.slice(0, text.indexOf("://")).toLowerCase()
  const byDefault = ports[scheme]
  if (byDefault === undefined) return Result.fail(`unknown scheme ${JSON.stringify(scheme)}`)
  // The port as it is written: the parser drops one that is the scheme's own.
  const authority = /^[^/?#\\]*/.exec(text.slice(scheme.length + 3))?.[0] ?? ""
  const written = /:(\d*)$/.exec(authority)?.[1] ?? ""
  const port = written === "" ? byDefault : Number(written)
  if (!URL.canParse(text)) return Result.fail("not a URL")
  return port > 0 && port <= 65535 ? Result.succeed({ port }) : Result.fail("no numeric port")
}

const placeOfAddress = (text: string, services?: Address.Services): Result.Result<Place, string> =>
  Result.flatMap(Address.parse(text, services), (address): Result.Result<Place, string> => {
    switch (address._tag) {
      case "Tcp":
        return Result.succeed({ port: address.port })
      case "Unix":
        return Result.succeed({ socket: address.path })
      default:
        return Result.succeed("free")
    }
  })

/** Reads what a connection is made to: `HOST:PORT`, `unix:PATH`, `tcp://..`, `unix://..` or a URL. Pure. */
export const connectPlace = (need: Need, services?: Address.Services): Result.Result<Place, string> => {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(need.text)?.[1]?.toLowerCase()
  const place =
    scheme === undefined
      ? placeOfAddress(need.text, services)
      : scheme === "tcp" || scheme === "unix"
        ? placeOfAddress(need.text.replace(/^tcp:\/\//i, "").replace(/^unix:\/\//i, "unix:"), services)
        : placeOfUrl(need.text, need.kind === "proxy" ? { ...defaultPorts, http: 8080 } : defaultPorts)
  return Result.flatMap(place, (found) =>
    typeof found === "object" && "port" in found && found.port === 0
      ? Result.fail("no numeric port")
      : Result.succeed(found)
  )
}

/** URLs in the environment that outgoing HTTP may go through, each once. A value without a scheme means `http://`. */
const proxyNeeds = (env: Surroundings["env"]): ReadonlyArray<Need> => {
  const seen = new Set<string>()
  return proxyVariables.flatMap((name) => {
    const value = env[name] ?? ""
    if (value === "" || seen.has(value)) return []
    seen.add(value)
    return [{ kind: "connect", of: `$${name}`, text: value.includes("://") ? value : `http://${value}` }]
  })
}

/** Rules as they come together. */
class Draft {
  readonly paths: Array<PathRule> = []
  readonly binds = new Set<number>()
  readonly connects = new Set([DNS])
  readonly problems: Array<string> = []
  bindAny = false
  readonly #at: Surroundings
  readonly #disk: Disk

  constructor(at: Surroundings, disk: Disk) {
    this.#at = at
    this.#disk = disk
  }

  add(need: Need, needs: ReadonlyArray<Need>): void {
    switch (need.kind) {
      case "read":
        return this.#read(need)
      case "write":
        return this.#socket(need, need.text)
      case "bind":
        return this.#bind(need)
      case "acme": {
        const data = this.#at.env.XDG_DATA_HOME ?? resolve(this.#at.env.HOME ?? "/", ".local/share")
        this.paths.push(write(data))
        if (!needs.some(({ of }) => of === "--auto-acme-ca" || of === "--auto-acme-testca")) this.connects.add(HTTPS)
        return
      }
      default:
        return this.#connect(need)
    }
  }

  #read(need: Need): void {
    const path = resolveSecretPath(need.text, this.#at.env)
    if (Result.isFailure(path)) return this.#problem(need, path.failure)
    this.paths.push(...around(path.success, this.#at, this.#disk))
    if (reloaded.has(need.of)) this.paths.push(...aroundLinks(path.success, this.#at, this.#disk))
    const isSource = need.of === "--crl" && this.#disk.isDirectory(resolve(this.#at.cwd, path.success))
    if (isSource) this.paths.push(...certificateDirectory(path.success, this.#at, this.#disk))
  }

  #connect(need: Need): void {
    const place = connectPlace(need, this.#at.services)
    if (Result.isFailure(place)) {
      // A proxy's URL that is none may hold a password all the same.
      const isSecret = need.kind === "proxy" && need.text.includes("@")
      return this.#problem(need, isSecret ? "not a URL" : place.failure)
    }
    if (place.success === "free") return
    if ("socket" in place.success) return this.#socket(need, place.success.socket)
    this.connects.add(place.success.port)
  }

  #bind(need: Need): void {
    const place = placeOfAddress(need.text.replace(/^https?:\/\//, ""), this.#at.services)
    if (Result.isFailure(place)) return this.#problem(need, place.failure)
    if (place.success === "free") return
    if ("socket" in place.success) return this.#socket(need, place.success.socket)
    if (place.success.port > 0) return void this.binds.add(place.success.port)
    this.bindAny = true
    this.problems.push(`${need.of} ${JSON.stringify(need.text)} names no port, so listening is not restricted`)
  }

  /** A socket's file comes and goes in its directory. Abstract names have none. */
  #socket(need: Need, path: string): void {
    if (path.startsWith("@")) return
    const directory = dirname(resolve(this.#at.cwd, path))
    if (!this.#disk.isDirectory(directory)) return this.#problem(need, `${directory}: no such directory`)
    this.paths.push(write(directory))
  }

  #problem(need: Need, why: string): void {
    this.problems.push(`no rule for ${need.of}: ${why}`)
  }
}

const unique = (rules: ReadonlyArray<PathRule>): ReadonlyArray<PathRule> => {
  const access = new Map<string, PathRule["access"]>()
  for (const rule of rules) if (access.get(rule.path) !== "write") access.set(rule.path, rule.access)
  return [...access].map(([path, access]) => ({ path, access }))
}

/**
 * The rules that needs come to (docs/compatibility/command-line.md, 7). A need that makes no sense costs its own rule and
 * leaves a sentence behind.
 */
export const derive = (needs: ReadonlyArray<Need>, at: Surroundings, disk: Disk): SandboxRules => {
  const draft = new Draft(at, disk)
  draft.paths.push(...writable.map(write), ...readable.map(read), ...at.runtime.map(read))
  for (const path of linked) {
    const target = disk.realpath(path)
    if (target !== undefined && target !== path) draft.paths.push(read(target))
  }
  for (const name of ["SSL_CERT_FILE", ...runtimeFiles]) {
    const path = at.env[name] ?? ""
    if (path !== "") draft.add({ kind: "read", of: `$${name}`, text: path }, needs)
  }
  for (const path of (at.env.SSL_CERT_DIR ?? "").split(":")) {
    if (path !== "") draft.paths.push(...certificateDirectory(path, at, disk))
  }
  const all = [...needs, ...proxyNeeds(at.env)]
  for (const need of all) draft.add(need, all)
  const sorted = (ports: ReadonlySet<number>) => [...ports].sort((a, b) => a - b)
  return {
    paths: unique(draft.paths),
    bind: draft.bindAny ? "any" : sorted(draft.binds),
    connect: sorted(draft.connects),
    problems: draft.problems
  }
}
