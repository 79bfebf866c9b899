import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"
import { LongestFirst } from "./test/runner/Durations.ts"
import { ProgressReporter } from "./test/runner/Reporter.ts"
import { scriptText } from "./tools/ScriptText.ts"

export default defineConfig({
  plugins: [scriptText()],
  test: {
    pool: "forks",
    // Many tests wait more than they work: one more keeps the processors busy.
    maxWorkers: availableParallelism() + 1,
    maxConcurrency: 4,
    // Only against what never ends: a busy machine takes many times what a quiet one does.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ["default", new ProgressReporter()],
    sequence: { sequencer: LongestFirst },
    passWithNoTests: false,
    projects: [
      { extends: true, test: { name: "all", include: ["test/**/*.test.ts"] } },
      // The tests of the seam once more, with what is behind it exchanged.
      {
        extends: true,
        test: {
          name: "native",
          include: [
            "test/transport/{Alpn,CertificateCompression,Chains,Dialer,Handshake,HostileChains,Listener,Pump,PumpEnds,PumpLimits}.test.ts",
            "test/proxy/{WorkerPlane,WorkerPlaneSocket}.test.ts"
          ],
          env: { GHOSTUNNEL_TRANSPORT: "native" }
        }
      }
    ]
  }
})
