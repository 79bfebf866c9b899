import { readFileSync, readdirSync } from "node:fs";
// src/metrics/ProcessMetrics.ts
/**
* The nine `process_*` families of the Go client library (contract: status, section 6.3), read from `/proc/self` whenever
* they are asked for. A family whose source cannot be read (no `/proc`, a sandbox) is absent.
*/
/** Clock ticks a second in `/proc` (USER_HZ): 100 on every architecture Node runs on. */
const ticksPerSecond = 100;
/** What "unlimited" prints as: 2^64 - 1 as a float64. */
const unlimited = 0x10000000000000000;
/** A number, or undefined when the text is missing or none. */
const number = (text) => {
	const value = Number(text === void 0 || text === "" ? NaN : text);
	return Number.isFinite(value) ? value : void 0;
};
/** Field `n` of `stat`, counted from 1 as proc(5) does; the command name may hold spaces and parentheses. */
const statField = (stat, n) => number(stat?.slice(stat.lastIndexOf(")") + 2).trim().split(" ")[n - 3]);
const softLimit = (limits, name) => {
	const [soft] = (limits?.split("\n").find((text) => text.startsWith(name)))?.slice(name.length).trim().split(/\s+/) ?? [];
	return soft === "unlimited" ? unlimited : number(soft);
};
/** A column of the `IpExt` pair of lines: names, then values. */
const ipExt = (netstat, column) => {
	const [names, values] = netstat?.split("\n").filter((line) => line.startsWith("IpExt: ")) ?? [];
	const index = names?.split(" ").indexOf(column) ?? -1;
	return index < 0 ? void 0 : number(values?.split(" ")[index]);
};
const bootTime = (systemStat) => number(/^btime (\d+)$/m.exec(systemStat ?? "")?.[1]);
/** The families whose sources are there. Pure. */
const families = (sources) => {
	const user = statField(sources.stat, 14);
	const system = statField(sources.stat, 15);
	const started = statField(sources.stat, 22);
	const boot = bootTime(sources.systemStat);
	const cpu = user === void 0 || system === void 0 ? void 0 : (user + system) / ticksPerSecond;
	const start = boot === void 0 || started === void 0 ? void 0 : boot + started / ticksPerSecond;
	return [
		[
			"cpu_seconds_total",
			"counter",
			"Total user and system CPU time spent in seconds.",
			cpu
		],
		[
			"max_fds",
			"gauge",
			"Maximum number of open file descriptors.",
			softLimit(sources.limits, "Max open files")
		],
		[
			"network_receive_bytes_total",
			"counter",
			"Number of bytes received by the process over the network.",
			ipExt(sources.netstat, "InOctets")
		],
		[
			"network_transmit_bytes_total",
			"counter",
			"Number of bytes sent by the process over the network.",
			ipExt(sources.netstat, "OutOctets")
		],
		[
			"open_fds",
			"gauge",
			"Number of open file descriptors.",
			sources.openFds
		],
		[
			"resident_memory_bytes",
			"gauge",
			"Resident memory size in bytes.",
			sources.rss
		],
		[
			"start_time_seconds",
			"gauge",
			"Start time of the process since unix epoch in seconds.",
			start
		],
		[
			"virtual_memory_bytes",
			"gauge",
			"Virtual memory size in bytes.",
			statField(sources.stat, 23)
		],
		[
			"virtual_memory_max_bytes",
			"gauge",
			"Maximum amount of virtual memory available in bytes.",
			softLimit(sources.limits, "Max address space")
		]
	].flatMap(([name, type, help, value]) => value === void 0 ? [] : [{
		name: `process_${name}`,
		type,
		help,
		samples: [{ value }]
	}]);
};
const attempt = (read) => {
	try {
		return read();
	} catch {
		return;
	}
};
/** What `/proc` says now. */
const readSources = () => {
	const text = (path) => attempt(() => readFileSync(path, "utf8"));
	const stat = text("/proc/self/stat");
	return {
		stat,
		systemStat: text("/proc/stat"),
		limits: text("/proc/self/limits"),
		netstat: text("/proc/self/net/netstat"),
		openFds: attempt(() => readdirSync("/proc/self/fd").length - 1),
		rss: stat === void 0 ? void 0 : attempt(() => process.memoryUsage.rss())
	};
};
/** The `process_*` families of this process, now. */
const processFamilies = () => families(readSources());
export { processFamilies as t };

//# sourceMappingURL=lib-ProcessMetrics-Bwv0s782.mjs.map