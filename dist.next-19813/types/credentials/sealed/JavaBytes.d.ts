/** A position in bytes. Numbers are big-endian. */
export declare class JavaBytes {
    #private;
    constructor(bytes: Uint8Array);
    get left(): number;
    take(length: number): Buffer;
    u16(): number;
    u32(): number;
    /** Bytes behind their length in four bytes. */
    block(): Buffer;
    /** Modified UTF-8 behind its length in two bytes: UTF-16 units of one to three bytes each. */
    text(): string;
}
