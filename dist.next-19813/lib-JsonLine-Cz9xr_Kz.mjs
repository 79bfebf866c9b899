// src/runtime/JsonLine.ts
/** Names of the contract's fixed lines (command line, sections 5 and 6.2) by how they begin. */
const named = [
	["starting ghostunnel in ", "starting"],
	["setting up landlock rules", "sandbox"],
	["note: using pkcs11, skipping landlock", "sandbox"],
	["note: kernel does not support landlock", "sandbox"],
	["warning: unable to set up landlock", "sandbox"],
	["landlock ABI ", "sandbox"],
	["metrics enabled; ", "metrics"],
	["using target address ", "target"],
	["using proxy ", "proxy"],
	["listening for connections on ", "listening"],
	["loaded certificate: ", "certificate_loaded"],
	["error reloading TLS configuration", "reload_failed"],
	["reloading configuration complete", "reloaded"],
	["shutdown was requested via status endpoint", "shutdown_requested"],
	["shutdown request processing", "shutdown"],
	["shutdown proxy, waiting for drain", "draining"],
	["graceful shutdown timeout", "forced_exit"],
	["error: worker thread ", "worker_lost"],
	["error: cannot replace worker thread ", "worker_lost"],
	["http: ", "status_http"]
];
/** The stable name of a line that does not bring its own. */
const eventOf = (message) => {
	if (/^received .*, reloading /.test(message)) return "reload";
	if (/^received .*, shutting down$/.test(message)) return "shutdown";
	if (message.endsWith(" as certificate source") || message.startsWith("no cert source configured")) return "certificate_source";
	return named.find(([beginning]) => message.startsWith(beginning))?.[1];
};
const levelOf = (message) => message.startsWith("error") ? "error" : message.startsWith("warning") ? "warn" : "info";
/** RFC 3339 in UTC with microseconds. */
const rfc3339 = (at) => {
	const micros = Math.floor(at * 1e3);
	const second = Math.floor(micros / 1e6);
	return `${(/* @__PURE__ */ new Date(second * 1e3)).toISOString().slice(0, -5)}.${String(micros - second * 1e6).padStart(6, "0")}Z`;
};
const unsafe = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
/** One line without its line break; `at` in Unix milliseconds. Printable whatever is in the message and the fields. */
const formatJson = (pid, at, message, details = {}) => {
	const { event = eventOf(message), fields, level = levelOf(message) } = details;
	return JSON.stringify({
		time: rfc3339(at),
		level,
		event,
		message,
		pid,
		...fields
	}).replace(unsafe, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
};
export { rfc3339 as n, formatJson as t };

//# sourceMappingURL=lib-JsonLine-Cz9xr_Kz.mjs.map