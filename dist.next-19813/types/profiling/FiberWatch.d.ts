/** Which fibers live: a scheduler that remembers every fiber it has seen run (contract: status, section 10.3). */
import { Fiber, Scheduler } from "effect";
import { type LiveFiber, type RawFrame } from "./ProfiledThread.ts";
/** Schedules as Effect's own does, and keeps a list. Provide it outermost: fibers inherit it. */
export declare class FiberWatch extends Scheduler.MixedScheduler {
    #private;
    shouldYield(fiber: Fiber.Fiber<unknown, unknown>): boolean;
    /** The fibers that have begun and not ended, oldest first. */
    dump(): ReadonlyArray<LiveFiber>;
}
/** The frame that a line of an error's stack stands for. */
export declare const frameOf: (name: string, stack: string | undefined) => RawFrame;
