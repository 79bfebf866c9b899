/** How a tunnel stands with its certificates: until when they are valid, and what the last reload failed by. */
import { type CertificateExpiry } from "../credentials/CertificateExpiry.ts";
import type { TlsMaterial } from "../credentials/TlsMaterial.ts";
import type { Json } from "../status/StatusFacts.ts";
import type { Telemetry } from "../telemetry/Telemetry.ts";
export declare class Standing {
    #private;
    constructor(material: TlsMaterial, telemetry: Pick<Telemetry["Service"], "certificates" | "reloaded">);
    /** Every certificate in play, the leaf first. */
    get certificates(): ReadonlyArray<CertificateExpiry>;
    /** Why the last reload failed; undefined when it did not. */
    get lastError(): string | undefined;
    /** A reload has made this material current. */
    reloaded(material: TlsMaterial): void;
    /** A reload has left everything as it was. */
    failed(message: string): void;
    /** The keys of `/_status`. */
    facts(): Readonly<Record<string, Json>>;
}
