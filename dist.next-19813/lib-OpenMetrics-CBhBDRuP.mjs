// src/telemetry/OpenMetrics.ts
const contentTypes = {
	openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
	prometheus: "text/plain; version=0.0.4; charset=utf-8"
};
const units = [
	"seconds",
	"bytes",
	"ratio"
];
const escapeHelp = (text) => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
const escapeLabel = (text) => escapeHelp(text).replaceAll("\"", "\\\"");
const nameOf = (text) => text.replace(/[^a-zA-Z0-9_:]/gu, "_").replace(/^[0-9]/, "_$&");
const number = (value) => value === Number.POSITIVE_INFINITY ? "+Inf" : value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
const line = (name, labels, value) => {
	const inside = labels.map(([label, text]) => `${nameOf(label)}="${escapeLabel(text)}"`).join(",");
	return `${name}${inside === "" ? "" : `{${inside}}`} ${number(value)}\n`;
};
const typeOf = (snapshot) => {
	switch (snapshot.type) {
		case "Counter": return snapshot.state.incremental ? "counter" : "gauge";
		case "Gauge": return "gauge";
		case "Histogram": return "histogram";
		case "Frequency": return "counter";
		case "Summary": return "summary";
	}
};
const samples = (name, snapshot) => {
	const labels = Object.entries(snapshot.attributes ?? {});
	switch (snapshot.type) {
		case "Counter": return line(snapshot.state.incremental ? `${name}_total` : name, labels, snapshot.state.count);
		case "Gauge": return line(name, labels, snapshot.state.value);
		case "Frequency": return [...snapshot.state.occurrences].map(([key, n]) => line(`${name}_total`, [...labels, ["key", key]], n)).join("");
		case "Histogram": {
			const { buckets, count, sum } = snapshot.state;
			const bounds = buckets.filter(([bound]) => Number.isFinite(bound)).map(([bound, below]) => line(`${name}_bucket`, [...labels, ["le", le(bound)]], below));
			const rest = line(`${name}_bucket`, [...labels, ["le", "+Inf"]], count);
			return [
				...bounds,
				rest,
				line(`${name}_sum`, labels, sum),
				line(`${name}_count`, labels, count)
			].join("");
		}
		case "Summary": {
			const { count, quantiles, sum } = snapshot.state;
			return [
				...quantiles.flatMap(([quantile, value]) => value === void 0 ? [] : [line(name, [...labels, ["quantile", String(quantile)]], value)]),
				line(`${name}_sum`, labels, sum),
				line(`${name}_count`, labels, count)
			].join("");
		}
	}
};
/** OpenMetrics writes bounds as floats: `1.0`. */
const le = (bound) => Number.isInteger(bound) ? `${bound}.0` : String(bound);
const head = (name, first, format) => {
	const type = typeOf(first);
	const help = escapeHelp(first.description ?? name);
	if (format === "prometheus") {
		const shown = type === "counter" ? `${name}_total` : name;
		return `# HELP ${shown} ${help}\n# TYPE ${shown} ${type}\n`;
	}
	const unit = units.find((each) => name.endsWith(`_${each}`));
	return `# TYPE ${name} ${type}\n${unit === void 0 ? "" : `# UNIT ${name} ${unit}\n`}# HELP ${name} ${help}\n`;
};
/** The page: families sorted by name. */
const openMetrics = (snapshots, format) => {
	return [...Map.groupBy(snapshots, ({ id, type }) => type === "Counter" ? nameOf(id).replace(/_total$/, "") : nameOf(id))].toSorted(([a], [b]) => a < b ? -1 : 1).map(([name, [first, ...rest]]) => first === void 0 ? "" : head(name, first, format) + [first, ...rest].map((each) => samples(name, each)).join("")).join("") + (format === "openmetrics" ? "# EOF\n" : "");
};
/** The format for an `Accept` header: OpenMetrics, unless only the older one is taken. */
const negotiate = (accept) => accept !== void 0 && !/application\/openmetrics-text|\*\/\*|application\/\*/i.test(accept) && /text\/(plain|\*)/i.test(accept) ? "prometheus" : "openmetrics";
export { negotiate as n, openMetrics as r, contentTypes as t };

//# sourceMappingURL=lib-OpenMetrics-CBhBDRuP.mjs.map