/**
 * A certificate's subject as log lines show it (contract: credentials, section 10.3): fixed order of the common
 * attributes whatever their order in the certificate, then the others, last first, as `oid=#hex`.
 */
import type { Subject } from "./PeerCertificate.ts";
/** The subject in one line; empty for an empty subject. */
export declare const subjectName: (subject: Subject) => string;
