import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import fc from "fast-check"
import { connectPlace, type Disk, derive, type Need, needOf, type Surroundings } from "../../src/runtime/Sandbox.ts"

/** A disk of directories and links. */
const diskOf = (directories: ReadonlyArray<string>, links: Readonly<Record<string, string>> = {}): Disk => ({
  isDirectory: (path) => directories.includes(path),
  realpath: (path) => links[path] ?? path,
  names: (directory) =>
    Object.keys(links)
      .filter((path) => path.startsWith(`${directory}/`))
      .map((path) => path.slice(directory.length + 1))
})

const surroundings = (env: Surroundings["env"] = {}): Surroundings => ({
  env,
  cwd: "/home/me",
  runtime: ["/usr/bin/node", "/app"],
  services: (name) => (name === "my-service" ? 4711 : undefined)
})

const empty = diskOf([])
const flag = (kind: Need["kind"], name: string, text: string): Need => ({ kind, of: `--${name}`, text })
const rulesOf = (needs: ReadonlyArray<Need>, disk = empty, env: Surroundings["env"] = {}) =>
  derive(needs, surroundings(env), disk)
const base = rulesOf([])
/** What a need adds to the paths that are always there. */
const added = (needs: ReadonlyArray<Need>, disk = empty, env: Surroundings["env"] = {}) =>
  rulesOf(needs, disk, env)
    .paths.filter(({ path }) => !base.paths.some((known) => known.path === path))
    .map(({ access, path }) => `${access} ${path}`)

describe("needs of flags", () => {
  it("come from what the flag says of itself", () => {
    assert.deepStrictEqual(needOf({ name: "cert", sandbox: "read" }, "x.pem"), flag("read", "cert", "x.pem"))
    const address = { _tag: "Tcp", text: "a:1", host: "a", port: 1 }
    assert.deepStrictEqual(needOf({ name: "g", sandbox: "connect" }, address), flag("connect", "g", "a:1"))
    for (const value of ["", undefined, true, false, 7, [], {}, { text: 7 }, null]) {
      assert.isUndefined(needOf({ name: "x", sandbox: "connect" }, value))
    }
    assert.isUndefined(needOf({ name: "x", sandbox: "none" }, "text"))
  })
})

describe("rules for files", () => {
  it("always hold the Go program's lists and Node's own files", () => {
    const of = (access: "read" | "write") => base.paths.filter((rule) => rule.access === access).map(({ path }) => path)
    assert.deepStrictEqual(of("write"), ["/dev", "/run", "/var/run", "/proc", "/tmp"])
    assert.deepStrictEqual(of("read"), [
      "/sys",
      "/etc",
      "/usr/share/zoneinfo",
      "/usr/share/ca-certificates",
      "/usr/local/share/ca-certificates",
      "/var/lib/ca-certificates",
      "/usr/bin/node",
      "/app"
    ])
    assert.deepStrictEqual([base.bind, base.connect, base.problems], [[], [53], []])
  })

  it("allow the directory of a file, and of what it links to", () => {
    assert.deepStrictEqual(added([flag("read", "cert", "/certs/a.pem")]), ["read /certs"])
    assert.deepStrictEqual(added([flag("read", "cert", "a.pem")]), ["read /home/me"])
    const links = diskOf([], { "/certs/a.pem": "/store/2026/a.pem" })
    assert.deepStrictEqual(added([flag("read", "key", "/certs/a.pem")], links), ["read /certs", "read /store/2026"])
    // A file that is not there yet may come.
    const missing: Disk = { ...empty, realpath: () => undefined }
    assert.deepStrictEqual(added([flag("read", "cacert", "/certs/b.pem")], missing), ["read /certs"])
  })

  it("allow the directory of every link on the way to a file that is read again", () => {
    const links = diskOf([], { "/srv/app/current": "/srv/app/v1", "/srv/app/current/a.pem": "/srv/app/v1/a.pem" })
    const around = ["read /srv/app/current", "read /srv/app/v1"]
    const path = "/srv/app/current/a.pem"
    for (const name of ["keystore", "cert", "key", "storepass-file", "cacert", "crl"]) {
      assert.deepStrictEqual(added([flag("read", name, path)], links), [...around, "read /srv/app"], name)
    }
    assert.deepStrictEqual(added([flag("read", "target-status-file", path)], links), around)
    assert.deepStrictEqual(added([], links, { SSL_CERT_FILE: path }), around)
    const relative = diskOf([], { "/home/me/x": "/home/me/1", "/home/me/x/a.pem": "/home/me/1/a.pem" })
    assert.include(added([flag("read", "cert", "x/a.pem")], relative), "read /home/me")
  })

  it("never allow a whole disk for a link", () => {
    const direct = diskOf([], { "/certs": "/data/1", "/certs/a.pem": "/data/1/a.pem" })
    assert.deepStrictEqual(added([flag("read", "cert", "/certs/a.pem")], direct), ["read /certs", "read /data/1"])
    // Where the link's directory is the root by another name.
    const root = { "/mnt/all": "/", "/mnt/all/certs": "/data/1", "/mnt/all/certs/a.pem": "/data/1/a.pem" }
    assert.deepStrictEqual(added([flag("read", "cert", "/mnt/all/certs/a.pem")], diskOf([], root)), [
      "read /mnt/all/certs",
      "read /data/1",
      "read /mnt"
    ])
    const run = { "/var/run": "/run", "/var/run/secrets": "/run/secrets", "/var/run/secrets/ca": "/run/secrets/ca" }
    assert.deepStrictEqual(added([flag("read", "cacert", "/var/run/secrets/ca")], diskOf([], run)), [
      "read /var/run/secrets",
      "read /run/secrets"
    ])
  })

  it("find the credentials of the service manager", () => {
    const need = [flag("read", "storepass-file", "credential:secret")]
    const env = { CREDENTIALS_DIRECTORY: "/var/credentials" }
    assert.deepStrictEqual(added(need, empty, env), ["read /var/credentials"])
    const { problems } = rulesOf(need)
    const why = "$CREDENTIALS_DIRECTORY is not set: systemd sets it for units with LoadCredential="
    assert.deepStrictEqual(problems, [`no rule for --storepass-file: ${why}`])
  })

  it("follow the environment's trust stores", () => {
    const disk = diskOf([], { "/my/certs/1.pem": "/elsewhere/1.pem", "/etc/resolv.conf": "/mnt/wsl/resolv.conf" })
    assert.deepStrictEqual(
      added([], disk, {
        SSL_CERT_DIR: "/my/certs::/other",
        SSL_CERT_FILE: "/ca/b.pem",
        NODE_EXTRA_CA_CERTS: "/x/e.pem"
      }),
      ["read /mnt/wsl/resolv.conf", "read /ca", "read /x", "read /my/certs", "read /elsewhere", "read /other"]
    )
  })

  it("allow the directory of a socket, which must exist", () => {
    const disk = diskOf(["/srv/app", "/home/me/run"])
    const needs = [flag("bind", "listen", "unix:/srv/app/s"), flag("connect", "target", "unix:run/t")]
    assert.deepStrictEqual(added(needs, disk), ["write /srv/app", "write /home/me/run"])
    const missing = rulesOf([flag("bind", "listen", "unix:/none/s"), flag("bind", "status", "unix:@abstract")], disk)
    assert.deepStrictEqual(missing.problems, ["no rule for --listen: /none: no such directory"])
    assert.deepStrictEqual(missing.paths, base.paths)
    const spiffe = flag("connect", "use-workload-api-addr", "unix:///srv/app/agent.sock")
    assert.deepStrictEqual(added([spiffe], disk), ["write /srv/app"])
  })

  it("never take writing away for reading", () => {
    const disk = diskOf(["/both"])
    const needs = [flag("bind", "listen", "unix:/both/s"), flag("read", "cert", "/both/c.pem")]
    assert.deepStrictEqual(added(needs, disk), ["write /both"])
    assert.deepStrictEqual(added(needs.toReversed(), disk), ["write /both"])
    assert.isFalse(
      rulesOf([flag("read", "cert", "/tmp/c.pem")]).paths.some((rule) => rule.path === "/tmp" && rule.access === "read")
    )
  })

  it("give ACME its data directory and 443, unless its service is named", () => {
    const acme = flag("acme", "auto-acme-cert", "example.com")
    assert.deepStrictEqual(added([acme], empty, { HOME: "/home/x" }), ["write /home/x/.local/share"])
    assert.deepStrictEqual(added([acme], empty, { XDG_DATA_HOME: "/data" }), ["write /data"])
    assert.deepStrictEqual(rulesOf([acme]).connect, [53, 443])
    assert.deepStrictEqual(
      rulesOf([acme, flag("connect", "auto-acme-ca", "https://ca.test:14000/dir")]).connect,
      [53, 14000]
    )
  })
})

describe("rules for ports", () => {
  it("come from every form of address and URL", () => {
    for (const [text, port, kind] of [
      ["localhost:8080", 8080],
      ["[::1]:1", 1],
      [":443", 443],
      ["localhost:https", 443],
      ["host:my-service", 4711],
      ["http://host/x", 80],
      ["https://host", 443],
      ["HTTPS://host:80/", 80],
      ["https://host:443/", 443],
      ["https://u:p@[::1]:8443/?a=:1", 8443],
      ["tcp://127.0.0.1:9090", 9090],
      ["socks5://p", 1080, "proxy"],
      ["socks5h://p:99", 99, "proxy"],
      ["http://proxy", 8080, "proxy"],
      ["http://proxy:80", 80, "proxy"],
      ["https://proxy", 443, "proxy"]
    ] as const) {
      const needs = [flag(kind ?? "connect", "x", text)]
      assert.deepStrictEqual(
        rulesOf(needs).connect,
        [...new Set([53, port])].sort((a, b) => a - b),
        text
      )
    }
  })

  it("are not needed for sockets of systemd and launchd", () => {
    const needs = [flag("bind", "listen", "systemd:web"), flag("bind", "status", "launchd:x")]
    assert.deepStrictEqual(rulesOf(needs), base)
  })

  it("lose only the one that cannot be read", () => {
    const rules = rulesOf([
      flag("connect", "target", "localhost:8080"),
      flag("connect", "metrics-url", "http://host:99999/"),
      flag("connect", "metrics-graphite", "host:"),
      flag("connect", "target-status", "gopher://x"),
      flag("proxy", "proxy", "nothing"),
      flag("bind", "listen", "localhost:no-such"),
      flag("bind", "status", "https://localhost:6060")
    ])
    assert.deepStrictEqual([rules.connect, rules.bind], [[53, 8080], [6060]])
    assert.deepStrictEqual(rules.problems, [
      "no rule for --metrics-url: not a URL",
      "no rule for --metrics-graphite: no numeric port",
      'no rule for --target-status: unknown scheme "gopher"',
      "no rule for --proxy: address nothing: missing port in address",
      "no rule for --listen: lookup tcp/no-such: unknown port"
    ])
    assert.deepStrictEqual(rules.paths, base.paths)
  })

  it.each(["http:user:geheim@proxy:1", "user:geheim@proxy:1", "tcp://user:geheim@proxy:1", "user:ge\n@heim@proxy"])(
    "show no password of a proxy whose URL is none: %j",
    (text) => {
      const { problems } = rulesOf([flag("proxy", "proxy", text)])
      assert.strictEqual(problems.length, 1)
      assert.notMatch(problems.join(), /ge|heim/)
    }
  )

  it("do not restrict listening on a port that the kernel chooses", () => {
    const rules = rulesOf([flag("bind", "listen", "localhost:0"), flag("bind", "status", "localhost:6060")])
    assert.strictEqual(rules.bind, "any")
    assert.deepStrictEqual(rules.problems, ['--listen "localhost:0" names no port, so listening is not restricted'])
  })

  it("follow the proxies of the environment, each once", () => {
    const env = { HTTPS_PROXY: "proxy:3128", https_proxy: "proxy:3128", HTTP_PROXY: "http://other", http_proxy: "" }
    assert.deepStrictEqual(rulesOf([], empty, env).connect, [53, 80, 3128])
    const socks = rulesOf([], empty, { HTTPS_PROXY: "socks5://x", HTTP_PROXY: "x y" })
    assert.deepStrictEqual([socks.connect, socks.problems.length], [[53, 1080], 1])
  })

  it("never hold what is no port, whatever the text", () => {
    const kinds = fc.constantFrom("connect" as const, "bind" as const, "proxy" as const)
    const text = fc.oneof(
      fc.string(),
      fc.webUrl(),
      fc.tuple(fc.domain(), fc.integer()).map(([host, port]) => `${host}:${port}`),
      fc.tuple(fc.constantFrom("http", "socks5", "tcp", "unix", "x"), fc.string()).map(([a, b]) => `${a}://${b}`)
    )
    fc.assert(
      fc.property(kinds, text, (kind, text) => {
        const rules = rulesOf([flag(kind, "x", text)])
        const ports = [...rules.connect, ...(rules.bind === "any" ? [] : rules.bind)]
        assert.isTrue(ports.every((port) => Number.isInteger(port) && port > 0 && port <= 65535))
        assert.isTrue(rules.paths.every(({ path }) => path.startsWith("/")))
        const place = connectPlace(flag(kind, "x", text))
        assert.isTrue(Result.isSuccess(place) || place.failure !== "")
      })
    )
  })
})
