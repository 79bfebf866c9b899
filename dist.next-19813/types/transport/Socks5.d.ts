/**
 * SOCKS5 as a client (RFC 1928; RFC 1929 for passwords; contract: command line, section 8.5). The package `socks` owns a
 * Node socket from dial to reply, so nothing but Node's `net` could sit below it. This is the protocol alone, bytes in and
 * bytes out, and any transport can carry it.
 */
import { Result } from "effect";
import type { TcpAddress } from "../config/Address.ts";
import { type Negotiation, type ProxyCredentials } from "./UpstreamProxy.ts";
/** Asks the proxy at `proxy` for a connection to `target`. Fails for what the protocol cannot carry. */
export declare const socks5: (target: TcpAddress, proxy: TcpAddress, credentials: ProxyCredentials | undefined) => Result.Result<Negotiation, string>;
