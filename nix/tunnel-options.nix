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
  loadCredentials = switch ''
    Whether systemd reads the five files above as root when the unit starts and hands the tunnel a private copy. Without
    it the tunnel reads them itself: they must be readable to one of `supplementaryGroups`, and a reload sees new ones.
  '' // { default = true; };
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
  overrideServerName = optional types.str "Client: the name to ask for and to verify, when it is not the target's host.";

  status = optional types.str "Address of the status port.";
  enableShutdown = switch "Whether `POST /_shutdown` on the status port stops the tunnel.";
  targetStatus = optional types.str "Server: URL that tells whether the target is well.";

  shutdownTimeout = mkOption {
    type = types.ints.unsigned;
    default = 300;
    description = "Seconds that open connections may go on after a stop. The unit's stop timeout is longer by 15.";
  };
  timedReload = optional types.ints.positive "Seconds between unconditional reloads of certificates.";
  extraFlags = names "Further words for the command line.";
}
