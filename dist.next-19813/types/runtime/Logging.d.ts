/** The log: one line an event (contract: command line, section 6). Where it goes is decided by the layer. */
import { Context, Layer } from "effect";
import { formatJson, type LogDetails } from "./JsonLine.ts";
/** Ghostunnel's own lines, or one JSON object a line. */
export type LogFormat = "text" | "json";
declare const Log_base: Context.ServiceClass<Log, "ghostunnel/Log", {
    /**
     * Writes one line; `at` is the event's time in Unix milliseconds (with a fraction), now without it. Formats that show
     * more than a text take it from `details`. Never fails.
     */
    readonly line: (message: string, at?: number, details?: LogDetails) => void;
}>;
export declare class Log extends Log_base {
    /** Standard output, written before `line` returns. A reader that went away ends the process. */
    static readonly layerStdoutAs: (format: LogFormat) => Layer.Layer<Log>;
    /** Standard output in Ghostunnel's format. */
    static readonly layerStdout: Layer.Layer<Log>;
    /** Nothing is logged (`--quiet=all`). */
    static readonly layerSilent: Layer.Layer<Log>;
    /**
     * Hands every line to the loggers of the program that embeds us, at level Info. They stamp it with the time it arrives
     * at; the event's own time is the annotation `at` where it is known, and details are annotations by their names. Not to be
     * combined with `layerEffectLogger`.
     */
    static readonly layerEffect: Layer.Layer<Log>;
    /** Sends what the control plane logs through Effect (`Effect.log*`) into this log instead of Effect's own console. */
    static readonly layerEffectLogger: Layer.Layer<never, never, Log>;
}
/** The message with everything escaped that could break its line, drive a terminal or reorder text. */
export declare const escapeControls: (message: string) => string;
/** One line without its line break: `[<pid>] YYYY/MM/DD HH:MM:SS.uuuuuu <message>`, `at` in Unix milliseconds. */
export declare const formatLine: (pid: number, at: number, message: string) => string;
/** How a format writes one line without its line break: process id, time in Unix milliseconds, message, details. */
export declare const formatter: (format: LogFormat) => typeof formatJson;
export {};
