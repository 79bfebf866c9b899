import type { TcpAddress } from "../../config/Address.ts";
import type { Connected } from "../HappyEyeballs.ts";
import type { UpstreamProxy } from "../UpstreamProxy.ts";
import { type Connection } from "./Connect.ts";
/**
 * Connects to the proxy and asks it for the target, all before `deadline` (`performance.now()` milliseconds). `done` gets the
 * proxy's socket, unread but for what belongs to the target. The given-back function cancels.
 */
export declare const connectThrough: (proxy: UpstreamProxy, target: TcpAddress, deadline: number, outcome: Connected<Connection>) => (() => void);
