import { Result } from "effect";
import type { TcpAddress } from "../config/Address.ts";
import { type Negotiation, type ProxyCredentials } from "./UpstreamProxy.ts";
/**
 * Asks a proxy for a tunnel with `CONNECT`; credentials are sent along (RFC 7617). Only status 200 is success. Fails for
 * a target that cannot be written into a request.
 */
export declare const httpConnect: (target: TcpAddress, credentials: ProxyCredentials | undefined) => Result.Result<Negotiation, string>;
