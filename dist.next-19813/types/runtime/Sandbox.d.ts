import { Result } from "effect";
import * as Address from "../config/Address.ts";
/** What a flag's value makes the process do. `proxy` is a connect whose `http://` means port 8080. */
export type NeedKind = "read" | "write" | "connect" | "bind" | "proxy" | "acme";
/** One need, with who has it for the sentences that say what is wrong. */
export interface Need {
    readonly kind: NeedKind;
    /** Flag or variable, as the user writes it: `--cert`, `$SSL_CERT_FILE`. */
    readonly of: string;
    /** A path, an address or a URL. */
    readonly text: string;
}
/** A file or socket path, or everything below a directory. A path that is missing is passed over. */
export interface PathRule {
    readonly path: string;
    readonly access: "read" | "write";
}
/** All that stays allowed. */
export interface SandboxRules {
    readonly paths: ReadonlyArray<PathRule>;
    /** Ports to listen on; `any` when one of them is only known once it is bound. */
    readonly bind: ReadonlyArray<number> | "any";
    readonly connect: ReadonlyArray<number>;
    /** One sentence for every need that no rule could be made of. */
    readonly problems: ReadonlyArray<string>;
}
/** The look at the disk that rules need; all of it synchronous. */
export interface Disk {
    readonly isDirectory: (path: string) => boolean;
    /** The path without links, or undefined when there is nothing. */
    readonly realpath: (path: string) => string | undefined;
    /** Names in a directory; none when it cannot be read. */
    readonly names: (directory: string) => ReadonlyArray<string>;
}
/** The process that is to be sandboxed. */
export interface Surroundings {
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly cwd: string;
    /** What Node reads for itself: its binary, shared libraries, the application's files. */
    readonly runtime: ReadonlyArray<string>;
    /** Names that stand for ports. */
    readonly services?: Address.Services;
}
/** The need of a flag with this description and value; none for a flag that is absent or has no text. Pure. */
export declare const needOf: (flag: {
    readonly name: string;
    readonly sandbox: NeedKind | "none";
}, value: unknown) => Need | undefined;
/** Where a connection goes: a port, a UNIX socket, or nothing that is restricted. */
type Place = {
    readonly port: number;
} | {
    readonly socket: string;
} | "free";
/** Reads what a connection is made to: `HOST:PORT`, `unix:PATH`, `tcp://..`, `unix://..` or a URL. Pure. */
export declare const connectPlace: (need: Need, services?: Address.Services) => Result.Result<Place, string>;
/**
 * The rules that needs come to (contract: command line, section 7). A need that makes no sense costs its own rule and
 * leaves a sentence behind.
 */
export declare const derive: (needs: ReadonlyArray<Need>, at: Surroundings, disk: Disk) => SandboxRules;
export {};
