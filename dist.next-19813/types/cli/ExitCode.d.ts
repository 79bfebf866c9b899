/** The exit codes of the contract (command line, section 1.3). */
export declare const ExitCode: {
    /** Help, version, completions, no command at all; also a clean shutdown. */
    readonly success: 0;
    /** A command line that does not parse, a refused configuration, a failed start, a drain that ran out of time. */
    readonly failure: 1;
    /** A crash or SIGQUIT. */
    readonly crash: 2;
};
