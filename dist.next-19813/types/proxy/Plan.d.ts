/** From a configuration to plain values and numbers, as every thread takes them. */
import { Result } from "effect";
import type { TunnelConfig } from "../config/TunnelConfig.ts";
import { type StartError } from "../runtime/StartError.ts";
import type { ProxyOptions } from "./ThreadProxy.ts";
/** What a tunnel's proxies do, before threads share slots. */
export type Plan = Omit<ProxyOptions, "slots">;
/** The plan that a configuration describes, or what is wrong with it. */
export declare const planOf: (config: TunnelConfig) => Result.Result<Plan, StartError>;
