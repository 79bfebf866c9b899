# As much of nixpkgs as flake.nix and nix/ use, with derivations that stay attribute sets, so that they can be evaluated
# without network and without a store. Options are typed and unknown ones refused, as in NixOS.
{
  system ? "x86_64-linux",
  nodeVersion ? "26.10.0",
}:
let
  b = builtins;

  isOption = value: (value._type or "") == "option";
  type = name: check: {
    inherit name check;
    read = path: value: if check value then value else throw "${path}: not of type ${name}";
  };
  types = {
    str = type "str" b.isString;
    bool = type "bool" b.isBool;
    package = type "package" (value: value ? type && value.type == "derivation");
    enum = allowed: type "enum" (value: b.elem value allowed);
    ints = {
      unsigned = type "unsigned" (value: b.isInt value && value >= 0);
      positive = type "positive" (value: b.isInt value && value > 0);
    };
    nullOr = inner: type "null or ${inner.name}" (value: value == null || inner.check value);
    listOf = inner: type "list of ${inner.name}" (value: b.isList value && b.all inner.check value);
    attrsOf = inner: {
      name = "attributes of ${inner.name}";
      read = path: b.mapAttrs (name: inner.read "${path}.${name}");
    };
    submodule = module: {
      name = "submodule";
      read = path: readOptions path module.options;
    };
  };
  readOptions =
    path: options: values:
    let
      unknown = b.filter (name: !(options ? ${name})) (b.attrNames values);
      read =
        name: option:
        if !isOption option then
          readOptions "${path}.${name}" option (values.${name} or { })
        else if values ? ${name} then
          option.type.read "${path}.${name}" values.${name}
        else
          option.default or (throw "${path}.${name}: used but not defined");
    in
    if unknown == [ ] then b.mapAttrs read options else throw "${path}: no option ${b.head unknown}";

  lib = rec {
    inherit types;
    inherit (b)
      all
      any
      attrNames
      concatLists
      concatMap
      elem
      filter
      head
      mapAttrs
      replaceStrings
      ;
    assertMsg = condition: message: condition || throw message;
    concatStringsSep = b.concatStringsSep;
    escapeShellArg = text: "'${replaceStrings [ "'" ] [ "'\\''" ] text}'";
    fetchers.proxyImpureEnvVars = [ "https_proxy" ];
    fileset = {
      toSource = source: source // { outPath = toString source.root; };
      unions = files: b.deepSeq (map b.pathExists files) files;
    };
    filterAttrs = keep: set: b.listToAttrs (map (n: nameValuePair n set.${n}) (filter (n: keep n set.${n}) (attrNames set)));
    genAttrs = names: value: b.listToAttrs (map (name: nameValuePair name (value name)) names);
    getExe = package: "${package}/bin/${package.meta.mainProgram}";
    imap0 = change: list: b.genList (index: change index (b.elemAt list index)) (b.length list);
    hasPrefix = prefix: text: b.substring 0 (b.stringLength prefix) text == prefix;
    importJSON = path: b.fromJSON (b.readFile path);
    last = list: b.elemAt list (b.length list - 1);
    licenses.asl20 = { spdxId = "Apache-2.0"; };
    literalExpression = text: text;
    mapAttrs' = change: set: b.listToAttrs (map (n: change n set.${n}) (attrNames set));
    mapAttrsToList = change: set: map (name: change name set.${name}) (attrNames set);
    mkDefault = value: value;
    mkOption = option: option // { _type = "option"; };
    nameValuePair = name: value: { inherit name value; };
    optional = condition: value: if condition then [ value ] else [ ];
    optionalAttrs = condition: set: if condition then set else { };
    optionals = condition: list: if condition then list else [ ];
    splitString = separator: text: filter b.isString (b.split separator text);
    toInt = b.fromJSON;
    toList = value: if b.isList value then value else [ value ];
    versionAtLeast = have: want: b.compareVersions have want >= 0;
  };

  derivation =
    attributes:
    attributes
    // (attributes.passthru or { })
    // {
      type = "derivation";
      outPath = "/nix/store/${attributes.pname or attributes.name}";
    };
  named = name: derivation { inherit name; };

  pkgs = {
    inherit lib pkgs;
    cacert = named "cacert";
    coreutils = named "coreutils";
    curl = named "curl";
    makeWrapper = named "makeWrapper";
    openssl = named "openssl";
    systemd = named "systemd";
    nodejs_latest = derivation {
      name = "nodejs";
      version = nodeVersion;
      meta = {
        mainProgram = "node";
        platforms = [ system ];
      };
    };
    mkShell = attributes: derivation (attributes // { name = "shell"; });
    runCommand = name: attributes: script: derivation (attributes // { inherit name script; });
    stdenv = {
      mkDerivation = derivation;
      hostPlatform = {
        isDarwin = system == "aarch64-darwin";
        isAarch64 = lib.hasPrefix "aarch64" system;
        isMusl = false;
      };
    };
    stdenvNoCC.mkDerivation = derivation;
    writeText = name: text: derivation { inherit name text; };
    callPackage =
      file: overrides:
      let
        function = import file;
        arguments = b.functionArgs function;
        known = name: arguments.${name} || overrides ? ${name} || pkgs ? ${name} || throw "callPackage: no ${name}";
        wanted = lib.filter (name: known name && (overrides ? ${name} || pkgs ? ${name})) (b.attrNames arguments);
      in
      function (lib.genAttrs wanted (name: overrides.${name} or pkgs.${name}));
  };

  utils.escapeSystemdExecArgs =
    words:
    b.concatStringsSep " " (map (word: b.replaceStrings [ "%" "$" ] [ "%%" "$$" ] (b.toJSON word)) words);
in
{
  inherit lib pkgs;

  # The flake's outputs with this nixpkgs as its only input.
  outputs =
    let
      self = (import ../../flake.nix).outputs {
        inherit self;
        nixpkgs = {
          inherit lib;
          legacyPackages = lib.genAttrs [ "x86_64-linux" "aarch64-linux" "aarch64-darwin" ] (_: pkgs);
        };
      };
    in
    self;

  # What the module makes of these values of `services.ghostunnel-effect`.
  module =
    settings:
    let
      module = import ../../nix/module.nix {
        inherit lib pkgs utils;
        config.services.ghostunnel-effect =
          readOptions "services.ghostunnel-effect" module.options.services.ghostunnel-effect settings;
      };
    in
    module.config;
}
