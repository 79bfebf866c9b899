/** RC2 (RFC 2268): only to open old PKCS#12 files. OpenSSL keeps it in a provider that Node has not. */
/**
 * Decrypts in CBC mode and takes the padding off; `undefined` where the padding is wrong. `bits` is the effective key
 * length.
 */
export declare const decryptRc2: (key: Uint8Array, bits: number, iv: Uint8Array, data: Uint8Array) => Uint8Array | undefined;
