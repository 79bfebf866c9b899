import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: process.env["CI"] ? ["default"] : ["dot"],
    passWithNoTests: false,
    projects: [
      { extends: true, test: { name: "all", include: ["test/**/*.test.ts"] } },
      // The tests of the seam once more, with what is behind it exchanged.
      {
        extends: true,
        test: {
          name: "native",
          include: [
            "test/transport/{Alpn,CertificateCompression,Chains,Dialer,Handshake,Listener,Pump,PumpEnds,PumpLimits}.test.ts",
            "test/proxy/{WorkerPlane,WorkerPlaneSocket}.test.ts"
          ],
          env: { GHOSTUNNEL_TRANSPORT: "native" }
        }
      }
    ]
  }
})
