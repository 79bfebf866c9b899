/** The command line as it may be shown. */
/** The same words with `xxxxx` for secrets: values of secret flags, attached or as the next word, and passwords in URLs. */
export declare const redact: (argv: ReadonlyArray<string>) => ReadonlyArray<string>;
