/** The negotiation that an upstream proxy's scheme asks for. */
import type { Result } from "effect"
import type { TcpAddress } from "../config/Address.ts"
import { httpConnect } from "./HttpConnect.ts"
import { socks5 } from "./Socks5.ts"
import type { Negotiation, UpstreamProxy } from "./UpstreamProxy.ts"

/** A fresh conversation with the proxy about the target; fails for a target that its protocol cannot carry. */
export const negotiationWith = (proxy: UpstreamProxy, target: TcpAddress): Result.Result<Negotiation, string> =>
  proxy.scheme === "http" ? httpConnect(target, proxy.credentials) : socks5(target, proxy.address, proxy.credentials)
