/**
 * Strict DER, and nothing of the laxer BER: every header is the shortest possible, lengths are definite, nothing follows
 * the value. A certificate that two parsers could read in two ways is refused here. Own code, because it reads what
 * strangers send before anything is decided about them; the tests hold it against asn1js.
 */
/** Malformed input: never leaves the parsers, which turn it into a typed failure. */
export declare class Malformed extends Error {
}
/** Stops the parse with a reason. */
export declare const malformed: (reason: string) => never;
/** The tag classes as in the first byte. */
export declare const TagClass: {
    readonly universal: 0;
    readonly contextSpecific: 2;
};
/** The universal tags certificates are made of. */
export declare const Tag: {
    readonly boolean: 1;
    readonly integer: 2;
    readonly bitString: 3;
    readonly octetString: 4;
    readonly oid: 6;
    readonly enumerated: 10;
    readonly utf8String: 12;
    readonly sequence: 16;
    readonly set: 17;
    readonly numericString: 18;
    readonly printableString: 19;
    readonly t61String: 20;
    readonly ia5String: 22;
    readonly utcTime: 23;
    readonly generalizedTime: 24;
    readonly bmpString: 30;
};
/** One value. */
export interface DerNode {
    readonly tagClass: number;
    readonly tag: number;
    readonly constructed: boolean;
    /** The value with its header. */
    readonly raw: Uint8Array;
    readonly content: Uint8Array;
    /** Empty unless constructed. */
    readonly children: ReadonlyArray<DerNode>;
}
/** Reads exactly one value of at most `limit` bytes. Throws `Malformed`. */
export declare const readDer: (bytes: Uint8Array, limit?: number) => DerNode;
/** Reads values that follow each other, `limit` bytes at most. Throws `Malformed`. */
export declare const readDerSeries: (bytes: Uint8Array, limit: number) => ReadonlyArray<DerNode>;
/** A value whose inside nobody has looked at yet. */
export type DerElement = Omit<DerNode, "children">;
/** The values that stand here one after the other, however large, each without a look inside. Throws `Malformed`. */
export declare function readElements(bytes: Uint8Array): Generator<DerElement>;
/** Whether the value has this universal tag, in the form the tag demands. */
export declare const isUniversal: (node: DerElement, tag: number) => boolean;
/** The value when it is of this universal type. Throws `Malformed`. */
export declare const expectTag: (node: DerNode | undefined, tag: number, what: string) => DerNode;
/** An object identifier in dotted form. Throws `Malformed`. */
export declare const oidOf: (node: DerNode | undefined, what: string) => string;
/** The bytes of a bit string without unused bits. Throws `Malformed`. */
export declare const bitsOf: (node: DerNode | undefined, what: string) => Uint8Array;
/** The bytes of an integer that is not negative, without the sign byte. Throws `Malformed`. */
export declare const unsignedOf: (node: DerNode | undefined, what: string) => Uint8Array;
