# Evaluates the module in a whole NixOS configuration and has systemd judge the unit that comes out.
{
  nixpkgs,
  module,
  pkgs,
  runCommand,
  systemd,
}:
let
  system = nixpkgs.lib.nixosSystem {
    modules = [
      module
      {
        nixpkgs.pkgs = pkgs;
        system.stateVersion = "26.05";
        boot.isContainer = true;
        services.ghostunnel-effect.tunnels.sample = {
          mode = "server";
          listen = "127.0.0.1:8443";
          target = "localhost:8080";
          cert = "/var/lib/pki/server.pem";
          key = "/var/lib/pki/server.key";
          allow.cn = [ "client" ];
        };
      }
    ];
  };
  unit = system.config.systemd.units."ghostunnel-effect-sample.service".unit;
in
runCommand "ghostunnel-effect-module" { nativeBuildInputs = [ systemd ]; } ''
  file=${unit}/ghostunnel-effect-sample.service
  grep -q -- '--listen=127.0.0.1:8443' "$file"
  grep -q -- '--cert=%d/cert' "$file"
  systemd-analyze security --offline=true --threshold=20 "$file" | tee "$out"
''
