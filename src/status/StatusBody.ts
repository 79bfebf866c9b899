/** The body of `/_status`, byte for byte as monitoring systems expect it (docs/compatibility/status-and-metrics.md, 4.1 and 4.2). Pure. */
import { Result } from "effect"
import { isUp, message, type State } from "./Status.ts"
import type { Json } from "./StatusFacts.ts"

/** The constant part of the body. */
export interface StatusFacts {
  /** The configured listen address, verbatim. */
  readonly listenAddress: string
  /** The configured target address, verbatim. */
  readonly forwardAddress: string
  /** Version of this program. */
  readonly revision: string
  /** Name and version of the runtime, `node26.10.0`. */
  readonly compiler: string
}

/** The variable part of the body. Times in Unix milliseconds. */
export interface StatusMoment {
  /** When the request arrived, before the backend was checked. */
  readonly time: number
  /** Read after the backend was checked. */
  readonly state: State
  readonly backend: Result.Result<void, string>
  /** Omitted if empty. */
  readonly hostname: string
  /** Optional keys that follow the Go program's. */
  readonly more: Readonly<Record<string, Json>>
}

const pad = (n: number): string => String(n).padStart(2, "0")

/** RFC 3339 with the given offset from UTC in minutes, east positive; `Z` for none, no trailing zeros in the fraction. */
export const rfc3339 = (millis: number, offset: number): string => {
  const date = new Date(Math.floor(millis) + offset * 60_000)
  const second = date.toISOString().slice(0, -5)
  const fraction = date.getUTCMilliseconds()
  const digits = fraction === 0 ? "" : `.${String(fraction).padStart(3, "0").replace(/0+$/, "")}`
  const east = Math.abs(offset)
  const zone = offset === 0 ? "Z" : `${offset < 0 ? "-" : "+"}${pad(Math.floor(east / 60))}:${pad(east % 60)}`
  return `${second}${digits}${zone}`
}

const local = (millis: number): string => rfc3339(millis, -new Date(millis).getTimezoneOffset())

const escapes: ReadonlyMap<string, string> = new Map([
  ["<", "\\u003c"],
  [">", "\\u003e"],
  ["&", "\\u0026"],
  ["\u2028", "\\u2028"],
  ["\u2029", "\\u2029"]
])

/** JSON as Go's encoder writes it: safe to paste into HTML and into old JavaScript. */
export const goJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (char) => escapes.get(char) ?? char)

/** Whether the tunnel is up (listening, also while reloading, and the backend reachable): 200 or 503. */
export const statusBody = (
  facts: StatusFacts,
  moment: StatusMoment
): { readonly ok: boolean; readonly json: string } => {
  const { backend, hostname, more, state, time } = moment
  const backendOk = Result.isSuccess(backend)
  const ok = backendOk && isUp(state)
  const word = (good: boolean) => (good ? "ok" : "critical")
  const json = goJson({
    ok,
    status: word(ok),
    listen_address: facts.listenAddress,
    forward_address: facts.forwardAddress,
    backend_ok: backendOk,
    backend_status: word(backendOk),
    ...(Result.isFailure(backend) ? { backend_error: backend.failure } : {}),
    time: local(time),
    last_reload: state.lastReload === undefined ? "0001-01-01T00:00:00Z" : local(state.lastReload),
    ...(hostname === "" ? {} : { hostname }),
    message: message(state),
    revision: facts.revision,
    compiler: facts.compiler,
    ...more
  })
  return { ok, json }
}
