/** Text of strangers inside our sentences: no control characters, no unbounded length. */
/** The text with everything unprintable written as `\u000a`. */
export declare const escapeControl: (text: string) => string;
/** The escaped text, cut to `limit` characters at most; a cut shows as `..`. */
export declare const bounded: (text: string, limit: number) => string;
/** At most `count` of these, each of at most 64 characters; the rest is counted. */
export declare const boundedList: (values: ReadonlyArray<string>, count: number) => string;
