/** OpenSSL's verification errors by number (`<openssl/x509_vfy.h>`), and those that stand for our refusals. Pure. */
import type { RefusalReason } from "../../access/Verdict.ts";
/** The name of a verification error without its prefix; undefined for none. */
export declare const verifyErrorName: (code: number) => string | undefined;
/**
 * The error from which OpenSSL makes the alert that the contract wants for a refusal (contract: credentials, section 10.2):
 * clients are told what is wrong with their chain, all else is `bad_certificate`.
 */
export declare const alertError: (role: "server" | "client", reason: RefusalReason) => number;
