/** One push to a collector (OTLP/HTTP 1.x, "OTLP/HTTP Request" and "Response"). */
import { promisify } from "node:util"
import { gzip } from "node:zlib"
import { Data, Duration, Effect } from "effect"
import { basicAuth, redacted } from "../../config/UrlText.ts"
import { connector, dialWords } from "../../metrics/PushTarget.ts"
import { exchange, type Reply } from "../../runtime/HttpExchange.ts"
import type { SignalSettings } from "./Settings.ts"

/** A failed push; the message contains no secret. */
export class PushError extends Data.TaggedError("PushError")<{
  readonly message: string
  /** The shortest pause before a retry; undefined if a retry cannot succeed. */
  readonly retry: Duration.Duration | undefined
}> {}

/** Sends a body and waits for the head of the reply, at most as long as the signal's timeout. */
export type Send = (
  settings: SignalSettings,
  body: { readonly contentType: string; readonly bytes: Uint8Array }
) => Effect.Effect<void, PushError>

/** Retryable statuses. */
const transient: ReadonlySet<number> = new Set([429, 502, 503, 504])
/** Upper bound in milliseconds on a pause that the collector asks for. */
const patience = 60_000

/** `Retry-After`: seconds, or a date. */
const delayOf = ({ retryAfter = "" }: Reply): Duration.Duration => {
  const millis = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now()
  return Duration.millis(Number.isNaN(millis) ? 0 : Math.min(Math.max(millis, 0), patience))
}

const compress = promisify(gzip)

/** Makes the sender. TLS trusts these PEM certificates, parsed once, and presents no client certificate. */
export const sender = (trustAnchors: ReadonlyArray<string>, version: string): Send => {
  const connect = connector(trustAnchors)
  return Effect.fnUntraced(function* (settings, { bytes, contentType }) {
    const { compression, headers, timeout, url } = settings
    const fail = (why: string, retry?: Duration.Duration) =>
      new PushError({ message: `Post "${redacted(url.href)}": ${why}`, retry })
    const body = compression === "gzip" ? yield* Effect.promise(() => compress(bytes)) : bytes
    const authorization = basicAuth(url)
    const reply = yield* exchange({
      method: "POST",
      url,
      headers: {
        ...(authorization === undefined ? {} : { authorization }),
        "user-agent": `ghostunnel/${version}`,
        ...headers,
        host: url.host,
        "content-type": contentType,
        "content-length": String(body.byteLength),
        ...(compression === "gzip" ? { "content-encoding": "gzip" } : {})
      },
      body,
      connect: () => connect(url),
      dialWords: (error) => dialWords(url, error)
    }).pipe(
      Effect.mapError((why) => fail(why, Duration.zero)),
      Effect.timeoutOrElse({
        duration: timeout,
        orElse: () => Effect.fail(fail("context deadline exceeded", Duration.zero))
      })
    )
    if (reply.status >= 200 && reply.status < 300) return
    const retry = transient.has(reply.status) ? delayOf(reply) : undefined
    return yield* fail(`collector returned status: ${reply.status}`, retry)
  })
}
