/** Plain connections on the kernel's sockets. */
import type { TcpAddress, UnixAddress } from "../../config/Address.ts";
import { type Connected } from "../HappyEyeballs.ts";
import { Descriptor } from "./Descriptor.ts";
import type { Native } from "./Native.ts";
/** Connects; the descriptor is the caller's from then on. Gives back what gives it up. */
export declare const connect: (native: Native, target: TcpAddress | UnixAddress, deadline: number, outcome: Connected<Descriptor>) => (() => void);
