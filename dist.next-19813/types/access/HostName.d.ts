import type { PeerCertificate } from "./PeerCertificate.ts";
type Named = Pick<PeerCertificate, "dnsNames" | "ipAddresses" | "hasSanExtension"> & {
    readonly subject: Pick<PeerCertificate["subject"], "commonName">;
};
/** Why the certificate is not for this host (`x509: ..`); undefined when it is. */
export declare const hostNameProblem: (certificate: Named, host: string) => string | undefined;
export {};
