/** The leaf's subject; empty for a certificate that cannot be read, which no judge admits. */
export declare const subjectOf: (leaf: Uint8Array) => string;
/** The leaf's common name; empty without one. */
export declare const commonNameOf: (leaf: Uint8Array) => string;
