/**
 * From a command line that parsed to the tunnel it describes, or to the sentence that refuses it: the rules of the mode
 * first, in the contract's order, then what this version does not do yet, then what Ghostunnel finds out only later.
 */
import { Result } from "effect";
import * as Address from "../config/Address.ts";
import { type TunnelConfig } from "../config/TunnelConfig.ts";
import { type StartError } from "../runtime/StartError.ts";
import type { Invocation } from "./Invocation.ts";
/**
 * The tunnel that an invocation describes, or the one sentence (without `error: `) that refuses it, with its lines for the
 * log. Pure, but for the look at `/etc/services` when a port is given by a name that few know.
 */
export declare const toConfig: (invocation: Invocation, services?: Address.Services) => Result.Result<TunnelConfig, StartError>;
