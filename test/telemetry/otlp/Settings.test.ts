import { assert, describe, it } from "@effect/vitest"
import { Duration, Result } from "effect"
import fc from "fast-check"
import type { Environment } from "../../../src/telemetry/otlp/Environment.ts"
import { type Known, settingsOf } from "../../../src/telemetry/otlp/Settings.ts"

const known: Known = {
  endpoint: "http://collector:4318",
  traces: true,
  interval: Duration.seconds(30),
  version: "1.2.3",
  attributes: { "host.name": "here", "process.pid": 7 }
}

const read = (env: Environment, more: Partial<Known> = {}) => Result.getOrThrow(settingsOf({ ...known, ...more }, env))
const refusal = (env: Environment) => Result.getOrThrow(Result.flip(settingsOf(known, env)))

describe("settings of OTLP", () => {
  it("default to the specification's values", () => {
    const { logs, metrics, resource, traces } = read({})
    assert.strictEqual(metrics?.url.href, "http://collector:4318/v1/metrics")
    assert.strictEqual(traces?.url.href, "http://collector:4318/v1/traces")
    assert.strictEqual(logs?.url.href, "http://collector:4318/v1/logs")
    assert.deepStrictEqual(
      [metrics?.form, metrics?.compression, metrics?.temporality, metrics?.headers],
      ["http/protobuf", "none", "cumulative", {}]
    )
    const millis = [metrics?.interval, metrics?.timeout, traces?.interval, logs?.interval]
    assert.deepStrictEqual(
      millis.map((each) => each && Duration.toMillis(each)),
      [30_000, 10_000, 5000, 1000]
    )
    assert.deepStrictEqual([traces?.limit, traces?.batchSize, traces?.ratio], [2048, 512, 1])
    assert.deepStrictEqual(resource, {
      serviceName: "ghostunnel",
      serviceVersion: "1.2.3",
      attributes: { "host.name": "here", "process.pid": 7 }
    })
  })

  it.each([
    ["http://h/", "http://h/v1/metrics"],
    ["http://h/otlp/", "http://h/otlp/v1/metrics"],
    ["https://u:p@h:1/a/b?x=1", "https://u:p@h:1/a/b/v1/metrics?x=1"]
  ])("go below the path of %s", (endpoint, url) => {
    assert.strictEqual(read({}, { endpoint }).metrics?.url.href, url)
  })

  it("ignore an endpoint in the environment", () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://evil", OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://evil/x" }
    assert.strictEqual(read(env).metrics?.url.hostname, "collector")
  })

  it("prefer a signal's own variable", () => {
    const { metrics, traces } = read({
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: " HTTP/protobuf ",
      OTEL_EXPORTER_OTLP_TIMEOUT: "7",
      OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: "8",
      OTEL_EXPORTER_OTLP_HEADERS: "A=1, b=x%2Cy=z ,",
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: "c=",
      OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
      OTEL_EXPORTER_OTLP_METRICS_COMPRESSION: ""
    })
    assert.deepStrictEqual([metrics?.form, traces?.form], ["http/json", "http/protobuf"])
    assert.deepStrictEqual([metrics?.timeout, traces?.timeout], [Duration.millis(8), Duration.millis(7)])
    assert.deepStrictEqual([metrics?.headers, traces?.headers], [{ a: "1", b: "x,y=z" }, { c: "" }])
    assert.deepStrictEqual([metrics?.compression, traces?.compression], ["gzip", "gzip"])
  })

  it("omit signals that are not enabled", () => {
    const signals = (env: Environment, more: Partial<Known> = {}) =>
      Object.keys(read(env, more)).filter((key) => key !== "resource")
    assert.deepStrictEqual(signals({}, { traces: false }), ["metrics"])
    assert.deepStrictEqual(signals({}, { interval: Duration.zero }), ["traces", "logs"])
    assert.deepStrictEqual(signals({ OTEL_METRIC_EXPORT_INTERVAL: "5" }, { interval: Duration.zero }).length, 3)
    assert.deepStrictEqual(signals({ OTEL_SDK_DISABLED: "TRUE" }), [])
    assert.deepStrictEqual(signals({ OTEL_LOGS_EXPORTER: "none", OTEL_METRICS_EXPORTER: "otlp" }), [
      "metrics",
      "traces"
    ])
  })

  it("name the service by its variable, else the attribute, else our name", () => {
    const attributes = "service.name=a%20b,service.version=9,k= v ,host.name=there"
    assert.strictEqual(read({ OTEL_RESOURCE_ATTRIBUTES: attributes, OTEL_SERVICE_NAME: "s" }).resource.serviceName, "s")
    assert.deepStrictEqual(read({ OTEL_RESOURCE_ATTRIBUTES: attributes }).resource, {
      serviceName: "a b",
      serviceVersion: "9",
      attributes: { "host.name": "there", "process.pid": 7, k: "v" }
    })
  })

  it.each([
    [{}, 1],
    [{ OTEL_TRACES_SAMPLER: "always_off" }, 0],
    [{ OTEL_TRACES_SAMPLER: "parentbased_traceidratio", OTEL_TRACES_SAMPLER_ARG: "0.25" }, 0.25],
    [{ OTEL_TRACES_SAMPLER: "traceidratio" }, 1]
  ])("sample by %o", (env, ratio) => {
    assert.strictEqual(read(env).traces?.ratio, ratio)
  })

  it.each([
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, /^OTEL_EXPORTER_OTLP_PROTOCOL: OTLP over gRPC is not supported/],
    [{ OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: "grpc" }, /^OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: /],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: "thrift" }, /"thrift" is not supported, use http\/protobuf or http\/json$/],
    [{ OTEL_EXPORTER_OTLP_COMPRESSION: "zstd" }, /COMPRESSION: "zstd" is not supported, use gzip or none$/],
    [{ OTEL_EXPORTER_OTLP_TIMEOUT: "10s" }, /TIMEOUT: "10s" is not a whole number of at least 1$/],
    [{ OTEL_METRIC_EXPORT_INTERVAL: "0" }, /INTERVAL: "0" is not a whole number/],
    [{ OTEL_BSP_MAX_QUEUE_SIZE: "-1" }, /^OTEL_BSP_MAX_QUEUE_SIZE: /],
    [{ OTEL_TRACES_EXPORTER: "zipkin" }, /^OTEL_TRACES_EXPORTER: "zipkin" is not supported, use otlp or none$/],
    [{ OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "2" }, /_ARG: "2" is not between 0 and 1$/],
    [{ OTEL_RESOURCE_ATTRIBUTES: "a=1,b" }, /^OTEL_RESOURCE_ATTRIBUTES: entry 2 is not NAME=VALUE/],
    [{ OTEL_EXPORTER_OTLP_HEADERS: "host=x" }, /"host" is set by the exporter itself$/],
    [{ OTEL_EXPORTER_OTLP_HEADERS: "a b=x" }, /"a b" is no header's name$/]
  ])("refuse %o", (env: Environment, sentence) => {
    assert.match(refusal(env), sentence)
  })

  it("never show a header's value and refuse header injection", () => {
    for (const value of ["%zz-s3cret", "s3cret%0d%0aEvil: 1", "s3cret%00", "s3cret%E2%82%AC"]) {
      assert.notInclude(refusal({ OTEL_EXPORTER_OTLP_HEADERS: `x=${value}` }), "s3cret")
    }
    assert.notInclude(refusal({ OTEL_EXPORTER_OTLP_HEADERS: "=s3cret" }), "s3cret")
  })

  it("accept the values that SDKs accept", () => {
    const token = fc
      .stringMatching(/^[a-z0-9-]{1,8}$/)
      .filter((name) => !/^(host|te|expect|upgrade|trailer)$/.test(name))
    const value = fc.stringMatching(/^[!-~]([ -~]{0,10}[!-~])?$/)
    fc.assert(
      fc.property(fc.dictionary(token, value, { maxKeys: 5 }), (headers) => {
        const text = Object.entries(headers).map(([name, each]) => `${name}=${encodeURIComponent(each)}`)
        assert.deepEqual(read({ OTEL_EXPORTER_OTLP_HEADERS: text.join(",") }).metrics?.headers, { ...headers })
      })
    )
  })
})
