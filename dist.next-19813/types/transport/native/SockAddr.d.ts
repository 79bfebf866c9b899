/** `struct sockaddr` of the three families we speak (`<netinet/in.h>`, `<sys/un.h>`). Pure. */
import { Buffer } from "node:buffer";
/** Longest `sockaddr` of ours. */
export declare const largest = 128;
/** `sockaddr_in` or `sockaddr_in6`; undefined when the host is not an IP address. */
export declare const ipAddress: (host: string, port: number) => Buffer | undefined;
/** `sockaddr_un` for a path, or for an abstract name written with a leading `@`; undefined when it does not fit. */
export declare const unixAddress: (path: string) => Buffer | undefined;
/** What a `sockaddr` says. UNIX names as people write them; an unnamed one is `@`. */
export type Decoded = {
    readonly network: "tcp";
    readonly address: string;
    readonly wildcard: boolean;
} | {
    readonly network: "unix";
    readonly address: string;
};
/** Reads a `sockaddr` of this length; undefined for families that are none of ours. */
export declare const decode: (bytes: Buffer, length: number) => Decoded | undefined;
