/** Where pushed metrics go, as a socket sees it: the connection to a URL's host, and words for one that did not come about. */
import * as Net from "node:net";
import { type NodeError } from "../runtime/ErrorWords.ts";
/** Opens connections; https trusts the PEM certificates, which are looked at once, and shows no certificate. */
export declare const connector: (trustAnchors: ReadonlyArray<string>) => ((url: URL) => Net.Socket);
/** Go's words. */
export declare const dialWords: (url: URL, error: NodeError) => string;
