/**
 * The address forms of the command line (contract: command line, section 3.1): `HOST:PORT`, `unix:PATH`, `systemd:NAME`
 * and `launchd:NAME`. Every value keeps the text it came from, because logs and `/_status` show it verbatim.
 */
import { Result, Schema } from "effect";
declare const Tcp: Schema.TaggedStruct<"Tcp", {
    readonly text: Schema.String;
    readonly host: Schema.String;
    readonly port: Schema.Int;
}>;
declare const Unix: Schema.TaggedStruct<"Unix", {
    readonly text: Schema.String;
    readonly path: Schema.NonEmptyString;
}>;
export declare const Address: Schema.Union<readonly [Schema.TaggedStruct<"Tcp", {
    readonly text: Schema.String;
    readonly host: Schema.String;
    readonly port: Schema.Int;
}>, Schema.TaggedStruct<"Unix", {
    readonly text: Schema.String;
    readonly path: Schema.NonEmptyString;
}>, Schema.TaggedStruct<"Systemd", {
    readonly text: Schema.String;
    readonly name: Schema.String;
}>, Schema.TaggedStruct<"Launchd", {
    readonly text: Schema.String;
    readonly name: Schema.String;
}>]>;
export type Address = typeof Address.Type;
export type TcpAddress = typeof Tcp.Type;
export type UnixAddress = typeof Unix.Type;
/** The service names that may stand for a port number; the numbers are IANA's. The command line adds `/etc/services`. */
export type Services = (name: string) => number | undefined;
/** Splits `HOST:PORT` as Go does: exactly one colon outside brackets, the brackets removed from the host. */
export declare const splitHostPort: (text: string) => Result.Result<readonly [host: string, port: string], string>;
/** Parses one address. The failure is the sentence's tail, in the words of the contract. */
export declare const parse: (text: string, services?: Services) => Result.Result<Address, string>;
/** Go's name of the network: what error sentences put in quotes. */
export declare const network: (address: Address) => "tcp" | "unix" | "systemd" | "launchd";
/** Whether plaintext on this address stays on the machine: a test of the text alone (contract, section 3.3). */
export declare const isLocal: (text: string) => boolean;
/** The codec between an address and its text. */
export declare const AddressFromString: Schema.decodeTo<Schema.Union<readonly [Schema.TaggedStruct<"Tcp", {
    readonly text: Schema.String;
    readonly host: Schema.String;
    readonly port: Schema.Int;
}>, Schema.TaggedStruct<"Unix", {
    readonly text: Schema.String;
    readonly path: Schema.NonEmptyString;
}>, Schema.TaggedStruct<"Systemd", {
    readonly text: Schema.String;
    readonly name: Schema.String;
}>, Schema.TaggedStruct<"Launchd", {
    readonly text: Schema.String;
    readonly name: Schema.String;
}>]>, Schema.String, never, never>;
/** The codec between a `HOST:PORT` address and its text. */
export declare const TcpAddressFromString: Schema.decodeTo<Schema.TaggedStruct<"Tcp", {
    readonly text: Schema.String;
    readonly host: Schema.String;
    readonly port: Schema.Int;
}>, Schema.String, never, never>;
export {};
