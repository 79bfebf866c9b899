/** URLs as requests and log lines show them. Pure. */
/** The URL as log lines and error texts show it: with `***` for its password. A text that is no URL loses its user too. */
export declare const redacted: (text: string) => string;
/** `Host` as the URL writes it, its default port too; URL objects drop that. */
export declare const hostOf: (text: string, url: URL) => string;
/** The value of `Authorization` for the user and password of a URL; undefined without them (RFC 7617). */
export declare const basicAuth: (url: URL) => string | undefined;
