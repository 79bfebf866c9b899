/** URLs that may hold a password, read from files, so that no process list shows them. Read once, before the sandbox. */
import { Result } from "effect";
import type { Invocation } from "./Invocation.ts";
/** The invocation with the URLs of its files in place; the failure is one sentence. */
export declare const withUrlsFromFiles: (invocation: Invocation, environment?: NodeJS.ProcessEnv) => Result.Result<Invocation, string>;
