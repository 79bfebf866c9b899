/** The whole document. */
export declare const page: string;
/** Only our own style and script, named by their hashes; connections to where the page came from; no markup from text. */
export declare const policy: string;
/** For the page and for its stream. */
export declare const headers: {
    readonly "content-security-policy": string;
    readonly "x-content-type-options": "nosniff";
    readonly "x-frame-options": "DENY";
    readonly "referrer-policy": "no-referrer";
    readonly "cross-origin-resource-policy": "same-origin";
    readonly "cross-origin-opener-policy": "same-origin";
    readonly "cache-control": "no-store";
};
