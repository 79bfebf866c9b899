/**
 * Whether a URI in a certificate is one that Go's parser reads: a certificate with another one counts as malformed
 * (contract: credentials, section 4.2). What matches is always the text itself.
 */
/** Why this text is not a URI; undefined when it is one. */
export declare const uriProblem: (text: string) => string | undefined;
