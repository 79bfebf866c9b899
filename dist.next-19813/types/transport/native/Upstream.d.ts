import type { TcpAddress } from "../../config/Address.ts";
import type { Connected } from "../HappyEyeballs.ts";
import type { UpstreamProxy } from "../UpstreamProxy.ts";
import type { Descriptor } from "./Descriptor.ts";
import type { Native } from "./Native.ts";
/**
 * Connects to the proxy and asks it for the target, all before `deadline` (`performance.now()` milliseconds). `done` gets the
 * proxy's socket; what belongs to the target is still unread. The given-back function cancels.
 */
export declare const connectThrough: (native: Native, proxy: UpstreamProxy, target: TcpAddress, deadline: number, outcome: Connected<Descriptor>) => (() => void);
