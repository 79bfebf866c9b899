import { Effect } from "effect";
import { ConnectionFailure } from "../ConnectionFailure.ts";
import type { DialOptions, Stream } from "../Transport.ts";
import type { Native } from "./Native.ts";
/** Dials. Every failure is the backend's. */
export declare const dial: (native: Native, options: DialOptions) => Effect.Effect<Stream, ConnectionFailure>;
