/** Landlock's rights and which kernel knows them (contract: command line, section 7). Pure. */
/** Rights on TCP ports. */
export declare const net: {
    readonly bind: number;
    readonly connect: number;
};
/** Set when restricting: the calling process's other threads too (ABI 8). */
export declare const ALL_THREADS: number;
/** Every file right that a kernel of this ABI can take away; moving between directories and device ioctls included. */
export declare const handledFs: (abi: number) => number;
/** Every port right that a kernel of this ABI can take away. */
export declare const handledNet: (abi: number, bindAny: boolean) => number;
/** The rights to allow on a path, no more than the kernel knows and the kind of file takes. */
export declare const pathRights: (access: "read" | "write", isDirectory: boolean, abi: number) => number;
/** In words, what a kernel of this ABI restricts once rules apply, and what it does not. */
export declare const coverage: (abi: number, bindAny: boolean) => {
    readonly enforced: ReadonlyArray<string>;
    readonly missing: ReadonlyArray<string>;
};
