import { Effect } from "effect";
import { ConnectionFailure } from "../ConnectionFailure.ts";
import type { DialOptions, Stream } from "../Transport.ts";
/** Dials. Every failure is the backend's. */
export declare const dial: (options: DialOptions) => Effect.Effect<Stream, ConnectionFailure>;
