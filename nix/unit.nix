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
  # Options that name a file with a secret, and what the flag and the credential are called.
  secrets = {
    storepassFile = "storepass";
    proxyFile = "proxy";
    targetStatusFile = "target-status";
    metricsUrlFile = "metrics-url";
    otlpEndpointFile = "otlp-endpoint";
  };

  value = flag: text: lib.optional (text != null) "--${flag}=${text}";
  number = flag: count: lib.optional (count != null) "--${flag}=${toString count}";
  seconds = flag: count: lib.optional (count != null) "--${flag}=${toString count}s";
  on = flag: set: lib.optional set "--${flag}";
  each = prefix: rules: kind: map (name: "--${prefix}-${kind}=${name}") rules.${kind};
  kinds = [
    "cn"
    "ou"
    "dns"
    "uri"
    "spki-pin"
  ];

  # Addresses that plaintext does not leave the machine by.
  local = [
    "unix:"
    "systemd:"
    "localhost:"
    "127.0.0.1:"
    "[::1]:"
  ];

  server =
    tunnel:
    on "allow-all" tunnel.allow.all
    ++ lib.concatMap (each "allow" tunnel.allow) kinds
    ++ on "unsafe-target" tunnel.unsafeTarget
    ++ value "target-status" tunnel.targetStatus
    ++ secret tunnel "targetStatusFile";

  client =
    tunnel:
    lib.concatMap (each "verify" tunnel.verify) kinds
    ++ on "unsafe-listen" tunnel.unsafeListen
    ++ value "override-server-name" tunnel.overrideServerName
    ++ secret tunnel "proxyFile";

  words =
    tunnel:
    [ tunnel.mode ]
    ++ value "listen" tunnel.listen
    ++ value "target" tunnel.target
    ++ (if tunnel.mode == "server" then server tunnel else client tunnel)
    ++ on "disable-authentication" tunnel.disableAuthentication
    ++ secret tunnel "storepassFile"
    ++ value "crl-mode" tunnel.crlMode
    ++ on "watch" tunnel.watch
    ++ map (protocol: "--alpn=${protocol}") tunnel.alpn
    ++ value "status" tunnel.status
    ++ on "status-ui" tunnel.statusUi
    ++ map (host: "--status-allow-host=${host}") tunnel.statusAllowHosts
    ++ on "enable-shutdown" tunnel.enableShutdown
    ++ secret tunnel "metricsUrlFile"
    ++ number "metrics-identities" tunnel.metricsIdentities
    ++ value "otlp-endpoint" tunnel.otlpEndpoint
    ++ secret tunnel "otlpEndpointFile"
    ++ on "otlp-traces" tunnel.otlpTraces
    ++ value "log-format" tunnel.logFormat
    ++ number "workers" tunnel.workers
    ++ value "transport" tunnel.transport
    ++ value "sandbox" tunnel.sandbox
    ++ seconds "shutdown-timeout" tunnel.shutdownTimeout
    ++ seconds "timed-reload" tunnel.timedReload
    ++ tunnel.extraFlags;

  credential = name: path: "${name}:${lib.replaceStrings [ "%" ] [ "%%" ] path}";
  lists = tunnel: lib.imap0 (index: path: { inherit path; name = "crl-${toString index}"; }) tunnel.crl;
  hidden = tunnel: lib.filter (option: tunnel.${option} != null) (lib.attrNames secrets);
  credentials =
    tunnel:
    map (file: credential file tunnel.${file}) (given tunnel)
    ++ map (list: credential list.name list.path) (lists tunnel)
    ++ map (option: credential secrets.${option} tunnel.${option}) (hidden tunnel);
  secret =
    tunnel: option:
    let
      name = secrets.${option};
      path = tunnel.${option};
    in
    value "${name}-file" (if path != null && tunnel.loadCredentials then "credential:${name}" else path);
  # `%d` is systemd's own name for the directory of the unit's credentials, so these words must not be escaped.
  credentialFlags =
    tunnel: map (file: "--${file}=%d/${file}") (given tunnel) ++ map (list: "--crl=%d/${list.name}") (lists tunnel);
  pathFlags = tunnel: lib.concatMap (file: value file tunnel.${file}) files ++ map (path: "--crl=${path}") tunnel.crl;

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
        # The tunnel's own sandbox; systemd counts these among its system services since version 253 only.
        "landlock_create_ruleset"
        "landlock_add_rule"
        "landlock_restrict_self"
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
      isServer = tunnel.mode == "server";
      isClient = tunnel.mode == "client";
      # What is an option of the module may also be given as a word of its own.
      flagged = flag: lib.any (word: word == "--${flag}" || lib.hasPrefix "--${flag}=" word) tunnel.extraFlags;
      isLocal = address: lib.any (start: lib.hasPrefix start address) local;
      # A rule that the other mode's command line has no flag for would vanish, and with it what it was to keep out.
      only = mode: option: isGiven: {
        assertion = tunnel.mode == mode || !isGiven;
        message = "${at}: ${option} is an option of ${mode} mode: it has no effect in ${tunnel.mode} mode.";
      };
      needsStatus = option: isGiven: {
        assertion = !isGiven || tunnel.status != null || flagged "status";
        message = "${at}: ${option} needs status.";
      };
    in
    map (kind: only "server" "allow.${kind}" (tunnel.allow.${kind} != [ ])) kinds
    ++ map (kind: only "client" "verify.${kind}" (tunnel.verify.${kind} != [ ])) kinds
    ++ [
      (only "server" "allow.all" tunnel.allow.all)
      (only "server" "unsafeTarget" tunnel.unsafeTarget)
      (only "server" "targetStatus" (tunnel.targetStatus != null))
      (only "server" "targetStatusFile" (tunnel.targetStatusFile != null))
      (only "client" "unsafeListen" tunnel.unsafeListen)
      (only "client" "overrideServerName" (tunnel.overrideServerName != null))
      (only "client" "proxyFile" (tunnel.proxyFile != null))
      (needsStatus "statusUi" tunnel.statusUi)
      (needsStatus "enableShutdown" tunnel.enableShutdown)
      {
        assertion = !isServer || tunnel.unsafeTarget || isLocal tunnel.target || flagged "unsafe-target";
        message = "${at}: target ${tunnel.target} is not local (unix:PATH, localhost:PORT, 127.0.0.1:PORT, [::1]:PORT), and the server sends plaintext to it: set unsafeTarget if that is meant.";
      }
      {
        assertion = !isClient || tunnel.unsafeListen || isLocal tunnel.listen || flagged "unsafe-listen";
        message = "${at}: listen ${tunnel.listen} is not local (unix:PATH, localhost:PORT, 127.0.0.1:PORT, [::1]:PORT), and the client takes plaintext from it: set unsafeListen if that is meant.";
      }
    ]
    ++ [
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
        assertion = !(tunnel.watch && tunnel.loadCredentials);
        message = "${at}: watch needs loadCredentials = false: what systemd hands over does not change.";
      }
      {
        assertion = !(rules && tunnel.disableAuthentication);
        message = "${at}: disableAuthentication excludes the rules of allow.";
      }
    ];
}
