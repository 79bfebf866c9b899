/** The canonical text of an address of 4 or 16 bytes; undefined for any other length. */
export declare const formatIpAddress: (bytes: ArrayLike<number>) => string | undefined;
/** The canonical text of an address; undefined when it is none. Zones are not addresses. */
export declare const canonicalIpAddress: (text: string) => string | undefined;
