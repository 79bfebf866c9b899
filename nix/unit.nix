# A tunnel's options -> its systemd service and the assertions about it.
{
  lib,
  pkgs,
  utils,
}:
let
  files = [
    "cert"
    "key"
    "keystore"
    "cacert"
  ];
  given = tunnel: lib.filter (file: tunnel.${file} != null) files;

  value = flag: text: lib.optional (text != null) "--${flag}=${text}";
  seconds = flag: number: lib.optional (number != null) "--${flag}=${toString number}s";
  on = flag: set: lib.optional set "--${flag}";
  each = prefix: rules: kind: map (name: "--${prefix}-${kind}=${name}") rules.${kind};
  kinds = [
    "cn"
    "ou"
    "dns"
    "uri"
    "spki-pin"
  ];

  server =
    tunnel:
    on "allow-all" tunnel.allow.all
    ++ lib.concatMap (each "allow" tunnel.allow) kinds
    ++ on "unsafe-target" tunnel.unsafeTarget
    ++ value "target-status" tunnel.targetStatus;

  client =
    tunnel:
    lib.concatMap (each "verify" tunnel.verify) kinds
    ++ on "unsafe-listen" tunnel.unsafeListen
    ++ value "override-server-name" tunnel.overrideServerName;

  words =
    tunnel:
    [ tunnel.mode ]
    ++ value "listen" tunnel.listen
    ++ value "target" tunnel.target
    ++ (if tunnel.mode == "server" then server tunnel else client tunnel)
    ++ on "disable-authentication" tunnel.disableAuthentication
    ++ value "storepass-file" (passwordFile tunnel)
    ++ value "status" tunnel.status
    ++ on "enable-shutdown" tunnel.enableShutdown
    ++ seconds "shutdown-timeout" tunnel.shutdownTimeout
    ++ seconds "timed-reload" tunnel.timedReload
    ++ tunnel.extraFlags;

  # `%d` is systemd's own name for the directory of the unit's credentials, so these words must not be escaped.
  credentialFlags = tunnel: map (file: "--${file}=%d/${file}") (given tunnel);
  credential = name: path: "${name}:${lib.replaceStrings [ "%" ] [ "%%" ] path}";
  credentials =
    tunnel:
    map (file: credential file tunnel.${file}) (given tunnel)
    ++ lib.optional (tunnel.storepassFile != null) (credential "storepass" tunnel.storepassFile);
  passwordFile =
    tunnel:
    if tunnel.storepassFile != null && tunnel.loadCredentials then "credential:storepass" else tunnel.storepassFile;
  pathFlags = tunnel: lib.concatMap (file: value file tunnel.${file}) files;

  port =
    address:
    let
      digits = if address == null then null else builtins.match ".*:([0-9]+)" address;
    in
    if digits == null then null else lib.toInt (lib.head digits);
  privileged =
    tunnel:
    lib.any (number: number != null && number > 0 && number < 1024) [
      (port tunnel.listen)
      (port tunnel.status)
    ];
in
{
  service = package: name: tunnel: {
    description = "Ghostunnel on Effect: ${name} (${tunnel.mode})";
    wantedBy = [ "multi-user.target" ];
    wants = [ "network-online.target" ];
    after = [ "network-online.target" ];

    serviceConfig = {
      # READY=1 comes when the tunnel listens, RELOADING=1 and STOPPING=1 in their turn.
      Type = "notify";
      ExecStart = lib.concatStringsSep " " (
        [
          (lib.getExe package)
          (utils.escapeSystemdExecArgs (words tunnel ++ lib.optionals (!tunnel.loadCredentials) (pathFlags tunnel)))
        ]
        ++ lib.optionals tunnel.loadCredentials (credentialFlags tunnel)
      );
      ExecReload = "${pkgs.coreutils}/bin/kill -HUP $MAINPID";
      Restart = "on-failure";
      RestartSec = 1;
      TimeoutStopSec = tunnel.shutdownTimeout + 15;
      LimitNOFILE = 65536;

      DynamicUser = true;
      SupplementaryGroups = tunnel.supplementaryGroups;
      LoadCredential = lib.optionals tunnel.loadCredentials (credentials tunnel);
      RuntimeDirectory = "ghostunnel-effect-${name}";

      AmbientCapabilities = lib.optional (privileged tunnel) "CAP_NET_BIND_SERVICE";
      CapabilityBoundingSet = if privileged tunnel then [ "CAP_NET_BIND_SERVICE" ] else [ "" ];
      LockPersonality = true;
      # V8 compiles at run time: pages it has written must become executable.
      MemoryDenyWriteExecute = false;
      NoNewPrivileges = true;
      PrivateDevices = true;
      PrivateTmp = true;
      PrivateUsers = !privileged tunnel;
      ProtectClock = true;
      ProtectControlGroups = true;
      ProtectHome = true;
      ProtectHostname = true;
      ProtectKernelLogs = true;
      ProtectKernelModules = true;
      ProtectKernelTunables = true;
      ProtectProc = "invisible";
      ProtectSystem = "strict";
      RemoveIPC = true;
      RestrictAddressFamilies = [
        "AF_INET"
        "AF_INET6"
        "AF_UNIX"
      ];
      RestrictNamespaces = true;
      RestrictRealtime = true;
      RestrictSUIDSGID = true;
      SystemCallArchitectures = "native";
      SystemCallErrorNumber = "EPERM";
      SystemCallFilter = [
        "@system-service"
        "~@privileged"
      ];
      UMask = tunnel.umask;
    }
    // lib.optionalAttrs (tunnel.environmentFile != null) { EnvironmentFile = tunnel.environmentFile; };
  };

  assertions =
    name: tunnel:
    let
      at = "services.ghostunnel-effect.tunnels.${name}";
      pair = tunnel.cert != null && tunnel.key != null;
      rules = lib.any (kind: tunnel.allow.${kind} != [ ]) kinds;
    in
    [
      {
        assertion = (tunnel.cert == null) == (tunnel.key == null);
        message = "${at}: cert and key must be set together.";
      }
      {
        assertion = !(pair && tunnel.keystore != null);
        message = "${at}: set either keystore or cert and key.";
      }
      {
        assertion = pair || tunnel.keystore != null || (tunnel.mode == "client" && tunnel.disableAuthentication);
        message = "${at}: a certificate is needed: set cert and key, or keystore.";
      }
      {
        assertion = tunnel.mode == "client" || tunnel.allow.all || rules || tunnel.disableAuthentication;
        message = "${at}: say who may pass with allow, or set disableAuthentication.";
      }
      {
        assertion = !(tunnel.allow.all && (rules || tunnel.disableAuthentication));
        message = "${at}: allow.all excludes the other rules and disableAuthentication.";
      }
      {
        assertion = !(rules && tunnel.disableAuthentication);
        message = "${at}: disableAuthentication excludes the rules of allow.";
      }
    ];
}
