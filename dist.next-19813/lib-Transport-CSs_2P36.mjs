import { Context, Schema } from "effect";
// src/transport/Transport.ts
/**
* The seam between connections and bytes. A transport listens, handshakes, dials, half-closes and pumps; what runs above
* it (`proxy/`) does not know which one it is. `Transport.layerNode` (`transport/node/`) is built on Node's `net` and
* `tls`.
*
* Rules every transport keeps:
* - The judge speaks before anything is read from, written to or dialled for a peer, and a missing verdict is a refusal.
* - Whatever an Effect here holds is closed when it fails or is interrupted; on success ownership passes to the caller.
* - Deadlines are absolute (`performance.now()` milliseconds) and never extended by activity.
* - No Effect runs per chunk of bytes.
*/
/** The address cannot be listened on. The message is the contract's tail (`listen tcp 127.0.0.1:1: bind: ..`). */
var BindError = class extends Schema.TaggedError()("BindError", {
	address: Schema.String,
	message: Schema.String
}) {};
/** Certificate, key, trust anchors or TLS options that OpenSSL will not take. */
var TlsMaterialError = class extends Schema.TaggedError()("TlsMaterialError", { message: Schema.String }) {};
var Transport = class extends Context.Service()("ghostunnel/Transport") {};
export { TlsMaterialError as n, Transport as r, BindError as t };

//# sourceMappingURL=lib-Transport-CSs_2P36.mjs.map