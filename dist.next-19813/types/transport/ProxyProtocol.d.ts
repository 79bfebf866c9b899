import { Result } from "effect";
import type { EndpointName, TlsFacts } from "./Transport.ts";
/** How much a header tells: the two ends, also the TLS session, also the client's certificate (section 8.6). */
export type ProxyProtocolMode = "conn" | "tls" | "tls-full";
/** Type-length-value (`proxy-protocol.txt`, section 2.2.7). */
export interface Tlv {
    readonly type: number;
    readonly value: Uint8Array;
}
/** One TCP end: an address without brackets and zone, and a port. */
export interface IpEndpoint {
    readonly host: string;
    readonly port: number;
}
interface Ends<Tag extends string, End> {
    readonly _tag: Tag;
    readonly source: End;
    readonly destination: End;
    readonly tlvs: ReadonlyArray<Tlv>;
}
/** What a header can say about a stream (`proxy-protocol.txt`, section 2.2). */
export type Header = Ends<"Tcp4", IpEndpoint> | Ends<"Tcp6", IpEndpoint>
/** Paths; an abstract or missing name as its text, `@name` and `@`. */
 | Ends<"Unix", string>
/** The sender speaks for itself (health checks); the receiver takes the connection's own ends. */
 | {
    readonly _tag: "Local";
}
/** Somebody else's connection, but nobody says whose. */
 | {
    readonly _tag: "Unspecified";
};
/** The value of the TLV `ssl` (`proxy-protocol.txt`, section 2.2.5). */
export interface SslValue {
    /** Bits of `SslFlag`. */
    readonly flags: number;
    /** 0: the client's certificate was verified. */
    readonly verify: number;
    readonly tlvs: ReadonlyArray<Tlv>;
}
/** What a header is made of, in the seam's terms (section 8.6). */
export interface HeaderFacts {
    readonly client: EndpointName;
    /** Where the client's connection was accepted; a UNIX listener's path as it was given. */
    readonly local: EndpointName;
    readonly tls: TlsFacts | undefined;
    /** Of the leaf certificate's subject; empty when it has none or there is no certificate. */
    readonly commonName: string;
}
/** What every header begins with. */
export declare const signature: Uint8Array;
/** Bytes before the addresses: signature, version and command, family, length. */
export declare const fixedLength = 16;
/** The family byte and the size of the addresses of every kind of connection we can name. */
export declare const families: {
    readonly Tcp4: {
        readonly code: 17;
        readonly addresses: 12;
    };
    readonly Tcp6: {
        readonly code: 33;
        readonly addresses: 36;
    };
    readonly Unix: {
        readonly code: 49;
        readonly addresses: 216;
    };
};
/** Types of TLVs, those inside of `ssl` too. */
export declare const TlvType: {
    readonly alpn: 1;
    readonly authority: 2;
    readonly ssl: 32;
    readonly sslVersion: 33;
    readonly sslCommonName: 34;
    readonly sslClientCertificate: 40;
};
/** The client speaks TLS; it showed a certificate on this connection; and in this session. */
export declare const SslFlag: {
    readonly tls: 1;
    readonly certificateOnConnection: 2;
    readonly certificateInSession: 4;
};
/** The 4 or 16 bytes of an IP address; undefined for any other text, an IPv6 zone included. */
export declare const ipBytes: (text: string) => Uint8Array | undefined;
/** The IPv4 address inside of an IPv4-mapped one (RFC 4291, section 2.5.5.2); undefined for all other bytes. */
export declare const unmapped: (bytes: Uint8Array) => Uint8Array | undefined;
/**
 * The header's bytes, to be sent as one write before anything else (section 8.6). Paths beyond 108 bytes are cut, as
 * the format wants it. Failures are the tail of `error building proxy header: ..`.
 */
export declare const encode: (header: Header) => Result.Result<Uint8Array, string>;
/** The value of the TLV `ssl`: flags, verification result, TLVs (`proxy-protocol.txt`, section 2.2.5). */
export declare const encodeSsl: ({ flags, tlvs, verify }: SslValue) => Result.Result<Uint8Array, string>;
/** The header for an accepted connection; the client's address decides on the family, IPv4-mapped is IPv4 (section 8.6). */
export declare const headerFor: (mode: ProxyProtocolMode, facts: HeaderFacts) => Result.Result<Header, string>;
export {};
