import { Layer, Metric } from "effect";
// src/metrics/FiberCount.ts
/** How many fibers live: the nearest thing to `runtime.goroutines` (contract: status, section 5.2). */
/** Counts fibers whose context holds it. */
var FiberCount = class FiberCount {
	#cell;
	/** Counts in the first element, which another thread may read; only one thread may count there. */
	constructor(cell = /* @__PURE__ */ new Int32Array(1)) {
		this.#cell = cell;
	}
	/** Fibers started and not yet ended, on this thread. */
	get live() {
		return this.#cell[0] ?? 0;
	}
	recordFiberStart = (_) => {
		this.#cell[0] = this.live + 1;
	};
	recordFiberEnd = (_) => {
		if (this.live > 0) this.#cell[0] = this.live - 1;
	};
	/** Counts every fiber started below it: provide it outermost. */
	static layer = Layer.sync(Metric.FiberRuntimeMetrics, () => new FiberCount());
	/** The same, where another thread reads it. */
	static layerIn = (cell) => Layer.sync(Metric.FiberRuntimeMetrics, () => new FiberCount(cell));
};
export { FiberCount as t };

//# sourceMappingURL=lib-FiberCount-CzQSwXD5.mjs.map