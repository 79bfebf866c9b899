import { n as isUp, r as message } from "./lib-Status-DgwCP4L3.mjs";
import { Result } from "effect";
// src/status/StatusBody.ts
/** The body of `/_status`, byte for byte as monitors know it (contract: status, sections 4.1 and 4.2). Pure. */
const pad = (n) => String(n).padStart(2, "0");
/** RFC 3339 with the given offset from UTC in minutes, east positive; `Z` for none, no trailing zeros in the fraction. */
const rfc3339 = (millis, offset) => {
	const date = new Date(Math.floor(millis) + offset * 6e4);
	const second = date.toISOString().slice(0, -5);
	const fraction = date.getUTCMilliseconds();
	const digits = fraction === 0 ? "" : `.${String(fraction).padStart(3, "0").replace(/0+$/, "")}`;
	const east = Math.abs(offset);
	return `${second}${digits}${offset === 0 ? "Z" : `${offset < 0 ? "-" : "+"}${pad(Math.floor(east / 60))}:${pad(east % 60)}`}`;
};
const local = (millis) => rfc3339(millis, -new Date(millis).getTimezoneOffset());
const escapes = /* @__PURE__ */ new Map([
	["<", "\\u003c"],
	[">", "\\u003e"],
	["&", "\\u0026"],
	["\u2028", "\\u2028"],
	["\u2029", "\\u2029"]
]);
/** JSON as Go's encoder writes it: safe to paste into HTML and into old JavaScript. */
const goJson = (value) => JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (char) => escapes.get(char) ?? char);
/** Whether the tunnel is up (state listening, also while reloading, and the backend reachable): 200 or 503. */
const statusBody = (facts, moment) => {
	const { backend, hostname, more, state, time } = moment;
	const backendOk = Result.isSuccess(backend);
	const ok = backendOk && isUp(state);
	const word = (good) => good ? "ok" : "critical";
	return {
		ok,
		json: goJson({
			ok,
			status: word(ok),
			listen_address: facts.listenAddress,
			forward_address: facts.forwardAddress,
			backend_ok: backendOk,
			backend_status: word(backendOk),
			...Result.isFailure(backend) ? { backend_error: backend.failure } : {},
			time: local(time),
			last_reload: state.lastReload === void 0 ? "0001-01-01T00:00:00Z" : local(state.lastReload),
			...hostname === "" ? {} : { hostname },
			message: message(state),
			revision: facts.revision,
			compiler: facts.compiler,
			...more
		})
	};
};
export { statusBody as n, goJson as t };

//# sourceMappingURL=lib-StatusBody-C8-Jucac.mjs.map