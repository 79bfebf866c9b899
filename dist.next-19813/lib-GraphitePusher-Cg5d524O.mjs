import { a as nodeError, i as lookupWords, r as joinHostPort, t as errnoWords } from "./lib-ErrorWords-BNVB00LK.mjs";
import { t as Metrics } from "./lib-Metrics-BThepUeD.mjs";
import { t as pushing } from "./lib-Pusher-zkqd96Qn.mjs";
import { Duration, Effect, Layer } from "effect";
import * as Net from "node:net";
// src/metrics/GraphitePusher.ts
/** Pushes metrics to Graphite (contract: status, section 8): every second a connection, all lines, and the end of it. */
/** Fixed by the contract. */
const interval = Duration.seconds(1);
/** A receiver that does not answer, or does not read, costs so many pushes. */
const timeout = Duration.seconds(5);
/** The address as log lines show it. */
const graphitePlace = ({ host, port }) => joinHostPort(host, port);
/** Pushes while its scope is open; no connection outlives it. Never fails: what goes wrong is logged. */
const layer = (options) => Layer.effectDiscard(Effect.gen(function* () {
	const metrics = yield* Metrics;
	const place = graphitePlace(options.address);
	yield* Effect.forkScoped(pushing({
		interval,
		timeout,
		push: Effect.suspend(() => send(options.address, metrics.graphite())),
		tooLate: `dial tcp ${place}: i/o timeout`,
		to: place,
		log: options.log
	}));
}));
/** One connection that carries the text; succeeds when the kernel has taken all of it and the end. */
const send = (address, text) => Effect.callback((resume) => {
	const host = address.host === "" ? "127.0.0.1" : address.host;
	const socket = Net.connect({
		host,
		port: address.port
	});
	socket.resume();
	socket.once("finish", () => {
		socket.destroy();
		resume(Effect.void);
	});
	socket.on("error", (error) => {
		socket.destroy();
		resume(Effect.fail(words(address, error)));
	});
	socket.end(text);
	return Effect.sync(() => socket.destroy());
});
const words = (address, cause) => {
	const error = nodeError(cause);
	const where = joinHostPort(error.address ?? address.host, error.port ?? address.port);
	if (error.syscall === "connect") return `dial tcp ${where}: connect: ${errnoWords(error)}`;
	if (error.syscall?.startsWith("getaddrinfo") === true) return `dial tcp: ${lookupWords(error, address.host)}`;
	return `write tcp ${where}: ${error.syscall === void 0 ? "" : `${error.syscall}: `}${errnoWords(error)}`;
};
export { graphitePlace, layer };

//# sourceMappingURL=lib-GraphitePusher-Cg5d524O.mjs.map