import type { SignalSettings } from "./Settings.ts";
export interface SignalLog {
    readonly failed: (why: string) => void;
    readonly succeeded: () => void;
    /** Something did not get in line. */
    readonly overflowed: (limit: number) => void;
    /** So many did not arrive, and never will. */
    readonly lost: (count: number) => void;
}
export declare const signalLog: ({ signal, url }: SignalSettings, line: (text: string) => void) => SignalLog;
