// src/status/StatusFacts.ts
/** In one word how much of the sandbox holds: files and both kinds of ports, some of it, none, or not asked for. */
const sandboxState = (receipt) => {
	if (receipt.mode === "off") return "off";
	if (receipt.enforced.length === 0) return "unavailable";
	return [
		"files",
		"TCP listening",
		"TCP connecting"
	].every((name) => receipt.enforced.includes(name)) ? "enforced" : "partial";
};
/** The key `sandbox`. */
const sandboxFacts = (receipt) => ({
	state: sandboxState(receipt),
	abi: receipt.abi,
	enforced: receipt.enforced,
	not_enforced: receipt.notEnforced,
	threads_outside: receipt.threadsOutside
});
/** The key `workers`. */
const workerFacts = ({ replaced, serving }) => ({
	number: serving.length,
	threads: serving.map((now, thread) => ({
		thread,
		serving: now
	})),
	replaced
});
export { sandboxState as n, workerFacts as r, sandboxFacts as t };

//# sourceMappingURL=lib-StatusFacts-DP1cdeo5.mjs.map