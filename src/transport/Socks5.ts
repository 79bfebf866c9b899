/**
 * SOCKS5 as a client (RFC 1928; RFC 1929 for passwords; docs/compatibility/command-line.md, 8.5). The package `socks` owns a
 * Node socket from dial to reply, so nothing but Node's `net` could sit below it. This is the protocol alone, bytes in and
 * bytes out, and any transport can carry it.
 */
import { Result } from "effect"
import type { TcpAddress } from "../config/Address.ts"
import { ipBytes, unmapped } from "./ProxyProtocol.ts"
import { fitsSocks, hostPort, type Negotiation, type ProxyCredentials, Step } from "./UpstreamProxy.ts"

const version = 5
const passwordVersion = 1
const method = { none: 0, password: 2, notAcceptable: 0xff } as const
const addressType = { ipv4: 1, name: 3, ipv6: 4 } as const

/** RFC 1928, section 6, in Go's words. */
const replies = [
  "succeeded",
  "general SOCKS server failure",
  "connection not allowed by ruleset",
  "network unreachable",
  "host unreachable",
  "connection refused",
  "TTL expired",
  "command not supported",
  "address type not supported"
] as const

/** What is asked for, and the target's name as the request carries it. */
interface Request {
  readonly credentials: ProxyCredentials | undefined
  readonly connect: Uint8Array
}

/** Where the conversation is: how many bytes the next decision needs, and the decision. */
interface Stage {
  readonly needs: number
  readonly decide: (bytes: Uint8Array) => Decision
}

type Decision =
  | { readonly _tag: "Next"; readonly send?: Uint8Array; readonly stage: Stage }
  | { readonly _tag: "Connected" }
  | { readonly _tag: "Refused"; readonly why: string }

const refuse = (why: string): Decision => ({ _tag: "Refused", why })
const connected: Decision = { _tag: "Connected" }
const then = (stage: Stage): Decision => ({ _tag: "Next", stage })

/** The bound address has no use; it has to be skipped to find the target's first byte. */
const skip = (needs: number): Decision => then({ needs, decide: () => connected })

const skipBound = (type: number): Decision => {
  if (type === addressType.ipv4) return skip(4 + 2)
  if (type === addressType.ipv6) return skip(16 + 2)
  if (type !== addressType.name) return refuse(`unknown address type ${type}`)
  return then({ needs: 1, decide: ([length = 0]) => skip(length + 2) })
}

const reply: Stage = {
  needs: 4,
  decide: ([spoken, code = 0, reserved, type = 0]) => {
    if (spoken !== version) return refuse(`unexpected protocol version ${spoken}`)
    if (code !== 0) return refuse(`unknown error ${replies[code] ?? `unknown code: ${code}`}`)
    return reserved === 0 ? skipBound(type) : refuse("non-zero reserved field")
  }
}

const connect = ({ connect }: Request): Decision => ({ _tag: "Next", send: connect, stage: reply })

const authenticate = (request: Request, { password, username }: ProxyCredentials): Decision => ({
  _tag: "Next",
  send: Uint8Array.from([passwordVersion, username.length, ...username, password.length, ...password]),
  stage: {
    needs: 2,
    decide: ([spoken, status]) => {
      if (spoken !== passwordVersion) return refuse("invalid username/password version")
      return status === 0 ? connect(request) : refuse("username/password authentication failed")
    }
  }
})

const greeted = (request: Request): Stage => ({
  needs: 2,
  decide: ([spoken, chosen]) => {
    if (spoken !== version) return refuse(`unexpected protocol version ${spoken}`)
    if (chosen === method.none) return connect(request)
    if (chosen === method.notAcceptable) return refuse("no acceptable authentication methods")
    // A password goes only to a proxy that was offered one.
    return chosen === method.password && request.credentials !== undefined
      ? authenticate(request, request.credentials)
      : refuse(`unsupported authentication method ${chosen}`)
  }
})

/** Type, address and port (RFC 1928, section 4): literal addresses as such, names for the proxy to resolve. */
const destination = ({ host, port }: TcpAddress): Result.Result<ReadonlyArray<number>, string> => {
  const literal = ipBytes(host)
  const ip = literal === undefined ? undefined : (unmapped(literal) ?? literal)
  const tail = [port >> 8, port & 0xff]
  if (ip !== undefined) return Result.succeed([ip.length === 4 ? addressType.ipv4 : addressType.ipv6, ...ip, ...tail])
  const name = Buffer.from(host)
  if (name.length === 0) return Result.fail("missing host")
  if (name.length > 255) return Result.fail("FQDN too long")
  return Result.succeed([addressType.name, name.length, ...name, ...tail])
}

/** Asks the proxy at `proxy` for a connection to `target`. Fails for what the protocol cannot carry. */
export const socks5 = (
  target: TcpAddress,
  proxy: TcpAddress,
  credentials: ProxyCredentials | undefined
): Result.Result<Negotiation, string> => {
  const prefix = `socks connect tcp ${hostPort(proxy.host, proxy.port)}->${hostPort(target.host, target.port)}: `
  const sentence = (why: string) => prefix + why
  if (credentials !== undefined && !fitsSocks(credentials)) return Result.fail(sentence("invalid username/password"))
  return Result.mapBoth(destination(target), {
    onFailure: sentence,
    onSuccess: (address): Negotiation => {
      let stage = greeted({ credentials, connect: Uint8Array.from([version, 1, 0, ...address]) })
      let pending: Uint8Array = new Uint8Array()
      const receive = (chunk: Uint8Array): Step => {
        const sends: Array<Uint8Array> = []
        pending = Buffer.concat([pending, chunk])
        while (pending.length >= stage.needs) {
          const decision = stage.decide(pending.subarray(0, stage.needs))
          if (decision._tag === "Refused") return Step.Failed({ message: sentence(decision.why) })
          pending = pending.subarray(stage.needs)
          if (decision._tag === "Connected") return Step.Done({ send: Buffer.concat(sends), surplus: pending })
          if (decision.send !== undefined) sends.push(decision.send)
          stage = decision.stage
        }
        return Step.NeedMore({ send: Buffer.concat(sends) })
      }
      const methods = credentials === undefined ? [method.none] : [method.none, method.password]
      return {
        start: () => Uint8Array.from([version, methods.length, ...methods]),
        receive,
        undialled: sentence,
        interrupted: sentence
      }
    }
  })
}
