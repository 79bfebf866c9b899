import { Effect } from "effect";
import type { TcpAddress } from "../config/Address.ts";
/**
 * The address with its host looked up, IPv4 before IPv6; its text stays what was written. The failure is the contract's
 * sentence. Asks on this thread where that can be done: Node's own look-up would start threads before the sandbox is there.
 */
export declare const resolved: (address: TcpAddress) => Effect.Effect<TcpAddress, string>;
