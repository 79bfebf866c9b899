/** The negotiation that an upstream proxy's scheme asks for. */
import type { Result } from "effect";
import type { TcpAddress } from "../config/Address.ts";
import type { Negotiation, UpstreamProxy } from "./UpstreamProxy.ts";
/** A fresh conversation with the proxy about the target; fails for a target that its protocol cannot carry. */
export declare const negotiationWith: (proxy: UpstreamProxy, target: TcpAddress) => Result.Result<Negotiation, string>;
