import { type DerNode } from "../../access/Der.ts";
/** Whether bytes are one DER value. What a wrong password decrypts to is none, even where its padding happens to be right. */
export declare const isDer: (bytes: Uint8Array) => boolean;
/** The members of a sequence. */
export declare const membersOf: (node: DerNode | undefined, what: string) => ReadonlyArray<DerNode>;
/** The bytes of an octet string. */
export declare const octetsOf: (node: DerNode | undefined, what: string) => Uint8Array;
/** A number from 0 to 2^31 - 1. */
export declare const countOf: (node: DerNode | undefined, what: string) => number;
/** An iteration count: 1 or more. */
export declare const iterationsOf: (node: DerNode | undefined) => number;
/** The value inside an explicit tag `[number]`. */
export declare const explicitOf: (node: DerNode | undefined, number: number, what: string) => DerNode;
/** An algorithm's identifier and its parameters. */
export interface Algorithm {
    readonly oid: string;
    readonly parameters: DerNode | undefined;
}
/** Reads an `AlgorithmIdentifier`. */
export declare const algorithmOf: (node: DerNode | undefined, what: string) => Algorithm;
