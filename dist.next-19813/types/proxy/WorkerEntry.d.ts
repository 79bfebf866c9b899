/** A worker thread's program: one proxy, driven by messages. */
/** Serves the thread's parent until the parent ends it. */
export declare const run: () => void;
