/** PEM: the blocks of a text in their order. Pure and total: what is no block is text between blocks. */
export interface PemBlock {
    /** What stands behind BEGIN, such as `CERTIFICATE`. */
    readonly type: string;
    readonly headers: ReadonlyMap<string, string>;
    readonly der: Uint8Array;
}
/**
 * The blocks of a text, damaged ones left out. A block begins at the last BEGIN line before its END line, and both name
 * the same type.
 */
export declare const readPem: (input: Uint8Array) => ReadonlyArray<PemBlock>;
/** Whether a block is a private key of any kind. */
export declare const isKey: ({ type }: PemBlock) => boolean;
/** Whether a password protects the block. */
export declare const isEncrypted: ({ type, headers }: PemBlock) => boolean;
/** One block as text. */
export declare const writePem: (type: string, der: Uint8Array, headers?: PemBlock["headers"]) => string;
