import type { TlsMaterial } from "./TlsMaterial.ts";
/** One certificate's end. */
export interface CertificateExpiry {
    readonly role: "leaf" | "chain" | "authority";
    /** As the log prints it. */
    readonly subject: string;
    /** Hexadecimal. */
    readonly serial: string;
    /** Unix milliseconds. */
    readonly notAfter: number;
}
/** Every certificate in play, the leaf first. */
export declare const certificateExpiries: (material: TlsMaterial) => ReadonlyArray<CertificateExpiry>;
/** The earliest end within a role, Unix milliseconds; undefined when it has no certificate. */
export declare const earliest: (expiries: ReadonlyArray<CertificateExpiry>, role: CertificateExpiry["role"]) => number | undefined;
