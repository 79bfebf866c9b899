/**
 * The rules of the command line as a whole (contract: command line, section 2.1). Breaking one is a parser error, also
 * when no command was given.
 */
import { Result } from "effect";
import * as Address from "../config/Address.ts";
import type { SharedFlags } from "./SharedFlags.ts";
/** `--status` taken apart: the address, and whether it is to be served by HTTPS. */
export interface StatusAddress {
    readonly address: Address.Address;
    readonly https: boolean;
}
/** Reads `--status` (contract: command line, section 3.4). The failure is the whole sentence. */
export declare const statusAddress: (text: string, services: Address.Services) => Result.Result<StatusAddress, string>;
/** Whether a text begins as `http(s)` URLs do. */
export declare const isWebUrl: (text: string) => boolean;
/** The sentence that refuses the flags, or `undefined`. `targetStatus` is empty where there is no such flag. */
export declare const check: (flags: SharedFlags, targetStatus: string, services?: Address.Services) => string | undefined;
