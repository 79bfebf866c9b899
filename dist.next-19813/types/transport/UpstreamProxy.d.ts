import { Data, Result } from "effect";
import type { TcpAddress } from "../config/Address.ts";
/** What received bytes lead to. The same bytes lead to the same end however they are cut into chunks. */
export type Step = Data.TaggedEnum<{
    /** The proxy has more to say; `send` goes out first, if there is any. */
    NeedMore: {
        readonly send: Uint8Array;
    };
    /** The target is connected. `send` goes out first; `surplus` was read too far: it is the target's. */
    Done: {
        readonly send: Uint8Array;
        readonly surplus: Uint8Array;
    };
    /** The proxy refused, or does not speak the protocol. The message is the tail of `error on dial: ..`. */
    Failed: {
        readonly message: string;
    };
}>;
export declare const Step: Data.TaggedEnum.Constructor<{
    readonly _tag: "Done";
    readonly send: Uint8Array;
    readonly surplus: Uint8Array;
} | {
    readonly _tag: "Failed";
    readonly message: string;
} | {
    readonly _tag: "NeedMore";
    readonly send: Uint8Array;
}>;
/** One conversation with a proxy that asks it for one target (section 8.5). Never throws, never shows a password. */
export interface Negotiation {
    /** What to send at once; call it once, before `receive`. */
    readonly start: () => Uint8Array;
    /** Takes what the proxy has sent; not to be called again after `Done` and `Failed`. */
    readonly receive: (chunk: Uint8Array) => Step;
    /** The sentence for a proxy that cannot be reached; the cause is the transport's (`dial tcp ..: connect: ..`). */
    readonly undialled: (cause: string) => string;
    /** The sentence for an end before the answer was complete: `unexpected EOF`, `i/o timeout`, .. */
    readonly interrupted: (cause: string) => string;
}
/** What the URL says before the `@`, percent-decoded: bytes, so that no log line prints them as text. */
export interface ProxyCredentials {
    readonly username: Uint8Array;
    readonly password: Uint8Array;
}
/** A proxy to connect through, as plain values that can cross threads. */
export interface UpstreamProxy {
    readonly scheme: "http" | "socks5";
    readonly address: TcpAddress;
    readonly credentials: ProxyCredentials | undefined;
    /** The URL as the log may show it. */
    readonly display: string;
}
/**
 * Reads `--proxy` (section 8.5). Failures are the tail of `error configuring proxy: ..` and repeat nothing of the URL but
 * its scheme or its port. The display form shows a user name only beside a password, which is masked: alone it may be a
 * secret itself. Path, query and fragment mean nothing and are not shown.
 */
export declare const parseProxyUrl: (url: string) => Result.Result<UpstreamProxy, string>;
/** Whether SOCKS5 can carry them (RFC 1929, section 2; the contract lets the password be empty). */
export declare const fitsSocks: ({ password, username }: ProxyCredentials) => boolean;
/** `host:port`, IPv6 addresses in brackets. */
export declare const hostPort: (host: string, port: number) => string;
