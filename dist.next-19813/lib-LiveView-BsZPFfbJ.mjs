// src/telemetry/LiveView.ts
/** Milliseconds of an interval. */
const intervalMillis = 5e3;
const intervalsKept = 60;
const refusalsKept = 50;
const identitiesKept = 2e3;
const identitiesShown = 50;
/** Durations an interval keeps; further ones replace one at random, so that the sample stays fair. */
const durationsKept = 512;
const longestMessage = 300;
const percentile = (sorted, p) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? 0;
var LiveView = class {
	#carried;
	#now;
	#random;
	#identities = /* @__PURE__ */ new Map();
	#refusals = [];
	#finished = [];
	#current;
	/** `carried` tells the bytes carried so far; `now` is Unix milliseconds. */
	constructor(carried, now, random = Math.random) {
		this.#carried = carried;
		this.#now = now;
		this.#random = random;
		this.#current = this.#begin(this.#now());
	}
	record(record) {
		this.advance();
		const { _tag, facts } = record;
		if (facts === void 0) return;
		if (_tag === "Opened") {
			this.#current.opened++;
			const known = this.#identity(facts.tls?.subject);
			known.open++;
			known.total++;
			const nanos = facts.handshakeNanos ?? facts.dialNanos;
			if (nanos !== void 0) this.#observe(nanos / 1e9);
		} else if (_tag === "Closed" || _tag === "Aborted" && record.nanos !== void 0) {
			const known = this.#identity(facts.tls?.subject);
			known.open = Math.max(0, known.open - 1);
		} else if (_tag === "HandshakeFailed" || _tag === "DialFailed" || _tag === "PrefixFailed") {
			this.#current.failed++;
			const stage = _tag === "HandshakeFailed" ? "handshake" : _tag === "DialFailed" ? "dial" : "PROXY header";
			const message = record.message.slice(0, longestMessage);
			this.#refusals.unshift({
				at: record.at,
				client: facts.client.address,
				stage,
				reason: record.reason,
				message
			});
			this.#refusals.length = Math.min(this.#refusals.length, refusalsKept);
		}
	}
	snapshot() {
		this.advance();
		const busy = [...this.#identities].map(([identity, { open, total }]) => ({
			identity,
			open,
			total
		})).toSorted((a, b) => b.open - a.open || b.total - a.total);
		return {
			identities: busy.slice(0, identitiesShown),
			hidden: Math.max(0, busy.length - identitiesShown),
			intervals: [...this.#finished, this.#finish(this.#current)],
			refusals: [...this.#refusals]
		};
	}
	/** Closes the interval when its time is over; silent ones in between are empty. Bytes carried count where it is called in time. */
	advance() {
		const now = this.#now();
		if (now < this.#current.at + 5e3) return;
		this.#finished.push(this.#finish(this.#current));
		const missed = Math.floor((now - this.#current.at) / intervalMillis) - 1;
		for (let n = Math.max(1, missed - intervalsKept); n <= missed; n++) {
			const at = this.#current.at + n * intervalMillis;
			this.#finished.push({
				at,
				opened: 0,
				failed: 0,
				forwarded: 0,
				returned: 0
			});
		}
		this.#finished.splice(0, this.#finished.length - intervalsKept);
		this.#current = this.#begin(now);
	}
	#identity(subject) {
		const name = subject ?? "no certificate";
		const known = this.#identities.get(name);
		if (known !== void 0) return known;
		if (this.#identities.size >= identitiesKept) this.#makeRoom();
		const fresh = {
			open: 0,
			total: 0
		};
		this.#identities.set(name, fresh);
		return fresh;
	}
	/** Forgets one that has nothing open, the oldest first; of too many with open connections, the oldest. */
	#makeRoom() {
		let oldest;
		for (const [name, { open }] of this.#identities) {
			oldest ??= name;
			if (open === 0) {
				oldest = name;
				break;
			}
		}
		if (oldest !== void 0) this.#identities.delete(oldest);
	}
	#observe(seconds) {
		const { durations } = this.#current;
		this.#current.seen++;
		if (durations.length < durationsKept) durations.push(seconds);
		else {
			const place = Math.floor(this.#random() * this.#current.seen);
			if (place < durationsKept) durations[place] = seconds;
		}
	}
	#begin(now) {
		const { forwarded, returned } = this.#carried();
		return {
			at: now - now % intervalMillis,
			opened: 0,
			failed: 0,
			forwardedBefore: forwarded,
			returnedBefore: returned,
			seen: 0,
			durations: []
		};
	}
	#finish(building) {
		const { forwarded, returned } = this.#carried();
		const sorted = building.durations.toSorted((a, b) => a - b);
		return {
			at: building.at,
			opened: building.opened,
			failed: building.failed,
			forwarded: forwarded - building.forwardedBefore,
			returned: returned - building.returnedBefore,
			...sorted.length === 0 ? {} : {
				p50: percentile(sorted, .5),
				p99: percentile(sorted, .99)
			}
		};
	}
};
export { intervalMillis as n, LiveView as t };

//# sourceMappingURL=lib-LiveView-BsZPFfbJ.mjs.map