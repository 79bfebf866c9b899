// src/profiling/V8Profiles.ts
/** Numbers every frame once. */
const table = () => {
	const frames = [];
	const indices = /* @__PURE__ */ new Map();
	const indexOf = ({ functionName, url, lineNumber, columnNumber }) => {
		const key = `${functionName}\n${url}\n${lineNumber}\n${columnNumber}`;
		const known = indices.get(key);
		if (known !== void 0) return known;
		indices.set(key, frames.length);
		return frames.push({
			name: functionName,
			url,
			line: lineNumber + 1,
			column: Math.max(0, columnNumber)
		}) - 1;
	};
	return {
		frames,
		indexOf
	};
};
const ROOT = "(root)";
/** Time in which the thread had nothing to do. */
const IDLE = "(idle)";
/** Values: samples, and nanoseconds. */
const fromCpu = (profile) => {
	const { frames, indexOf } = table();
	const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
	const parents = new Map(profile.nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id])));
	const { samples = [], timeDeltas = [] } = profile;
	const weights = /* @__PURE__ */ new Map();
	let at = profile.startTime;
	samples.forEach((id, index) => {
		at += timeDeltas[index] ?? 0;
		const micros = Math.max(0, timeDeltas[index + 1] ?? profile.endTime - at);
		const weight = weights.get(id) ?? {
			count: 0,
			micros: 0
		};
		weights.set(id, weight);
		weight.count += 1;
		weight.micros += micros;
	});
	const stackOf = (id) => {
		const stack = [];
		for (let node = nodes.get(id); node !== void 0; node = nodes.get(parents.get(node.id) ?? -1)) if (node.callFrame.functionName !== ROOT) stack.push(indexOf(node.callFrame));
		return stack;
	};
	return {
		frames,
		samples: [...weights].flatMap(([id, { count, micros }]) => {
			const name = nodes.get(id)?.callFrame.functionName;
			if (name === void 0 || name === IDLE || name === ROOT) return [];
			return [{
				stack: stackOf(id),
				values: [count, Math.round(micros * 1e3)]
			}];
		})
	};
};
/** Values: how many objects were sampled, and how many bytes they stand for. */
const fromHeap = (profile) => {
	const { frames, indexOf } = table();
	const counts = /* @__PURE__ */ new Map();
	for (const { nodeId } of profile.samples ?? []) counts.set(nodeId, (counts.get(nodeId) ?? 0) + 1);
	const samples = [];
	const visit = (node, below) => {
		const stack = node.callFrame.functionName === ROOT ? below : [indexOf(node.callFrame), ...below];
		if (node.selfSize > 0) samples.push({
			stack,
			values: [counts.get(node.id ?? -1) ?? 1, node.selfSize]
		});
		for (const child of node.children) visit(child, stack);
	};
	visit(profile.head, []);
	return {
		frames,
		samples
	};
};
export { fromHeap as n, fromCpu as t };

//# sourceMappingURL=lib-V8Profiles-CWBPYmZm.mjs.map