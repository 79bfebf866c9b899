/** Processors that `cpu.max` of cgroup v2 (`150000 100000`, `max 100000`) allows; undefined without a limit. */
export declare const parseCpuMax: (text: string) => number | undefined;
/** Processors that cgroup v1's `cpu.cfs_quota_us` and `cpu.cfs_period_us` allow; undefined without a limit (-1). */
export declare const parseCfs: (quota: string, period: string) => number | undefined;
/** Where `/proc/self/cgroup` says the process is: its v2 group and its group of v1's cpu controller. */
export declare const parseCgroups: (text: string) => {
    readonly unified: string | undefined;
    readonly cpu: {
        readonly mount: string;
        readonly path: string;
    } | undefined;
};
/** The group itself and everything above it, because every level may have a limit: `/a/b`, `/a`, ``. */
export declare const ancestors: (path: string) => ReadonlyArray<string>;
/** The tightest limit among the process's control groups, read through `read`; undefined without any. */
export declare const cgroupProcessors: (read: (path: string) => string | undefined) => number | undefined;
/** The processors to spread work over: a whole number, at least 1. */
export declare const availableProcessors: () => number;
