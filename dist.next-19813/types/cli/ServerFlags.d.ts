/** The flags of `server` (contract: command line, section 1.6). */
import { Duration } from "effect";
import type { Command } from "effect/cli";
import * as Spec from "./FlagSpec.ts";
/** The table of `server`'s flags. */
export declare const serverFlags: {
    readonly listen: Spec.Declared<string>;
    readonly target: Spec.Declared<string>;
    readonly targetStatus: Spec.Declared<string>;
    readonly targetStatusFile: Spec.Declared<string>;
    readonly proxyProtocol: Spec.Declared<boolean>;
    readonly proxyProtocolMode: Spec.Declared<"conn" | "tls" | "tls-full" | undefined>;
    readonly unsafeTarget: Spec.Declared<boolean>;
    readonly allowAll: Spec.Declared<boolean>;
    readonly allowCn: Spec.Declared<readonly string[]>;
    readonly allowOu: Spec.Declared<readonly string[]>;
    readonly allowDns: Spec.Declared<readonly string[]>;
    readonly allowIp: Spec.Declared<readonly string[]>;
    readonly allowUri: Spec.Declared<readonly string[]>;
    readonly allowSpkiPin: Spec.Declared<readonly string[]>;
    readonly allowPolicy: Spec.Declared<string>;
    readonly allowQuery: Spec.Declared<string>;
    readonly disableAuthentication: Spec.Declared<boolean>;
    readonly autoAcmeCert: Spec.Declared<string>;
    readonly autoAcmeEmail: Spec.Declared<string>;
    readonly autoAcmeCa: Spec.Declared<string>;
    readonly autoAcmeTestca: Spec.Declared<string>;
    readonly autoAcmeAgreeToTos: Spec.Declared<boolean>;
    readonly autoAcmeRenewCheckInterval: Spec.Declared<Duration.Duration>;
    readonly autoAcmeAltTlsAlpnPort: Spec.Declared<number>;
};
/** The flags of `server` as parsed. */
export type ServerFlags = Command.Command.Config.Infer<typeof serverFlags>;
