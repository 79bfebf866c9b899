# The command line program: what `npm run build` makes, with a launcher that starts it on nixpkgs' Node.
{
  lib,
  stdenv,
  callPackage,
  nodejs,
}:
let
  manifest = lib.importJSON ../package.json;
  lock = callPackage ./npm-lock.nix { inherit nodejs; };
in
assert lib.assertMsg (lib.versionAtLeast nodejs.version "26")
  "ghostunnel-effect needs Node 26 or newer; this nixpkgs has ${nodejs.version}";
stdenv.mkDerivation {
  pname = "ghostunnel-effect";
  inherit (manifest) version;

  src = lib.fileset.toSource {
    root = ../.;
    fileset = lib.fileset.unions [
      ../package.json
      ../tsconfig.json
      ../src
      ../tools
    ];
  };

  nativeBuildInputs = [ nodejs ];

  configurePhase = ''
    runHook preConfigure
    export HOME="$TMPDIR"
    cp --no-preserve=mode ${lock} package-lock.json
    npm ci --offline --ignore-scripts --no-audit --no-fund
    patchShebangs node_modules
    runHook postConfigure
  '';

  buildPhase = ''
    runHook preBuild
    npm run build
    runHook postBuild
  '';

  installPhase = ''
    runHook preInstall
    mkdir -p "$out/bin" "$out/lib/ghostunnel"
    cp -r dist "$out/lib/ghostunnel/dist"
    substituteInPlace "$out/lib/ghostunnel/dist/ghostunnel" \
      --replace-fail packaged_node= packaged_node=${lib.getExe nodejs}
    ln -s ../lib/ghostunnel/dist/ghostunnel "$out/bin/ghostunnel"
    runHook postInstall
  '';

  doInstallCheck = true;
  installCheckPhase = ''
    runHook preInstallCheck
    "$out/bin/ghostunnel" --version
    runHook postInstallCheck
  '';

  passthru = { inherit lock nodejs; };

  meta = {
    inherit (manifest) description;
    license = lib.licenses.asl20;
    mainProgram = "ghostunnel";
    inherit (nodejs.meta) platforms;
  };
}
