/** Which test files start programs: `npm run test:unit` leaves them out. */

/** The stories about the built program. */
export const scenarios = ["test/scenario/**"]

/** Others that start the program, parts of it or other servers and tools as processes of their own. */
export const processes = [
  "test/main.test.ts",
  "test/cli/{Completions,ManPage}.test.ts",
  "test/conformance/Pkix.test.ts",
  "test/nix/**",
  "test/policy/command/**",
  "test/runner/Reporter.test.ts",
  "test/repository/deploy.test.ts",
  "test/runtime/{Crash,FirstProcess,InheritedSockets,Landlock,LandlockTunnel,Lifecycle,Logging,Native,Output,ServiceNotify}.test.ts",
  "test/transport/{ProxyProtocolPeers,Socks5Peers}.test.ts",
  "test/transport/native/Descriptors.test.ts"
]
