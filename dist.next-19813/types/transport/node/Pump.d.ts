/**
 * Copies both ways between two open connections until both directions have ended (contract: command line, sections 8.2
 * and 8.3). Effect sees its beginning and its end only.
 */
import { Effect } from "effect";
import type { PumpLimits, PumpOutcome, Stream } from "../Transport.ts";
/** Pumps two streams of this transport; any others are a defect. */
export declare const pump: (accepted: Stream, dialled: Stream, limits: PumpLimits) => Effect.Effect<PumpOutcome>;
