import { assert, describe, it } from "@effect/vitest"
import { read, sources } from "./Files.ts"
import { cycles, type Directions, graph, specifiers, violations } from "./Imports.ts"

const control = [
  "config",
  "credentials",
  "access",
  "transport",
  "proxy",
  "metrics",
  "profiling",
  "telemetry",
  "status",
  "runtime"
]
const verdicts = ["access/Verdict", "access/PathEngine", "access/ChainLimits"]
const proxy = [
  "policy/PeerPolicy",
  "transport",
  "access",
  "metrics/ConnectionStats",
  "profiling",
  "status/Status",
  "runtime",
  "config",
  "credentials/TlsMaterial"
]

/** Who may import whom. A folder may always import its own files; what a row does not name is refused. */
const directions: Directions = {
  main: { may: ["cli", "runtime/Debugger", "runtime/FirstProcess"] },
  index: { may: ["process", ...control] },
  opentelemetry: { may: ["telemetry/ConnectionSpan", "telemetry/RecordReader", "config"] },
  // The composition: the only folder that imports every part.
  process: { may: [...control, "policy/LoadPolicy"] },
  cli: { may: ["config", "runtime", "credentials/SecretFile", "process", "policy/command"] },
  config: { may: [] },
  access: { may: ["config"] },
  // The policy's files are part of what a generation carries.
  credentials: { may: ["config", "access", "policy/bundle/Bundle"] },
  // Names are looked up by the process as a whole, whoever connects.
  transport: {
    may: [
      "config",
      ...verdicts,
      "access/ocsp/StapleCheck",
      "credentials/TlsMaterial",
      "runtime/NameLookup",
      "runtime/UnixSocketFile"
    ]
  },
  "transport/native": {
    may: [
      "config",
      ...verdicts,
      "access/ChainVerifier",
      "access/ocsp/StapleCheck",
      "credentials/TlsMaterial",
      "runtime/NameLookup",
      "runtime/native/Ffi",
      "runtime/UnixSocketFile"
    ]
  },
  // What OpenSSL says about certificates, outside of connections.
  "transport/openssl": { may: ["access", "runtime/native/Ffi"] },
  metrics: { may: ["config", "runtime/ErrorText", "runtime/HttpExchange", "runtime/NameLookup"] },
  // Reads what connections leave behind; the data path does not know it.
  telemetry: { may: ["metrics", "proxy/ConnectionRecord", "credentials/CertificateExpiry", "config"] },
  "telemetry/Otlp": { may: ["proxy/ConnectionRecord", "runtime/StartError", "config"] },
  "telemetry/otlp": {
    may: [
      "metrics",
      "proxy/ConnectionRecord",
      "proxy/ConnectionFields",
      "proxy/ConnectionLog",
      "runtime/HttpExchange",
      "config"
    ]
  },
  profiling: { may: [] },
  policy: { may: ["access/Der", "access/EscapedText", "access/Verdict", "runtime/ErrorText"] },
  // The language is usable alone.
  "policy/rego": { may: ["access/Der"], not: ["policy"] },
  runtime: { may: ["config"] },
  // Connections know the seam and not what is behind it; only a worker's entry, which composes a thread, chooses.
  proxy: { may: proxy, not: ["transport/node", "transport/native"] },
  "proxy/WorkerEntry": {
    may: [
      ...proxy,
      "metrics/FiberCount",
      "metrics/LoopMeter",
      "metrics/ThreadVitals",
      "transport/node",
      "transport/native"
    ]
  },
  // Runs in browsers, with types of the page alone.
  "status/page/browser": { may: ["status/page/PageView"], not: ["status"] },
  status: {
    may: [
      "metrics",
      "profiling",
      "telemetry",
      "runtime",
      "config",
      "transport/Transport",
      "credentials/TlsMaterial",
      "access"
    ]
  }
}

const project = graph(new Map(sources("src").map((path) => [path, read(`src/${path}`)])))

describe("imports in src", () => {
  it("run in the direction of the data path", () => {
    assert.deepStrictEqual(violations(project, directions), [])
  })

  it("have no cycle", () => {
    assert.deepStrictEqual(cycles(project), [])
  })

  it("name files that exist", () => {
    const missing = [...project].flatMap(([module, targets]) =>
      targets.filter((target) => !project.has(target)).map((target) => `${module} imports ${target}`)
    )
    assert.deepStrictEqual(missing, [])
  })
})

describe("the checker of imports", () => {
  const text = `
    import * as A from "./A.ts"
    import type { B } from "./B.ts"
    export { c } from "./C.ts"
    export * from "./D.ts"
    const e = () => import("./E.ts")
    type F = import("./F.ts").F
    const g = 'import "./NotThis.ts"' // import "./NorThis.ts"
  `

  it("sees every kind of import and nothing else", () => {
    assert.deepStrictEqual(
      [...specifiers(text)].sort(),
      ["A", "B", "C", "D", "E", "F"].map((name) => `./${name}.ts`)
    )
  })

  it("catches an import against the direction, also a lazy one", () => {
    const upwards = graph(
      new Map([
        ["config/Address.ts", 'export const x = () => import("../cli/Cli.ts")'],
        ["proxy/Connection.ts", 'import "../transport/node/NodeTransport.ts"\nimport "../transport/Transport.ts"'],
        ["proxy/WorkerEntry.ts", 'import "../transport/node/NodeTransport.ts"'],
        ["transport/Transport.ts", 'import type { Judge } from "../access/Verdict.ts"'],
        ["transport/node/Accept.ts", 'import "../../access/AccessJudge.ts"'],
        ["strange/Thing.ts", ""]
      ])
    )
    assert.deepStrictEqual(violations(upwards, directions), [
      "config/Address imports cli/Cli",
      "proxy/Connection imports transport/node/NodeTransport",
      "transport/node/Accept imports access/AccessJudge",
      "strange/Thing belongs to no group"
    ])
  })

  it("catches a cycle, also through types", () => {
    const round = graph(
      new Map([
        ["a/A.ts", 'import type { B } from "../b/B.ts"'],
        ["b/B.ts", 'export { C } from "./C.ts"'],
        ["b/C.ts", 'import "../a/A.ts"'],
        ["b/D.ts", 'import "./C.ts"']
      ])
    )
    assert.deepStrictEqual(cycles(round), [["a/A", "b/B", "b/C", "a/A"]])
  })
})
