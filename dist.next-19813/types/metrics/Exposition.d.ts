/** One line with a value; `suffix` is appended to the family's name, `label` is the inside of the braces. */
export interface Sample {
    readonly suffix?: string;
    readonly label?: readonly [name: string, value: string];
    readonly value: number;
}
/** Lines under one HELP and TYPE. */
export interface Family {
    readonly name: string;
    readonly help: string;
    readonly type: "counter" | "gauge" | "histogram";
    readonly samples: ReadonlyArray<Sample>;
}
/** A float64 the way Go prints it with `%g`: shortest round trip, exponent below 1e-4 and from 1e6. */
export declare const goFloat: (x: number) => string;
/** The contract's `flatten`: space, `.`, `-`, `=` and `/` become `_`, one for one. */
export declare const flatten: (name: string) => string;
/** `flatten(prefix)_flatten(name)` as a name of the classic grammar: what that forbids becomes `_` per code point. */
export declare const familyName: (prefix: string, name: string) => string;
/** The page: families sorted by name. */
export declare const exposition: (families: ReadonlyArray<Family>) => string;
