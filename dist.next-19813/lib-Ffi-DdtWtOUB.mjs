// src/runtime/native/Ffi.ts
const isFfiWarning = (args) => args[1] === "ExperimentalWarning" && typeof args[0] === "string" && args[0].startsWith("FFI ");
/** Loads the module without its experimental warning; every other warning passes. Undefined where Node has none. */
const loadFfi = () => {
	const emit = process.emitWarning;
	process.emitWarning = new Proxy(emit, { apply: (target, self, args) => isFfiWarning(args) ? void 0 : Reflect.apply(target, self, args) });
	try {
		return process.getBuiltinModule("node:ffi");
	} finally {
		process.emitWarning = emit;
	}
};
export { loadFfi as t };

//# sourceMappingURL=lib-Ffi-DdtWtOUB.mjs.map