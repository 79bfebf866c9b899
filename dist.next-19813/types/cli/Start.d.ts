/** Runs the command line of this process and exits. */
export declare const start: () => void;
