/** One text for the state of all files; equal texts mean that none was written, replaced, or led elsewhere by a link. */
export declare const stateSync: (paths: ReadonlyArray<string>) => string;
/** The same without blocking the thread. Never rejects. */
export declare const state: (paths: ReadonlyArray<string>) => Promise<string>;
