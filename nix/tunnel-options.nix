# The options of one tunnel. Names follow the command line's flags; `ghostunnel --help` explains each.
{ lib }:
let
  inherit (lib) mkOption types;
  switch =
    description:
    mkOption {
      type = types.bool;
      default = false;
      inherit description;
    };
  optional =
    type: description:
    mkOption {
      type = types.nullOr type;
      default = null;
      inherit description;
    };
  names =
    description:
    mkOption {
      type = types.listOf types.str;
      default = [ ];
      inherit description;
    };
  peerNames = {
    cn = names "Common names, one of which the peer's certificate must carry.";
    ou = names "Organizational units, one of which the peer's certificate must carry.";
    dns = names "DNS names, one of which the peer's certificate must carry.";
    uri = names "Patterns for URI names, one of which the peer's certificate must match.";
    spki-pin = names "Pins of public keys; they replace every other check of the certificate.";
  };
in
{
  enable = switch "Whether this tunnel runs." // { default = true; };

  mode = mkOption {
    type = types.enum [
      "server"
      "client"
    ];
    description = "`server`: TLS in, plaintext out. `client`: plaintext in, TLS out.";
  };
  listen = mkOption {
    type = types.str;
    description = "Where to listen: `HOST:PORT` or `unix:PATH`.";
  };
  target = mkOption {
    type = types.str;
    description = "Where to forward to: `HOST:PORT` or `unix:PATH`; the latter needs `overrideServerName` in client mode.";
  };

  cert = optional types.str "Path of the certificate chain (PEM), on the machine and not in the store.";
  key = optional types.str "Path of the private key (PEM), on the machine and not in the store.";
  keystore = optional types.str "Path of one file with certificate and key, instead of `cert` and `key`.";
  cacert = optional types.str "Path of the trust anchors (PEM); the system's roots without it.";
  storepassFile = optional types.str "Path of a file with the password of `keystore` or of an encrypted `key`.";
  crl = names "Revocation lists (PEM or DER), as paths of files or directories or as http(s) URLs: peers with revoked certificates are refused.";
  crlMode = optional (types.enum [
    "strict"
    "warn"
  ]) "Peers whose issuer's list is missing or stale: `strict` (the program's default) refuses them, `warn` does not.";
  loadCredentials = switch ''
    Whether systemd reads the files above, and those of the options `..File` below, as root when the unit starts and hands
    the tunnel a private copy. Without it the tunnel reads them itself: they must be readable to one of
    `supplementaryGroups`, and a reload sees new ones.
  '' // { default = true; };
  watch = switch "Whether files that change are loaded without a reload; needs `loadCredentials = false`.";
  supplementaryGroups = names "Further groups of the service's user.";
  umask = mkOption {
    type = types.str;
    default = "0077";
    description = "Permissions that UNIX sockets made by the tunnel lack: others may connect to one only with write permission.";
  };
  environmentFile = optional types.str "File with further variables of the service's environment.";

  allow = peerNames // {
    all = switch "Server: every client whose certificate verifies may pass.";
  };
  verify = peerNames;
  disableAuthentication = switch "Server: ask for no client certificate. Client: present none.";
  unsafeTarget = switch "Server: allow a target that is not local.";
  unsafeListen = switch "Client: allow a listener that is not local.";
  ocsp = optional (types.enum [
    "off"
    "staple"
    "require"
  ]) "Client: what is asked of the OCSP response that the server staples (`off` is the program's default).";
  overrideServerName = optional types.str "Client: the name to ask for and to verify, when it is not the target's host.";

  alpn = names "Application protocols to agree on with the peer, the preferred one first.";
  proxyFile = optional types.str "Client: path of a file with the URL of a proxy to connect through.";

  status = optional types.str "Address of the status port.";
  statusUi = switch "Whether `/` of the status port is the status page.";
  statusAllowHosts = names "Hosts under which browsers may open a status port of plain HTTP, besides addresses and localhost.";
  enableShutdown = switch "Whether `POST /_shutdown` on the status port stops the tunnel.";
  targetStatus = optional types.str "Server: URL that tells whether the target is well.";
  targetStatusFile = optional types.str "Server: path of a file with that URL, when it holds a password.";
  metricsUrlFile = optional types.str "Path of a file with the URL that metrics are posted to.";
  metricsIdentities = optional types.ints.unsigned "How many peers, by identity, get metrics of their own (at most 1000).";
  otlpEndpoint = optional types.str "URL of the collector that metrics are pushed to by OTLP.";
  otlpEndpointFile = optional types.str "Path of a file with that URL, when it holds a password.";
  otlpTraces = switch "Whether spans and log records of connections are pushed there too.";
  logFormat = optional (types.enum [
    "text"
    "json"
  ]) "How log lines look; `text` without it.";

  workers = optional types.ints.unsigned "Threads that carry connections, 0 for the main one alone; one a processor without it.";
  transport = optional (types.enum [
    "auto"
    "native"
    "node"
  ]) "What carries bytes: Node's sockets and TLS, or the kernel's and OpenSSL's.";
  sandbox = optional (types.enum [
    "auto"
    "off"
    "require"
  ]) "How much of the Landlock sandbox there has to be.";

  shutdownTimeout = mkOption {
    type = types.ints.unsigned;
    default = 300;
    description = "Seconds that open connections may go on after a stop. The unit's stop timeout is longer by 15.";
  };
  timedReload = optional types.ints.positive "Seconds between unconditional reloads of certificates.";
  extraFlags = names "Further words for the command line.";
}
