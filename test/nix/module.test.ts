import { assert, describe, it } from "@effect/vitest"
import { flagTable } from "../../src/cli/Commands.ts"
import { available, evaluate } from "./Nix.ts"

const reason = available ? "" : " (skipped: nix-instantiate is not installed)"
const server = `{
  mode = "server"; listen = "127.0.0.1:8443"; target = "localhost:8080";
  cert = "/pki/server.pem"; key = "/pki/server.key"; cacert = "/pki/ca.pem";
  allow.cn = [ "client one" ];
}`
const tunnels = (value: string) => `module { package = outputs.packages.x86_64-linux.default; tunnels = { ${value} }; }`
const service = (tunnel: string, more = "") =>
  `(${tunnels(`web = ${tunnel} // { ${more} };`)}).systemd.services.ghostunnel-effect-web.serviceConfig`
const execStart = (tunnel: string, more = "") => String(evaluate(`(${service(tunnel, more)}).ExecStart`))
const complaints = (tunnel: string, more = "") =>
  evaluate(
    `map (a: a.message) (builtins.filter (a: !a.assertion) (${tunnels(`web = ${tunnel} // { ${more} };`)}).assertions)`
  )

describe.skipIf(!available)(`the NixOS module${reason}`, () => {
  it("runs a server with its keys handed over by systemd", () => {
    assert.strictEqual(
      execStart(server),
      '/nix/store/ghostunnel-effect/bin/ghostunnel "server" "--listen=127.0.0.1:8443" "--target=localhost:8080"' +
        ' "--allow-cn=client one" "--shutdown-timeout=300s" --cert=%d/cert --key=%d/key --cacert=%d/cacert'
    )
    assert.deepStrictEqual(evaluate(`(${service(server)}).LoadCredential`), [
      "cert:/pki/server.pem",
      "key:/pki/server.key",
      "cacert:/pki/ca.pem"
    ])
  })

  it("lets the tunnel read its files itself when told to", () => {
    assert.include(execStart(server, "loadCredentials = false;"), '"--key=/pki/server.key"')
    assert.deepStrictEqual(evaluate(`(${service(server, "loadCredentials = false;")}).LoadCredential`), [])
  })

  it("hands over a password", () => {
    const more = 'storepassFile = "/pki/50%";'
    assert.include(execStart(server, more), '"--storepass-file=credential:storepass"')
    assert.include(JSON.stringify(evaluate(`(${service(server, more)}).LoadCredential`)), '"storepass:/pki/50%%"')
    const own = `${more} loadCredentials = false;`
    assert.include(execStart(server, own), '"--storepass-file=/pki/50%%"')
    assert.deepStrictEqual(evaluate(`(${service(server, own)}).LoadCredential`), [])
  })

  it("hands over revocation lists", () => {
    const more = 'crl = [ "/pki/root.crl" "/pki/issuer.crl" ]; crlMode = "warn";'
    assert.include(execStart(server, more), '"--crl-mode=warn"')
    assert.include(execStart(server, more), " --crl=%d/crl-0 --crl=%d/crl-1")
    const loaded = JSON.stringify(evaluate(`(${service(server, more)}).LoadCredential`))
    assert.include(loaded, '"crl-0:/pki/root.crl","crl-1:/pki/issuer.crl"')
    assert.include(
      execStart(server, `${more} loadCredentials = false;`),
      '"--crl=/pki/root.crl" "--crl=/pki/issuer.crl"'
    )
  })

  it("hands over URLs that may hold passwords", () => {
    const more = 'targetStatusFile = "/s/t"; metricsUrlFile = "/s/m"; otlpEndpointFile = "/s/o";'
    const words = ["target-status", "metrics-url", "otlp-endpoint"]
    for (const name of words) assert.include(execStart(server, more), `"--${name}-file=credential:${name}"`)
    const loaded = JSON.stringify(evaluate(`(${service(server, more)}).LoadCredential`))
    for (const name of words) assert.include(loaded, `"${name}:/s/${name[0]}"`)
    const client =
      '{ mode = "client"; listen = "localhost:1"; target = "a:2"; disableAuthentication = true; proxyFile = "/s/p"; }'
    assert.include(execStart(client), '"--proxy-file=credential:proxy"')
    assert.include(execStart(client, "loadCredentials = false;"), '"--proxy-file=/s/p"')
  })

  it("has an option for everything the tunnel does beyond the Go program", () => {
    const more = `
      loadCredentials = false; watch = true; alpn = [ "h2" "http/1.1" ]; status = "localhost:6060"; statusUi = true;
      statusAllowHosts = [ "a.example" "b.example" ];
      metricsIdentities = 20; otlpEndpoint = "http://localhost:4318"; otlpTraces = true; logFormat = "json";
      workers = 0; transport = "native"; sandbox = "require";`
    assert.include(
      execStart(server, more),
      '"--watch" "--alpn=h2" "--alpn=http/1.1" "--status=localhost:6060" "--status-ui"' +
        ' "--status-allow-host=a.example" "--status-allow-host=b.example" "--metrics-identities=20"' +
        ' "--otlp-endpoint=http://localhost:4318" "--otlp-traces" "--log-format=json" "--workers=0"' +
        ' "--transport=native" "--sandbox=require"'
    )
  })

  it("makes words that the program understands", () => {
    const known = new Set([...flagTable.shared, ...(flagTable.commands.server ?? [])].map(({ name }) => `--${name}`))
    const every = `
      allow.ou = [ "a" ]; allow.dns = [ "a" ]; allow.uri = [ "a" ]; allow.spki-pin = [ "a" ]; allow.all = true;
      unsafeTarget = true; targetStatus = "http://a"; disableAuthentication = true; enableShutdown = true; timedReload = 1;
      storepassFile = "/a"; targetStatusFile = "/a"; metricsUrlFile = "/a"; otlpEndpointFile = "/a"; keystore = "/a";
      crl = [ "/a" ]; crlMode = "warn"; watch = true; alpn = [ "h2" ]; status = "a"; statusUi = true;
      statusAllowHosts = [ "a" ]; metricsIdentities = 1;
      otlpEndpoint = "http://a"; otlpTraces = true; logFormat = "json"; workers = 0; transport = "node"; sandbox = "off";`
    const words = execStart(server, every).matchAll(/(--[a-z0-9-]+)/g)
    for (const [word] of words) assert.isTrue(known.has(word), word)
  })

  it("runs a client", () => {
    assert.include(
      execStart(`{
        mode = "client"; listen = "unix:/run/ghostunnel-effect-web/socket"; target = "example.com:8443";
        disableAuthentication = true; verify.dns = [ "a" "b" ]; overrideServerName = "a"; timedReload = 60;
      }`),
      '"client" "--listen=unix:/run/ghostunnel-effect-web/socket" "--target=example.com:8443" "--verify-dns=a"' +
        ' "--verify-dns=b" "--override-server-name=a" "--disable-authentication" "--shutdown-timeout=300s"' +
        ' "--timed-reload=60s"'
    )
  })

  it("hardens the unit, but for what V8 needs", () => {
    const unit = evaluate(service(server))
    assert.deepInclude(unit, {
      Type: "notify",
      DynamicUser: true,
      NoNewPrivileges: true,
      ProtectSystem: "strict",
      PrivateTmp: true,
      PrivateUsers: true,
      CapabilityBoundingSet: [""],
      AmbientCapabilities: [],
      MemoryDenyWriteExecute: false,
      RestrictAddressFamilies: ["AF_INET", "AF_INET6", "AF_UNIX"],
      SystemCallFilter: [
        "@system-service",
        "landlock_create_ruleset",
        "landlock_add_rule",
        "landlock_restrict_self",
        "~@privileged"
      ],
      Restart: "on-failure",
      ExecReload: "/nix/store/coreutils/bin/kill -HUP $MAINPID",
      TimeoutStopSec: 315
    })
  })

  it("grants low ports, and only then the capability for them", () => {
    assert.deepInclude(evaluate(service(server, 'listen = "0.0.0.0:443";')), {
      CapabilityBoundingSet: ["CAP_NET_BIND_SERVICE"],
      AmbientCapabilities: ["CAP_NET_BIND_SERVICE"],
      PrivateUsers: false
    })
  })

  it("keeps systemd from reading a meaning into values", () => {
    assert.include(execStart(server, 'allow.cn = [ "100%d $HOME" ];'), '"--allow-cn=100%%d $$HOME"')
    assert.deepInclude(evaluate(`(${service(server, 'cacert = "/pki/%n";')}).LoadCredential`), "cacert:/pki/%%n")
  })

  it("makes no service of a tunnel that is off", () => {
    assert.deepStrictEqual(evaluate(`(${tunnels(`web = ${server} // { enable = false; };`)}).systemd.services`), {})
  })

  it("refuses what the program would refuse", () => {
    const at = "services.ghostunnel-effect.tunnels.web:"
    assert.deepStrictEqual(complaints(server), [])
    assert.deepStrictEqual(complaints(server, "allow = { };"), [
      `${at} say who may pass with allow, or set disableAuthentication.`
    ])
    assert.deepStrictEqual(complaints(server, "allow.all = true; disableAuthentication = true;"), [
      `${at} allow.all excludes the other rules and disableAuthentication.`
    ])
    assert.deepStrictEqual(complaints(server, "disableAuthentication = true;"), [
      `${at} disableAuthentication excludes the rules of allow.`
    ])
    assert.deepStrictEqual(complaints(server, "key = null;"), [
      `${at} cert and key must be set together.`,
      `${at} a certificate is needed: set cert and key, or keystore.`
    ])
    assert.deepStrictEqual(complaints(server, 'keystore = "/pki/both.pem";'), [
      `${at} set either keystore or cert and key.`
    ])
    assert.deepStrictEqual(complaints(server, "watch = true;"), [
      `${at} watch needs loadCredentials = false: what systemd hands over does not change.`
    ])
    assert.deepStrictEqual(complaints(server, "watch = true; loadCredentials = false;"), [])
  })

  const client = '{ mode = "client"; listen = "localhost:1"; target = "a:2"; disableAuthentication = true; }'

  it("refuses options of the other mode, which would be dropped", () => {
    const at = "services.ghostunnel-effect.tunnels.web:"
    const noEffect = (option: string, mode: string, here: string) => [
      `${at} ${option} is an option of ${mode} mode: it has no effect in ${here} mode.`
    ]
    assert.deepStrictEqual(complaints(client), [])
    for (const kind of ["cn", "ou", "dns", "uri", "spki-pin"]) {
      assert.include(
        JSON.stringify(
          complaints(client.replace("disableAuthentication = true;", 'keystore = "/k";'), `allow.${kind} = [ "a" ];`)
        ),
        JSON.stringify(noEffect(`allow.${kind}`, "server", "client")).slice(1, -1)
      )
      assert.deepStrictEqual(
        complaints(server, `verify.${kind} = [ "a" ];`),
        noEffect(`verify.${kind}`, "client", "server")
      )
    }
    const ofServers = [
      ["unsafeTarget", "true"],
      ["targetStatus", '"http://a"'],
      ["targetStatusFile", '"/a"']
    ]
    for (const [option = "", value] of ofServers) {
      assert.deepStrictEqual(complaints(client, `${option} = ${value};`), noEffect(option, "server", "client"))
    }
    assert.include(
      JSON.stringify(
        complaints(client.replace("disableAuthentication = true;", 'keystore = "/k";'), "allow.all = true;")
      ),
      "allow.all is an option of server mode"
    )
    const ofClients = [
      ["unsafeListen", "true"],
      ["overrideServerName", '"a"'],
      ["proxyFile", '"/a"']
    ]
    for (const [option = "", value] of ofClients) {
      assert.deepStrictEqual(complaints(server, `${option} = ${value};`), noEffect(option, "client", "server"))
    }
  })

  it("refuses a page and a shutdown without a status port", () => {
    const at = "services.ghostunnel-effect.tunnels.web:"
    assert.deepStrictEqual(complaints(server, "statusUi = true;"), [`${at} statusUi needs status.`])
    assert.deepStrictEqual(complaints(server, "enableShutdown = true;"), [`${at} enableShutdown needs status.`])
    assert.deepStrictEqual(complaints(server, 'statusUi = true; status = "localhost:1";'), [])
    assert.deepStrictEqual(complaints(server, 'statusUi = true; extraFlags = [ "--status=localhost:1" ];'), [])
  })

  it("refuses plaintext that leaves the machine, unless it is meant", () => {
    for (const target of ["unix:/a", "localhost:1", "127.0.0.1:1", "[::1]:1"]) {
      assert.deepStrictEqual(complaints(server, `target = "${target}";`), [])
    }
    for (const target of ["example.com:1", "localhost.example:1", "10.0.0.1:1"]) {
      assert.match(JSON.stringify(complaints(server, `target = "${target}";`)), /is not local .*set unsafeTarget/)
      assert.deepStrictEqual(complaints(server, `target = "${target}"; unsafeTarget = true;`), [])
      assert.deepStrictEqual(complaints(server, `target = "${target}"; extraFlags = [ "--unsafe-target" ];`), [])
    }
    assert.match(JSON.stringify(complaints(client, 'listen = "0.0.0.0:1";')), /is not local .*set unsafeListen/)
    assert.deepStrictEqual(complaints(client, 'listen = "0.0.0.0:1"; unsafeListen = true;'), [])
  })

  it("refuses options of the wrong type and options that do not exist", () => {
    assert.throws(() => execStart(server, "listen = 8443;"), /tunnels\.web\.listen: not of type str/)
    assert.throws(() => execStart(server, "lisen = 1;"), /tunnels\.web: no option lisen/)
  })
})
