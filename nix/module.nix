# services.ghostunnel-effect: one hardened systemd unit a tunnel.
{
  config,
  lib,
  pkgs,
  utils,
  ...
}:
let
  cfg = config.services.ghostunnel-effect;
  unit = import ./unit.nix { inherit lib pkgs utils; };
  active = lib.filterAttrs (_: tunnel: tunnel.enable) cfg.tunnels;
in
{
  options.services.ghostunnel-effect = {
    package = lib.mkOption {
      type = lib.types.package;
      description = "The package that provides `bin/ghostunnel`.";
    };

    tunnels = lib.mkOption {
      type = lib.types.attrsOf (lib.types.submodule { options = import ./tunnel-options.nix { inherit lib; }; });
      default = { };
      description = "The tunnels, each a systemd service `ghostunnel-effect-NAME`.";
      example = lib.literalExpression ''
        {
          web = {
            mode = "server";
            listen = "0.0.0.0:8443";
            target = "localhost:8080";
            cert = "/var/lib/pki/server.pem";
            key = "/var/lib/pki/server.key";
            cacert = "/var/lib/pki/ca.pem";
            allow.cn = [ "client" ];
            status = "localhost:6060";
          };
        }
      '';
    };
  };

  config = {
    assertions = lib.concatLists (lib.mapAttrsToList unit.assertions active);
    systemd.services = lib.mapAttrs' (
      name: tunnel: lib.nameValuePair "ghostunnel-effect-${name}" (unit.service cfg.package name tunnel)
    ) active;
  };
}
