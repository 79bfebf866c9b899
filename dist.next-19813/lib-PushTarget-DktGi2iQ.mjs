import { i as lookupWords, r as joinHostPort, t as errnoWords } from "./lib-ErrorWords-BNVB00LK.mjs";
import { r as verifiedAs } from "./lib-HttpExchange-jIh3LLLp.mjs";
import * as Net from "node:net";
import * as Tls from "node:tls";
// src/metrics/PushTarget.ts
/** Where pushed metrics go, as a socket sees it: the connection to a URL's host, and words for one that did not come about. */
const placeOf = (url) => ({
	host: url.hostname.replace(/^\[|\]$/g, ""),
	port: url.port === "" ? url.protocol === "https:" ? 443 : 80 : Number(url.port)
});
/** Opens connections; https trusts the PEM certificates, which are looked at once, and shows no certificate. */
const connector = (trustAnchors) => {
	let context;
	return (url) => {
		if (url.protocol === "http:") return Net.connect(placeOf(url));
		context ??= Tls.createSecureContext({
			ca: [...trustAnchors],
			minVersion: "TLSv1.2"
		});
		return Tls.connect({
			...placeOf(url),
			...verifiedAs(url),
			secureContext: context
		});
	};
};
/** Go's words. */
const dialWords = (url, error) => {
	const { host, port } = placeOf(url);
	if (error.syscall !== "connect") return `dial tcp: ${lookupWords(error, host)}`;
	return `dial tcp ${joinHostPort(error.address ?? host, error.port ?? port)}: connect: ${errnoWords(error)}`;
};
export { dialWords as n, connector as t };

//# sourceMappingURL=lib-PushTarget-DktGi2iQ.mjs.map