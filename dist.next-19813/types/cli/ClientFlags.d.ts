/** The flags of `client` (contract: command line, section 1.7). */
import type { Command } from "effect/cli";
import * as Spec from "./FlagSpec.ts";
/** The table of `client`'s flags. */
export declare const clientFlags: {
    readonly listen: Spec.Declared<string>;
    readonly target: Spec.Declared<string>;
    readonly unsafeListen: Spec.Declared<boolean>;
    readonly overrideServerName: Spec.Declared<string>;
    readonly proxy: Spec.Declared<string>;
    readonly proxyFile: Spec.Declared<string>;
    readonly verifyCn: Spec.Declared<readonly string[]>;
    readonly verifyOu: Spec.Declared<readonly string[]>;
    readonly verifyDns: Spec.Declared<readonly string[]>;
    readonly verifyIp: Spec.Declared<readonly string[]>;
    readonly verifyUri: Spec.Declared<readonly string[]>;
    readonly verifySpkiPin: Spec.Declared<readonly string[]>;
    readonly verifyPolicy: Spec.Declared<string>;
    readonly verifyQuery: Spec.Declared<string>;
    readonly disableAuthentication: Spec.Declared<boolean>;
};
/** The flags of `client` as parsed. */
export type ClientFlags = Command.Command.Config.Infer<typeof clientFlags>;
