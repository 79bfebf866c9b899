/** How the ends of a connection are written in logs and error sentences. Pure. */
import type { Address, TcpAddress, UnixAddress } from "../config/Address.ts";
import type { EndpointName } from "./Transport.ts";
/** `1.2.3.4:5`, `[::1]:5`; IPv4-mapped addresses as IPv4. */
export declare const hostPort: (host: string, port: number) => string;
/** A TCP end. An address that can no longer be asked for (the peer is gone already) reads `0.0.0.0:0`. */
export declare const tcp: (host: string | undefined, port: number | undefined) => EndpointName;
/** A UNIX end; without a path it is unnamed. */
export declare const unix: (path?: string) => EndpointName;
/** The path as the kernel takes it: a leading `@` names an abstract socket. */
export declare const kernelPath: (path: string) => string;
/** The path as people write it, from what the kernel gives back. */
export declare const writtenPath: (path: string) => string;
/** `tcp 127.0.0.1:80`, `unix /p`: an address in an error sentence. */
export declare const written: (address: Address) => string;
/** `read tcp A->B`: an operation on a connection in an error sentence. */
export declare const operation: (verb: "read" | "write", local: EndpointName, remote: EndpointName) => string;
/** The target in a dial sentence when no concrete address is known. */
export declare const dialled: (target: TcpAddress | UnixAddress) => string;
/** The name that goes into SNI: nothing for IP addresses; brackets, zone and trailing dot removed. */
export declare const sniName: (serverName: string, isIp: (text: string) => boolean) => string;
