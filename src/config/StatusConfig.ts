/** The status port. */
import { Effect, Schema } from "effect"
import { AddressFromString } from "./Address.ts"
import { AllowedHost } from "./AllowedHost.ts"
import { closed } from "./Closed.ts"
import { flag, Url } from "./Fields.ts"

export const StatusConfig = closed(
  Schema.Struct({
    address: AddressFromString,
    /** HTTPS with the tunnel's own certificate; only TCP addresses can. */
    https: flag,
    /** Whether `POST /_shutdown` exists. */
    enableShutdown: flag,
    /** Whether `/debug/pprof/` exists. */
    enableProfiling: flag,
    /** Whether `/` is the status page. */
    page: flag,
    /** On plain HTTP over TCP: hosts under which browsers may ask, besides literal addresses and `localhost`. */
    allowedHosts: Schema.Array(AllowedHost).pipe(Schema.withDecodingDefaultKey(Effect.succeed([]))),
    /** Servers only: checks the backend with a GET of this URL instead of a bare connect. */
    targetStatus: Schema.optionalKey(Url)
  })
)
export type StatusConfig = typeof StatusConfig.Type
