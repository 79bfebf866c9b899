import { Context } from "effect";
// src/proxy/DataPlane.ts
/**
* Where connections run: on the main thread (`InlinePlane`) or on worker threads that each bind the address
* (`WorkerPlane`). The control plane meets them only here and exchanges plain values.
*/
var DataPlane = class extends Context.Service()("ghostunnel/DataPlane") {};
// src/proxy/Admission.ts
/** No limit: nothing is counted and nobody waits. */
const unlimited = {
	tryEnter: () => true,
	leave: () => {},
	close: () => {}
};
const LOCK = 0;
const FREE = 1;
const TURN = 2;
const HEADER = 3;
const WAITING = 0;
const GRANTED = 1;
const HELD = 2;
const PER_THREAD = 3;
/** Far longer than the few instructions for which the lock is held. */
const LOST_MILLIS = 5e3;
const makeShared = (limit, threads) => {
	const memory = new SharedArrayBuffer((HEADER + PER_THREAD * threads) * 4);
	new Int32Array(memory)[FREE] = Math.min(limit, 2 ** 31 - 1);
	return {
		memory,
		threads
	};
};
/** Slots that are taken, for connections or about to be. */
const slotsTaken = ({ memory, threads }) => {
	const words = new Int32Array(memory);
	let taken = 0;
	for (let thread = 0; thread < threads; thread++) taken += Atomics.load(words, word(thread, HELD));
	return taken;
};
/** A futex of three states (free, held, held with sleepers); held for a handful of instructions at a time. */
const locked = (words, body) => {
	if (Atomics.compareExchange(words, LOCK, 0, 1) !== 0) {
		while (Atomics.exchange(words, LOCK, 2) !== 0) if (Atomics.wait(words, LOCK, 2, LOST_MILLIS) === "timed-out") break;
	}
	const result = body();
	if (Atomics.exchange(words, LOCK, 0) === 2) Atomics.notify(words, LOCK, 1);
	return result;
};
const word = (thread, field) => HEADER + PER_THREAD * thread + field;
/** Gives one slot to the next marked thread, or back to the free ones. Call with the lock held; notify outside of it. */
const passOn = (words, threads) => {
	const turn = Atomics.load(words, TURN);
	for (let i = 0; i < threads; i++) {
		const thread = (turn + i) % threads;
		if (Atomics.load(words, word(thread, WAITING)) === 0) continue;
		Atomics.store(words, word(thread, WAITING), 0);
		Atomics.add(words, word(thread, GRANTED), 1);
		Atomics.add(words, word(thread, HELD), 1);
		Atomics.store(words, TURN, (thread + 1) % threads);
		return thread;
	}
	Atomics.add(words, FREE, 1);
	return -1;
};
const release = (words, threads, thread) => {
	const granted = locked(words, () => {
		Atomics.sub(words, word(thread, HELD), 1);
		return passOn(words, threads);
	});
	if (granted >= 0) Atomics.notify(words, word(granted, GRANTED));
};
/**
* Joins the thread to the slots. `onGrant` runs with a slot set aside that the next `tryEnter` takes; one that it leaves
* untaken goes to the next thread.
*/
const join = (shared, thread, onGrant) => {
	const words = new Int32Array(shared.memory);
	const granted = word(thread, GRANTED);
	let aside = 0;
	let open = true;
	const collect = () => {
		if (!open) return;
		aside += Atomics.exchange(words, granted, 0);
		while (aside > 0) {
			const before = aside;
			onGrant();
			if (aside === before) {
				aside--;
				release(words, shared.threads, thread);
			}
		}
		watch();
	};
	const watch = () => {
		const wait = Atomics.waitAsync(words, granted, 0);
		if (wait.async) wait.value.then(collect);
		else queueMicrotask(collect);
	};
	watch();
	return {
		tryEnter: () => {
			if (aside > 0) {
				aside--;
				return true;
			}
			return locked(words, () => {
				if (Atomics.load(words, FREE) > 0) {
					Atomics.sub(words, FREE, 1);
					Atomics.add(words, word(thread, HELD), 1);
					return true;
				}
				Atomics.store(words, word(thread, WAITING), 1);
				return false;
			});
		},
		leave: () => release(words, shared.threads, thread),
		close: () => {
			open = false;
			const back = locked(words, () => {
				Atomics.store(words, word(thread, WAITING), 0);
				return Atomics.exchange(words, granted, 0) + aside;
			});
			aside = 0;
			for (let i = 0; i < back; i++) release(words, shared.threads, thread);
			Atomics.notify(words, granted);
		}
	};
};
/** Takes back everything a thread held when it died. */
const threadLost = (shared, thread) => {
	const words = new Int32Array(shared.memory);
	const held = locked(words, () => {
		Atomics.store(words, word(thread, WAITING), 0);
		Atomics.store(words, word(thread, GRANTED), 0);
		return Atomics.load(words, word(thread, HELD));
	});
	for (let i = 0; i < held; i++) release(words, shared.threads, thread);
};
export { unlimited as a, threadLost as i, makeShared as n, DataPlane as o, slotsTaken as r, join as t };

//# sourceMappingURL=lib-Admission-BSs7yqwG.mjs.map