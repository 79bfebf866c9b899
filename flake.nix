{
  description = "Ghostunnel on Effect: an authenticated TLS tunnel for programs that speak plaintext";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "aarch64-darwin"
      ];
      forSystem = system: output: output nixpkgs.legacyPackages.${system};
      forEach = names: output: lib.genAttrs names (system: forSystem system output);
      node = pkgs: pkgs.nodejs_26 or pkgs.nodejs_latest;
      build = pkgs: pkgs.callPackage ./nix/package.nix { nodejs = node pkgs; };
    in
    {
      packages = forEach systems (pkgs: rec {
        ghostunnel-effect = build pkgs;
        default = ghostunnel-effect;
      });

      overlays.default = final: _previous: { ghostunnel-effect = build final; };

      nixosModules.default =
        { pkgs, ... }:
        {
          imports = [ ./nix/module.nix ];
          services.ghostunnel-effect.package = lib.mkDefault (build pkgs);
        };

      devShells = forEach systems (pkgs: {
        default = pkgs.mkShell {
          packages = [
            (node pkgs)
            pkgs.openssl
            pkgs.curl
          ];
        };
      });

      checks =
        forEach systems (pkgs: { package = build pkgs; })
        // forEach [ "x86_64-linux" "aarch64-linux" ] (pkgs: {
          package = build pkgs;
          module = pkgs.callPackage ./nix/module-check.nix {
            inherit nixpkgs;
            module = self.nixosModules.default;
          };
        });
    };
}
