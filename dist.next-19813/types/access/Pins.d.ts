import type { Pin } from "../config/SpkiPin.ts";
/** Whether the key is any of the pinned ones; takes the same time whichever it is. */
export declare const matchesPin: (pins: ReadonlyArray<Pin>, publicKeyInfo: Uint8Array) => boolean;
/** The pin that would admit this key, as it is written in flags. */
export declare const pinText: (algorithm: Pin["algorithm"], publicKeyInfo: Uint8Array) => string;
