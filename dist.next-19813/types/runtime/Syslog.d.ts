/** The log in the local syslog (contract: command line, section 6.5). */
import { Layer, Schema } from "effect";
import { Log, type LogFormat } from "./Logging.ts";
import { Native } from "./Native.ts";
declare const SyslogError_base: Schema.Class<SyslogError, Schema.TaggedStruct<"SyslogError", {
    readonly message: Schema.String;
}>, import("effect/Cause").YieldableError>;
/** No syslog took us; the message is the contract's. */
export declare class SyslogError extends SyslogError_base {
}
/** What can be chosen. */
export interface SyslogOptions {
    /** The program as it was invoked: the tag of every message. */
    readonly program: string;
    /** How a line looks after the header; the contract's by default. */
    readonly format?: LogFormat;
    /** Where syslog may listen; the places of the contract by default. */
    readonly paths?: ReadonlyArray<string>;
}
/**
 * Lines go to syslog and nowhere else (contract: command line, section 6.5). A write that fails reconnects once and is
 * tried again, then the line is lost. Building it fails where no syslog answers.
 */
export declare const layerSyslog: (options: SyslogOptions) => Layer.Layer<Log, SyslogError, Native>;
/** What comes before a line: `<30>Jan _2 HH:MM:SS PROGRAM[PID]: `, local time, the day padded with a space. */
export declare const syslogHeader: (program: string, pid: number, at: number) => string;
export {};
