# package-lock.json with every package this platform installs pointing at a tarball in the store, so that `npm ci` runs
# offline. The lock gives each tarball's hash and npm knows where its registry is, so a change of dependencies needs no
# other change here.
{
  lib,
  stdenv,
  stdenvNoCC,
  cacert,
  nodejs,
  writeText,
  lockFile ? ../package-lock.json,
}:
let
  lock = lib.importJSON lockFile;
  platform = stdenv.hostPlatform;
  here = {
    os = if platform.isDarwin then "darwin" else "linux";
    cpu = if platform.isAarch64 then "arm64" else "x64";
    libc = if platform.isMusl then "musl" else "glibc";
  };

  # The packages that bring a Node binary to machines with an older one: not wanted here, nixpkgs' Node does the work.
  bringsNode = path: lib.any (prefix: lib.hasPrefix "node_modules/node-${prefix}-" path) [ "bin" "linux" ];
  fits = entry: lib.all (key: !(entry ? ${key}) || lib.elem here.${key} (lib.toList entry.${key})) (lib.attrNames here);

  tarball =
    path: entry:
    let
      name = entry.name or (lib.last (lib.splitString "node_modules/" path));
    in
    stdenvNoCC.mkDerivation {
      name = "${lib.replaceStrings [ "@" "/" ] [ "" "-" ] name}-${entry.version}.tgz";
      nativeBuildInputs = [
        cacert
        nodejs
      ];
      outputHashMode = "flat";
      outputHash = entry.integrity;
      impureEnvVars = lib.fetchers.proxyImpureEnvVars;
      buildCommand = ''
        export HOME="$TMPDIR"
        npm pack --silent --ignore-scripts --pack-destination "$TMPDIR" ${lib.escapeShellArg "${name}@${entry.version}"}
        mv "$TMPDIR"/*.tgz "$out"
      '';
    };

  entry =
    path: value:
    if bringsNode path then
      value // { os = [ "none" ]; }
    else if value ? integrity && fits value then
      value // { resolved = "file:${tarball path value}"; }
    else
      value;
in
writeText "package-lock.json" (builtins.toJSON (lock // { packages = lib.mapAttrs entry lock.packages; }))
