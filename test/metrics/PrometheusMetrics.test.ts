import { assert, describe, it } from "@effect/vitest"
import { contentType, wantsGzip } from "../../src/metrics/PrometheusMetrics.ts"

const escaping = (accept: string | undefined) =>
  /^text\/plain; version=0\.0\.4; charset=utf-8; escaping=(.*)$/.exec(contentType(accept))?.[1]

describe("contentType", () => {
  it("is the captured one by default", () => {
    assert.strictEqual(contentType(undefined), "text/plain; version=0.0.4; charset=utf-8; escaping=underscores")
  })

  it("is the text format for any Accept header", () => {
    for (const accept of [
      "",
      "*/*",
      "text/html",
      "application/json",
      "application/openmetrics-text;version=1.0.0",
      ";,;"
    ]) {
      assert.strictEqual(escaping(accept), "underscores", accept)
    }
    assert.strictEqual(escaping("text/plain;q=0"), "underscores")
  })

  it("echoes a known escaping", () => {
    for (const known of ["allow-utf-8", "dots", "underscores", "values"]) {
      assert.strictEqual(escaping(`text/plain; version=0.0.4; escaping=${known}`), known)
    }
    assert.strictEqual(escaping("text/plain;escaping=nonsense"), "underscores")
    assert.strictEqual(escaping("text/plain;escaping=dots\r\nx: y"), "underscores")
  })

  it("considers items by falling q, up to the one that matches", () => {
    // The `Accept` header of Prometheus 3.
    const prometheus3 =
      "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6," +
      "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4," +
      "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
    assert.strictEqual(escaping(prometheus3), "allow-utf-8")
    assert.strictEqual(escaping("text/plain,application/json;escaping=dots"), "underscores")
    assert.strictEqual(escaping("application/json;escaping=dots,text/plain"), "dots")
    assert.strictEqual(escaping("application/json;escaping=dots;q=0.1,text/plain"), "underscores")
    assert.strictEqual(escaping("text/plain;q=0.1,application/json;escaping=dots"), "dots")
    assert.strictEqual(escaping("application/json;escaping=dots,text/html;escaping=values"), "values")
  })
})

describe("wantsGzip", () => {
  it("compresses when gzip is preferred to identity", () => {
    for (const header of [
      "gzip",
      "gzip, deflate, br",
      "GZIP;q=0.1",
      "gzip;q=1, identity;q=0.5",
      "identity;q=0",
      "identity;q=0, gzip"
    ]) {
      assert.isTrue(wantsGzip(header), header)
    }
  })

  it("does not otherwise; ties go to identity", () => {
    for (const header of [
      undefined,
      "",
      "*",
      "deflate",
      "zstd",
      "gzip;q=0",
      "gzip;q=oops",
      "identity",
      "gzip, identity",
      "gzip;q=0.5, identity;q=0.7",
      "identity;q=0, gzip;q=0",
      "*;q=0",
      "xgzip"
    ]) {
      assert.isFalse(wantsGzip(header), header)
    }
  })
})
