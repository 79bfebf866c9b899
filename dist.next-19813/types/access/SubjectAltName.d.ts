export interface SubjectAltNames {
    readonly dnsNames: ReadonlyArray<string>;
    /** Canonical text; IPv4-mapped IPv6 addresses as IPv4. */
    readonly ipAddresses: ReadonlyArray<string>;
    /** As written in the certificate. */
    readonly uris: ReadonlyArray<string>;
    readonly emailAddresses: ReadonlyArray<string>;
}
/** Reads the extension's value. Kinds of names nobody asks about are skipped. Throws `Malformed`. */
export declare const readSubjectAltNames: (extension: Uint8Array) => SubjectAltNames;
