/** Certificate, key or trust anchors that cannot be used. */
import { Schema } from "effect";
declare const CredentialError_base: Schema.Class<CredentialError, Schema.TaggedStruct<"CredentialError", {
    readonly message: Schema.String;
}>, import("effect/Cause").YieldableError>;
/** The message is the contract's `<err>`, such as `reading certificate file "P": open P: no such file or directory`. */
export declare class CredentialError extends CredentialError_base {
}
export {};
