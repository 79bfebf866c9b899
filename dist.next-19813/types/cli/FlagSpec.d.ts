/**
 * One flag, declared once: the `effect/cli` flag that decodes it, with a description from which `Argv.ts` takes its rules,
 * `Help.ts` its text and the sandbox what the flag needs.
 */
import { type Duration, Effect, Redacted } from "effect";
import { Flag } from "effect/cli";
import * as Grammar from "./Grammar.ts";
/** What a flag's value makes the process do that a sandbox would have to allow. */
export type SandboxNeed = "none" | "read" | "write" | "connect" | "bind" | "proxy" | "acme";
/** A flag as data. */
export interface FlagSpec {
    readonly name: string;
    /** Further, hidden spellings. Each counts as a flag of its own for the rule against repeating. */
    readonly aliases: ReadonlyArray<string>;
    /** A switch takes no value, a single one value, a list any number of flags with one value each. */
    readonly arity: "switch" | "single" | "list";
    /** Placeholder of the value in the help. */
    readonly metavar: string;
    /** All its values, where they can be counted. */
    readonly choices: ReadonlyArray<string>;
    readonly help: string;
    /** The variable that stands in when the flag is absent. */
    readonly env: string | undefined;
    readonly hidden: boolean;
    readonly required: boolean;
    readonly sandbox: SandboxNeed;
    /** The sentence that refuses a value, or `undefined` for a good one. */
    readonly refuse: (text: string) => string | undefined;
}
/** A flag that `effect/cli` can parse, with its description. */
export type Declared<A> = Flag.Flag<A> & {
    readonly spec: FlagSpec;
};
/** What a declaration may say beside its name and kind. */
export interface Words {
    readonly help: string;
    readonly metavar?: string;
    readonly env?: string;
    readonly aliases?: ReadonlyArray<string>;
    readonly hidden?: boolean;
    readonly sandbox?: SandboxNeed;
}
/** A value read by a grammar, with a default. */
export declare const value: <A>(name: string, grammar: Grammar.Grammar<A>, byDefault: A, words: Words) => Declared<A>;
/** A text; absent and empty are the same. */
export declare const text: (name: string, words: Words) => Declared<string>;
/** A text that must be given, though it may be empty. */
export declare const requiredText: (name: string, words: Words) => Declared<string>;
/** A text that must not be shown. */
export declare const secret: (name: string, env: string, words: Words) => Declared<Redacted.Redacted<string>>;
/** On, off (`--no-…`), or absent, which is off. */
export declare const toggle: (name: string, words: Words) => Declared<boolean>;
/** A duration. */
export declare const duration: (name: string, byDefault: Duration.Duration, words: Words) => Declared<Duration.Duration>;
/** A flag that may be given any number of times. */
export declare const list: <A>(name: string, grammar: Grammar.Grammar<A>, words: Words) => Declared<ReadonlyArray<A>>;
/** A value that is looked at once more, with effects, when the whole command line is known to be well-formed. */
export declare const checked: <A, B>(name: string, grammar: Grammar.Grammar<A>, check: (value: A) => Effect.Effect<B, string>, words: Words) => Declared<B | undefined>;
