import { Result } from "effect";
/** No file is read beyond this. */
export declare const sizeLimit: number;
/** The file's bytes. The failure reads `open P: no such file or directory`. */
export declare const readCredentialFile: (path: string) => Result.Result<Buffer, string>;
/** Whether every user of the machine may read a file; only regular files count, and one that is gone does not. */
export declare const isReadableByAll: (path: string) => boolean;
