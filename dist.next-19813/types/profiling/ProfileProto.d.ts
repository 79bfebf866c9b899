/** A place in the sources. */
export interface Frame {
    readonly name: string;
    readonly file: string;
    /** 1-based; 0: unknown. */
    readonly line: number;
}
/** A stack, leaf first, with one number for each of the profile's kinds; differences may be negative. */
export interface Sample {
    readonly stack: ReadonlyArray<Frame>;
    readonly values: ReadonlyArray<number>;
    /** Which thread it is of. */
    readonly thread: string;
}
/** What a number counts and its unit: `["cpu", "nanoseconds"]`. */
export type ValueType = readonly [type: string, unit: string];
export interface Profile {
    readonly types: ReadonlyArray<ValueType>;
    /** The kind of number that readers show first. */
    readonly shown: string;
    readonly period: readonly [type: ValueType, every: number];
    readonly samples: ReadonlyArray<Sample>;
    /** Unix milliseconds. */
    readonly at: number;
    readonly durationMillis: number;
    readonly comments: ReadonlyArray<string>;
}
/** The message, not yet compressed. Every number is rounded to an integer. */
export declare const encodeProfile: (profile: Profile) => Uint8Array;
/** The file as it is served. */
export declare const encode: (profile: Profile) => Uint8Array;
/** Later minus earlier, stack by stack; stacks that did not change are left out. */
export declare const difference: (earlier: Profile, later: Profile) => Profile;
