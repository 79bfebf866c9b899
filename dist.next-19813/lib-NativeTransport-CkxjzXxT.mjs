import { r as Transport, t as BindError } from "./lib-Transport-CSs_2P36.mjs";
import { n as negotiationWith, t as ConnectionFailure } from "./lib-ConnectionFailure-BVysMgRQ.mjs";
import { a as resumed, c as unreadable, d as operation, f as sniName, h as written, i as askJudge, l as hostPort, m as unix, o as settledVerdict, p as tcp, s as undecided } from "./lib-MaterialChecks-Ce_VxLDQ.mjs";
import { a as at, c as isNormalEnd, i as after, l as lookupCause, n as explainHandshake, o as cause, r as connectBy, t as explain } from "./lib-TlsErrors-BIZxvD8N.mjs";
import { a as mustBackOff, c as scratchSize, d as Epoll, f as Errno, i as NativeServerTls, l as ipAddress, n as TlsSession, o as systemError, p as Sock, r as NativeClientTls, s as Memory, t as loadNative, u as unixAddress } from "./lib-Native-BGO6uZqS.mjs";
import { Effect, Layer, Result } from "effect";
import { dirname } from "node:path";
import { existsSync, readFileSync, unlinkSync } from "node:fs";
import { isIP } from "node:net";
import { lookup } from "node:dns";
// src/transport/native/Descriptor.ts
const nobody = () => {};
var Descriptor = class {
	fd;
	mask = 0;
	serial = 0;
	/** Called with what epoll reports; may come without reason. */
	onReady = nobody;
	#native;
	#open = true;
	constructor(native, fd) {
		this.#native = native;
		this.fd = fd;
	}
	get open() {
		return this.#open;
	}
	/** Waits for these events from now on; for nothing with 0. */
	wait(mask) {
		if (this.#open) this.#native.thread.poller.wait(this, mask);
	}
	/** Closes it. Idempotent. */
	close() {
		if (this.#end()) this.#native.thread.close(this.fd);
	}
	/** Closes it with a reset, on TCP. Idempotent. */
	reset() {
		if (this.#end()) this.#native.sockets.reset(this.fd);
	}
	#end() {
		if (!this.#open) return false;
		this.wait(0);
		this.#open = false;
		this.onReady = nobody;
		return true;
	}
};
// src/transport/native/Connect.ts
const noop$2 = () => {};
const attemptOn = (native) => (target, outcome) => {
	const { sockets } = native;
	const isUnix = "path" in target;
	const address = isUnix ? unixAddress(target.path) : ipAddress(target.host, target.port);
	let open = true;
	const failed = (errno) => {
		queueMicrotask(() => open && outcome.failed(systemError("connect", errno)));
		return () => {
			open = false;
		};
	};
	if (address === void 0) return failed(isUnix ? Errno.ENAMETOOLONG : Errno.EINVAL);
	const fd = sockets.open(address.readUInt16LE(0));
	if (fd < 0) return failed(-fd);
	const descriptor = new Descriptor(native, fd);
	if (!isUnix) sockets.tune(fd);
	const result = sockets.connect(fd, address);
	if (result === 0) {
		queueMicrotask(() => descriptor.open && outcome.done(descriptor));
		return () => descriptor.close();
	}
	if (result !== Errno.EINPROGRESS && result !== Errno.EAGAIN) {
		descriptor.close();
		return failed(result);
	}
	descriptor.onReady = () => {
		descriptor.wait(0);
		descriptor.onReady = noop$2;
		const errno = sockets.pendingError(fd);
		if (errno === 0) return outcome.done(descriptor);
		descriptor.close();
		outcome.failed(systemError("connect", errno));
	};
	descriptor.wait(Epoll.OUT);
	return () => descriptor.close();
};
/** Connects; the descriptor is the caller's from then on. Gives back what gives it up. */
const connect$1 = (native, target, deadline, outcome) => connectBy(attemptOn(native), target, deadline, outcome);
// src/transport/native/NativeStream.ts
/** An open connection of the native transport: the socket, what runs on it, and how it is given up. */
/** How long a peer that takes nothing may hold up our closing messages. */
const closingGrace = 250;
const nothing$1 = () => true;
/** The stream that `accept` and `dial` give out and `pump` takes. */
var NativeStream = class {
	descriptor;
	channel;
	tls;
	#native;
	#ends;
	#state = "open";
	#onClosed = [];
	#cancelGrace;
	constructor(native, descriptor, channel, ends, tls) {
		this.#native = native;
		this.descriptor = descriptor;
		this.channel = channel;
		this.#ends = ends;
		this.tls = tls;
	}
	get remote() {
		return this.#ends.remote;
	}
	get local() {
		return this.#ends.local;
	}
	/** `read tcp A->B`, `write tcp A->B`. */
	operation(verb) {
		return operation(verb, this.local, this.remote);
	}
	prefix = (bytes) => Effect.callback((resume) => {
		const fail = (error) => {
			const why = explain(error, this.operation("write"));
			this.destroy();
			resume(Effect.fail(ConnectionFailure.PrefixFailed({
				source: "backend",
				...why
			})));
		};
		if (this.#state !== "open") return fail(/* @__PURE__ */ new Error("connection closed"));
		const memory = new Memory(this.#native.thread.bound, bytes.length);
		memory.bytes.set(bytes);
		let sent = 0;
		const write = () => {
			sent += Math.max(0, this.channel.write(memory.at + BigInt(sent), bytes.length - sent));
			const flushed = this.channel.flush();
			if (this.channel.failed) return fail(this.channel.error);
			if (sent < bytes.length || !flushed) return this.descriptor.wait(Epoll.OUT);
			this.descriptor.wait(0);
			resume(Effect.void);
		};
		this.descriptor.onReady = write;
		write();
		return Effect.sync(() => this.destroy());
	});
	close = () => this.finish();
	/**
	* Closes it: what `rest` still has to write goes out first (it says when that is done), then close_notify; after a grace
	* in any case. `closed` is called once it is.
	*/
	finish(rest = nothing$1, closed) {
		if (closed !== void 0) {
			if (this.#state === "closed") return closed();
			this.#onClosed.push(closed);
		}
		if (this.#state !== "open") return;
		this.#state = "closing";
		const step = () => {
			if (this.#state !== "closing") return;
			if (!this.channel.failed && !(rest() && this.channel.endWrites())) {
				this.#cancelGrace ??= after(closingGrace, () => this.destroy());
				return this.descriptor.wait(Epoll.OUT);
			}
			this.destroy();
		};
		this.descriptor.onReady = step;
		this.descriptor.wait(0);
		step();
	}
	/** Closes it at once; nobody is told. Idempotent. */
	destroy() {
		if (this.#state === "closed") return;
		this.#state = "closed";
		this.#cancelGrace?.();
		this.channel.free();
		this.descriptor.close();
		for (const closed of this.#onClosed.splice(0)) closed();
	}
};
// src/transport/native/Handshake.ts
const timedOut = {
	reason: "timeout",
	message: "context deadline exceeded"
};
/** Follows the handshake to its end: `done` or `failed` is called once, unless the given-back function cancels it. */
const follow = (native, plan) => {
	const { descriptor, ends, judge, role, session } = plan;
	const examination = {
		role,
		judge,
		chain: [],
		verdict: void 0
	};
	let over = false;
	const release = () => {
		over = true;
		cancelTimer();
		descriptor.wait(0);
	};
	const drop = () => {
		session.free();
		descriptor.close();
	};
	const fail = (why) => {
		if (over) return;
		release();
		if (session.failed) native.thread.f.read(descriptor.fd, native.thread.scratch.at, native.thread.scratch.bytes.length);
		drop();
		plan.failed(why);
	};
	const refuse = (verdict) => fail({
		reason: verdict.reason,
		message: verdict.message
	});
	const conclude = (verdict) => {
		if (over) return;
		if (verdict._tag === "Refused") return refuse(verdict);
		release();
		plan.done(new NativeStream(native, descriptor, session, ends, session.facts(examination.chain, verdict.by)));
	};
	/** The verdict on a finished handshake: that of the verification, of which only servers that ask nobody do without. */
	const answer = () => {
		if (session.resumed) return resumed;
		if (examination.verdict !== void 0) return examination.verdict;
		return plan.certificateAsked ? unreadable : askJudge(judge, {
			chain: [],
			chainError: void 0
		});
	};
	const finished = () => {
		const verdict = answer();
		if (verdict._tag !== "Pending") return conclude(verdict);
		descriptor.wait(0);
		verdict.settled.then((settled) => conclude(settledVerdict(settled)), () => conclude(undecided));
	};
	const step = () => {
		if (over) return;
		const next = session.handshake(native.verifier, examination);
		if (next === "done") return finished();
		if (next !== "failed") return descriptor.wait(next === "read" ? Epoll.IN : Epoll.OUT);
		const { verdict } = examination;
		if (verdict?._tag === "Refused") return refuse(verdict);
		fail(explainHandshake(session.error, role, operation("read", ends.local, ends.remote)));
	};
	const cancelTimer = at(plan.deadline, () => fail(timedOut));
	descriptor.onReady = step;
	step();
	return () => {
		if (over) return;
		release();
		drop();
	};
};
// src/transport/native/PlainChannel.ts
/** A socket without TLS. */
var PlainChannel = class {
	error;
	failed = false;
	readNeedsWrite = false;
	#thread;
	#fd;
	#full = false;
	constructor(thread, fd) {
		this.#thread = thread;
		this.#fd = fd;
	}
	fill() {
		const thread = this.#thread;
		const count = thread.f.read(this.#fd, thread.scratch.at, scratchSize);
		this.#full = count === scratchSize;
		if (count > 0) return count;
		if (count === 0) return -1;
		return thread.mustWait() ? 0 : this.#fail("read");
	}
	hasMore() {
		return this.#full;
	}
	write(at, size) {
		const thread = this.#thread;
		const count = thread.f.write(this.#fd, at, size);
		if (count >= 0) return count;
		return thread.mustWait() ? 0 : this.#fail("write");
	}
	flush() {
		return true;
	}
	endWrites() {
		this.#thread.f.shutdown(this.#fd, Sock.SHUT_WR);
		return true;
	}
	free() {}
	#fail(call) {
		this.error = systemError(call, this.#thread.errno());
		this.failed = true;
		return -2;
	}
};
// src/transport/native/Upstream.ts
/** To a target by way of an upstream proxy: connect to the proxy, negotiate, hand the socket over as if it were direct. */
const noop$1 = () => {};
/** Looked at in one go. */
const chunk = 4096;
/**
* Connects to the proxy and asks it for the target, all before `deadline` (`performance.now()` milliseconds). `done` gets the
* proxy's socket; what belongs to the target is still unread. The given-back function cancels.
*/
const connectThrough = (native, proxy, target, deadline, outcome) => {
	const made = negotiationWith(proxy, target);
	if (Result.isFailure(made)) {
		outcome.failed({
			reason: "upstream_proxy",
			message: made.failure
		});
		return noop$1;
	}
	const negotiation = made.success;
	const { sockets, thread } = native;
	let cancel = connect$1(native, proxy.address, deadline, {
		failed: (why) => outcome.failed({
			reason: why.reason,
			message: negotiation.undialled(why.message)
		}),
		done: (descriptor) => {
			let unsent = Buffer.alloc(0);
			const release = () => {
				cancelTimer();
				descriptor.wait(0);
				descriptor.onReady = noop$1;
			};
			const fail = (message, reason = "upstream_proxy") => {
				release();
				descriptor.close();
				outcome.failed({
					reason,
					message
				});
			};
			const broken = (errno) => fail(negotiation.interrupted(cause(systemError("read", errno))));
			/** Whether all of it is sent. */
			const send = (bytes) => {
				unsent = Buffer.concat([unsent, bytes]);
				if (unsent.length === 0) return true;
				const memory = new Memory(thread.bound, unsent.length);
				memory.bytes.set(unsent);
				const count = thread.f.write(descriptor.fd, memory.at, unsent.length);
				if (count < 0 && !thread.mustWait()) {
					broken(thread.errno());
					return false;
				}
				unsent = unsent.subarray(Math.max(0, count));
				return unsent.length === 0;
			};
			/** Takes what is there, but nothing of what belongs to the target: looks first, then takes as much as was meant. */
			const receive = () => {
				const count = sockets.peek(descriptor.fd, chunk);
				if (count === -Errno.EAGAIN || count === -Errno.EINTR) return false;
				if (count < 0) broken(-count);
				else if (count === 0) fail(negotiation.interrupted(proxy.scheme === "http" ? "unexpected EOF" : "EOF"));
				if (count <= 0) return false;
				const step = negotiation.receive(Buffer.from(thread.scratch.bytes.subarray(0, count)));
				if (step._tag === "Failed") {
					fail(step.message);
					return false;
				}
				const meant = step._tag === "Done" ? count - step.surplus.length : count;
				if (meant > 0) thread.f.read(descriptor.fd, thread.scratch.at, meant);
				if (!send(step.send) && !descriptor.open) return false;
				if (step._tag === "NeedMore") return true;
				release();
				outcome.done(descriptor);
				return false;
			};
			const turn = () => {
				if (unsent.length > 0) send(nothing);
				while (descriptor.open && unsent.length === 0 && receive());
				if (descriptor.open && descriptor.onReady === turn) descriptor.wait(unsent.length > 0 ? Epoll.OUT : Epoll.IN);
			};
			const cancelTimer = at(deadline, () => fail(negotiation.interrupted("i/o timeout"), "timeout"));
			cancel = () => {
				release();
				descriptor.close();
			};
			descriptor.onReady = turn;
			if (send(negotiation.start()) || descriptor.open) turn();
		}
	});
	return () => cancel();
};
const nothing = /* @__PURE__ */ new Uint8Array();
// src/transport/native/Dialer.ts
/** From a target to a stream: connect and, where asked for, TLS with the verdict on the server in it. */
/** The ends of a dialled connection, looked up where they are asked for: few are. */
var DialledEnds = class {
	#native;
	#descriptor;
	#remote;
	#local;
	constructor(native, descriptor, target) {
		this.#native = native;
		this.#descriptor = descriptor;
		if (target._tag === "Unix") [this.#remote, this.#local] = [unix(target.path), unix()];
	}
	get remote() {
		return this.#remote ??= this.#name("remoteName");
	}
	get local() {
		return this.#local ??= this.#name("localName");
	}
	#name(which) {
		const decoded = this.#descriptor.open ? this.#native.sockets[which](this.#descriptor.fd) : void 0;
		return decoded === void 0 ? tcp(void 0, void 0) : {
			network: decoded.network,
			address: decoded.address
		};
	}
};
/** A session that asks for the server by its name; or why there is none. */
const sessionFor = (native, tls, context) => {
	const session = TlsSession.of(native.thread, context.context, "client");
	if (session === void 0) return "tls: the connection came too late for its certificate, or memory is short";
	const name = sniName(tls.serverName, (text) => isIP(text) !== 0);
	if (name === "" || session.ask(name)) return session;
	session.free();
	return "tls: the server's name cannot be asked for";
};
/** Dials. Every failure is the backend's. */
const dial = (native, options) => Effect.callback((resume) => {
	const { deadline, target, tls, via } = options;
	const context = tls?.context;
	if (context !== void 0 && !(context instanceof NativeClientTls)) return resume(Effect.die(/* @__PURE__ */ new TypeError("TLS of another transport")));
	const failed = (why) => resume(Effect.fail(ConnectionFailure.DialFailed({
		source: "backend",
		...why
	})));
	const session = tls === void 0 || context === void 0 ? void 0 : sessionFor(native, tls, context);
	if (typeof session === "string") return failed({
		reason: "other",
		message: session
	});
	const outcome = {
		failed: (why) => {
			session?.free();
			failed(why);
		},
		done: (descriptor) => {
			const ends = new DialledEnds(native, descriptor, target);
			if (tls === void 0 || session === void 0) {
				const channel = new PlainChannel(native.thread, descriptor.fd);
				return resume(Effect.succeed(new NativeStream(native, descriptor, channel, ends)));
			}
			if (!session.attach(descriptor.fd)) {
				session.free();
				descriptor.close();
				return failed({
					reason: "other",
					message: "tls: memory is short"
				});
			}
			cancel = follow(native, {
				session,
				descriptor,
				role: "client",
				certificateAsked: true,
				judge: tls.judge,
				deadline,
				ends,
				done: (stream) => resume(Effect.succeed(stream)),
				failed
			});
		}
	};
	let cancel = via === void 0 || target._tag === "Unix" ? connect$1(native, target, deadline, outcome) : connectThrough(native, via, target, deadline, outcome);
	return Effect.sync(() => {
		cancel();
		session?.free();
	});
});
// src/transport/native/AcceptedDescriptor.ts
/** The raw connection that the native listener hands out and `accept` takes. */
var AcceptedDescriptor = class {
	ends;
	#descriptor;
	#taken = false;
	constructor(descriptor, ends) {
		this.#descriptor = descriptor;
		this.ends = ends;
	}
	get remote() {
		return this.ends.remote;
	}
	/** Hands the socket over, once. From then on `reset` does nothing. */
	take() {
		if (this.#taken) return void 0;
		this.#taken = true;
		return this.#descriptor;
	}
	reset = () => this.take()?.reset();
};
// src/transport/native/NativeListener.ts
/** Listening sockets: bind, take connections as admission allows, stop at once. Waiting clients stay in the kernel's queue. */
/** Connections taken in a row before others get their turn. */
const burst = 32;
/** Pauses after accepting has failed, in milliseconds: doubled each time (contract: command line, section 4.3). */
const shortestPause = 5;
const longestPause = 1e3;
/** What the kernel grants at most. */
const backlog = (() => {
	try {
		const granted = Number(readFileSync("/proc/sys/net/core/somaxconn", "utf8"));
		return granted > 0 ? Math.min(granted, 65535) : 511;
	} catch {
		return 511;
	}
})();
const resolve$1 = (host) => host === "" || isIP(host.replace(/%.*$/, "")) !== 0 ? Effect.succeed(host === "" ? "0.0.0.0" : host) : Effect.callback((resume) => {
	lookup(host, {
		all: true,
		order: "ipv4first"
	}, (error, addresses) => {
		const first = addresses?.[0];
		resume(error === null && first !== void 0 ? Effect.succeed(first.address) : Effect.fail(lookupCause(host, error ?? { code: "ENOTFOUND" })));
	});
});
/** Takes connections from a listening socket. */
var Acceptor = class {
	bound;
	shareableFd;
	#native;
	#socket;
	#options;
	/** Whether the local end of a connection may differ from what is bound. */
	#wildcard;
	#path;
	#pause = shortestPause;
	#cancelPause;
	#taking = false;
	#running = false;
	constructor(native, socket, options, bound, wildcard) {
		this.#native = native;
		this.#socket = socket;
		this.#options = options;
		this.bound = bound;
		this.shareableFd = socket.fd;
		this.#wildcard = wildcard;
		const { address } = options;
		const owned = options.inheritedFd === void 0 && address._tag === "Unix" && !address.path.startsWith("@");
		this.#path = owned ? address.path : void 0;
		socket.onReady = () => this.#take();
	}
	resume = () => {
		this.#running = true;
		if (this.#cancelPause === void 0) this.#take();
	};
	stop = () => {
		if (!this.#socket.open) return;
		this.#cancelPause?.();
		this.#socket.close();
		if (this.#path === void 0) return;
		try {
			unlinkSync(this.#path);
		} catch {}
	};
	/** Whether clients have to be left in the kernel's queue, with so many taken that nobody has begun to serve. */
	#mustLeaveThem(waiting) {
		return this.#options.descriptors?.scarce(waiting) === true;
	}
	#take() {
		if (this.#taking || !this.#running) return;
		this.#taking = true;
		try {
			for (let count = 0; count < burst && this.#socket.open; count++) {
				if (!this.#options.admit()) {
					this.#running = false;
					return this.#socket.wait(0);
				}
				if (!this.#takeOne()) return;
			}
		} finally {
			this.#taking = false;
		}
		this.#socket.wait(Epoll.IN | Epoll.EXCLUSIVE);
	}
	/** Whether there may be another one. */
	#takeOne() {
		const fd = this.#native.sockets.accept(this.#socket.fd);
		if (fd < 0) {
			this.#options.giveBack();
			this.#failed(-fd);
			return fd === -Errno.ECONNABORTED || fd === -Errno.EINTR;
		}
		this.#pause = shortestPause;
		this.#options.onConnection(this.#accepted(fd));
		if (!this.#mustLeaveThem(0)) return true;
		this.#failed(Errno.EMFILE);
		return false;
	}
	#accepted(fd) {
		const { sockets } = this.#native;
		const peer = sockets.peer();
		const local = (this.#wildcard ? sockets.localName(fd) : void 0) ?? this.bound;
		const remote = this.bound.network === "unix" ? unix() : peer ?? tcp(void 0, void 0);
		return new AcceptedDescriptor(new Descriptor(this.#native, fd), {
			remote: {
				network: remote.network,
				address: remote.address
			},
			local: {
				network: local.network,
				address: local.address
			}
		});
	}
	#failed(errno) {
		if (!this.#socket.open) return;
		if (!mustBackOff(errno)) return this.#socket.wait(Epoll.IN | Epoll.EXCLUSIVE);
		this.#socket.wait(0);
		const { address, network } = this.bound;
		this.#rest();
		this.#options.onAcceptError(`accept ${network} ${address}: accept4: ${cause(systemError("accept4", errno))}`);
	}
	/** Looks again later, each time after a longer pause. */
	#rest() {
		this.#cancelPause = after(this.#pause, () => {
			this.#cancelPause = void 0;
			if (this.#mustLeaveThem(1)) this.#rest();
			else this.#take();
		});
		this.#pause = Math.min(2 * this.#pause, longestPause);
	}
};
const listenOn = (native, family, options, address) => {
	const { sockets } = native;
	if (address === void 0) return Result.fail("invalid argument");
	const fd = sockets.open(family);
	if (fd < 0) return Result.fail(cause(systemError("socket", -fd)));
	const socket = new Descriptor(native, fd);
	const isTcp = family !== Sock.AF_UNIX;
	if (isTcp) sockets.tune(fd);
	const failed = (isTcp ? sockets.reuse(fd, options.reusePort) : 0) || sockets.bind(fd, address) || sockets.listen(fd, backlog);
	if (failed === 0) return named(native, socket, options);
	socket.close();
	return Result.fail(cause(systemError("bind", failed)));
};
const named = (native, socket, options) => {
	const name = native.sockets.localName(socket.fd);
	const { address } = options;
	if (name === void 0) {
		socket.close();
		return Result.fail("address family not supported by protocol");
	}
	return Result.succeed({
		socket,
		name: address._tag === "Unix" ? unix(address.path) : {
			network: name.network,
			address: name.address
		},
		wildcard: name.network === "tcp" && name.wildcard
	});
};
const adopt = (native, fd, options) => {
	const { sockets, thread } = native;
	thread.adopt(fd);
	const socket = new Descriptor(native, fd);
	const failed = sockets.nonBlocking(fd);
	if (failed !== 0) {
		socket.close();
		return Result.fail(cause(systemError("fcntl", failed)));
	}
	sockets.tune(fd);
	return named(native, socket, options);
};
const open = (native, options) => {
	const { address, inheritedFd } = options;
	const fails = (message) => new BindError({
		address: address.text,
		message
	});
	const made = (doing, bound) => Result.isFailure(bound) ? Effect.fail(fails(`${doing}: ${bound.failure}`)) : Effect.succeed(new Acceptor(native, bound.success.socket, options, bound.success.name, bound.success.wildcard));
	if (inheritedFd !== void 0) return Effect.suspend(() => made(`listen fd ${inheritedFd}`, adopt(native, inheritedFd, options)));
	switch (address._tag) {
		case "Unix": return Effect.suspend(() => {
			const { path } = address;
			const bound = !path.startsWith("@") && !existsSync(dirname(path)) ? Result.fail("no such file or directory") : listenOn(native, Sock.AF_UNIX, options, unixAddress(path));
			return made(`listen ${written(address)}: bind`, bound);
		});
		case "Tcp": return Effect.matchEffect(resolve$1(address.host), {
			onFailure: (message) => Effect.fail(fails(`listen tcp: ${message}`)),
			onSuccess: (host) => {
				const family = host.includes(":") ? Sock.AF_INET6 : Sock.AF_INET;
				const where = address.host === "" ? `:${address.port}` : hostPort(host, address.port);
				return made(`listen tcp ${where}: bind`, listenOn(native, family, options, ipAddress(host, address.port)));
			}
		});
		default: return Effect.fail(fails(`listen ${address.text}: no descriptor was inherited`));
	}
};
/** Binds and listens. Nothing is delivered before the first `resume`. */
const listen = (native, options) => Effect.acquireRelease(open(native, options), (listener) => Effect.sync(listener.stop));
// src/transport/native/Direction.ts
/** How many times in a row it reads before others get their turn. */
const rounds = 8;
var Direction = class {
	/** Bytes the kernel has taken. */
	bytes = 0;
	end;
	failure;
	#thread;
	#ends;
	/** What the sink did not take. */
	#held;
	#heldFrom = 0;
	#heldLeft = 0;
	/** Bytes the sink's session has taken and not handed on yet. */
	#unflushed = 0;
	#sinkIsFull = false;
	/** How it ends once what was read is written; undefined while the source still delivers. */
	#finishing;
	#waitingTurn = false;
	#watching = false;
	#lastActivity = 0;
	constructor(thread, ends) {
		this.#thread = thread;
		this.#ends = ends;
	}
	get wantsToRead() {
		return this.end === void 0 && this.#finishing === void 0 && !this.#sinkIsFull;
	}
	get wantsToWrite() {
		return this.end === void 0 && this.#sinkIsFull;
	}
	/** From now on activity is timed. */
	watch() {
		this.#watching = true;
		this.#lastActivity = performance.now();
	}
	/** Milliseconds without a byte read or written. */
	idleMillis() {
		return performance.now() - this.#lastActivity;
	}
	/** Moves what can be moved. True when there may be more that raises no event. */
	run() {
		const { channel } = this.#ends.from;
		for (let round = 0; round < rounds || this.#finishing !== void 0; round++) {
			if (this.end !== void 0 || !this.#settle()) return false;
			if (this.#finishing !== void 0) {
				this.#conclude(this.#finishing);
				return false;
			}
			const count = channel.fill();
			if (count === 0) return false;
			if (count > 0) {
				this.#pass(count);
				if (!channel.hasMore() && !this.#sinkIsFull) return false;
			} else if (count === -1) this.#finishing = "eof";
			else this.#readFailed();
		}
		return this.wantsToRead && channel.hasMore();
	}
	/** Runs it again in the next turn of the loop, once. */
	takeTurn(run) {
		if (this.#waitingTurn) return;
		this.#waitingTurn = true;
		this.#thread.poller.soon(() => {
			this.#waitingTurn = false;
			run();
		});
	}
	/** Ends it now, as a timeout. What waits for the sink stays: `drain` may still write it. */
	cut() {
		if (this.end !== void 0) return;
		const { from, source, sink, to } = this.#ends;
		const writing = this.#sinkIsFull;
		this.failure = ConnectionFailure.CopyFailed({
			source: writing ? sink : source,
			reason: "timeout",
			message: `${writing ? to.operation("write") : from.operation("read")}: i/o timeout`
		});
		this.#finish("timeout");
	}
	/** Ends it without a word: its TLS session is dead. */
	abandon() {
		this.#finish("reset");
	}
	/** Writes what was left when it ended. True when there is nothing left. */
	drain = () => this.#ends.to.channel.failed || this.#writeHeld();
	/** Gives back its memory. */
	release() {
		if (this.#held === void 0) return;
		this.#thread.release(this.#held);
		this.#held = void 0;
		this.#heldLeft = 0;
	}
	/** Passes on what lies in the scratch buffer. */
	#pass(count) {
		const { scratch } = this.#thread;
		const { channel } = this.#ends.to;
		if (this.#watching) this.#lastActivity = performance.now();
		const written = channel.write(scratch.at, count);
		if (channel.failed) return this.#writeFailed();
		const taken = Math.max(0, written);
		this.#unflushed += taken;
		if (taken < count) {
			const held = this.#thread.hold();
			scratch.bytes.copy(held.bytes, 0, taken, count);
			this.#held = held;
			this.#heldFrom = 0;
			this.#heldLeft = count - taken;
		}
		this.#flush();
	}
	/** Hands on what the sink has taken; notes whether it has to be waited for. */
	#flush() {
		const { channel } = this.#ends.to;
		const flushed = channel.flush();
		if (channel.failed) return this.#writeFailed();
		if (flushed && this.#unflushed > 0) {
			this.bytes += this.#unflushed;
			this.#ends.carried(this.#unflushed);
			this.#unflushed = 0;
		}
		this.#sinkIsFull = !flushed || this.#held !== void 0;
	}
	/** Whether nothing waits for the sink any more. */
	#settle() {
		if (!this.#sinkIsFull) return true;
		const before = this.bytes + this.#unflushed;
		this.#writeHeld();
		if (this.end !== void 0) return false;
		this.#flush();
		if (this.#watching && this.bytes + this.#unflushed !== before) this.#lastActivity = performance.now();
		return this.end === void 0 && !this.#sinkIsFull;
	}
	#writeHeld() {
		const held = this.#held;
		if (held === void 0) return true;
		const { channel } = this.#ends.to;
		const written = channel.write(held.at + BigInt(this.#heldFrom), this.#heldLeft);
		if (channel.failed) {
			this.#writeFailed();
			return true;
		}
		const taken = Math.max(0, written);
		this.#unflushed += taken;
		this.#heldFrom += taken;
		this.#heldLeft -= taken;
		if (this.#heldLeft > 0) return false;
		this.release();
		return true;
	}
	#readFailed() {
		const { from, source } = this.#ends;
		const { error } = from.channel;
		if (isNormalEnd(error)) {
			this.#finishing = "reset";
			return;
		}
		this.failure = ConnectionFailure.CopyFailed({
			source,
			...explain(error, from.operation("read"))
		});
		this.#finishing = "error";
	}
	#writeFailed() {
		if (this.end !== void 0) return;
		const { sink, to } = this.#ends;
		const { error } = to.channel;
		if (!isNormalEnd(error)) this.failure = ConnectionFailure.CopyFailed({
			source: sink,
			...explain(error, to.operation("write"))
		});
		this.#finish(this.failure === void 0 ? "reset" : "error");
	}
	/** Everything is written: half-closes the sink. */
	#conclude(how) {
		this.#sinkIsFull = !this.#ends.to.channel.endWrites();
		if (!this.#sinkIsFull) this.#finish(how);
	}
	#finish(how) {
		if (this.end !== void 0) return;
		this.end = how;
		if (how !== "timeout") {
			this.release();
			this.#ends.to.channel.endWrites();
		}
		this.#ends.onEnded(this);
	}
};
// src/transport/native/Pump.ts
/**
* Copies both ways between two open connections until both directions have ended (contract: command line, sections 8.2
* and 8.3). Effect sees its beginning and its end only.
*/
const noop = () => {};
var Pump = class {
	#accepted;
	#dialled;
	#limits;
	#done;
	#forward;
	#back;
	#cut;
	#closing = false;
	#open = 2;
	#cancelLifetime = noop;
	#cancelIdle = noop;
	constructor(native, accepted, dialled, limits, done) {
		this.#accepted = accepted;
		this.#dialled = dialled;
		this.#limits = limits;
		this.#done = done;
		const { thread } = native;
		const { carried } = limits;
		const onEnded = this.#onEnded;
		this.#forward = new Direction(thread, {
			from: accepted,
			to: dialled,
			source: "peer",
			sink: "backend",
			carried: (bytes) => carried("forwarded", bytes),
			onEnded
		});
		this.#back = new Direction(thread, {
			from: dialled,
			to: accepted,
			source: "backend",
			sink: "peer",
			carried: (bytes) => carried("returned", bytes),
			onEnded
		});
	}
	start() {
		const { lifetime } = this.#limits;
		if (lifetime > 0) this.#cancelLifetime = after(lifetime, () => this.#cutOff("lifetime"));
		this.#accepted.descriptor.onReady = (mask) => this.#onReady(mask, this.#forward, this.#back);
		this.#dialled.descriptor.onReady = (mask) => this.#onReady(mask, this.#back, this.#forward);
		this.#run(this.#forward);
		this.#run(this.#back);
		this.#wait();
	}
	/** Cuts everything at once; nobody is told. */
	abort() {
		this.#closing = true;
		this.#release();
		this.#accepted.destroy();
		this.#dialled.destroy();
		this.#forward.release();
		this.#back.release();
	}
	#release() {
		this.#cancelLifetime();
		this.#cancelIdle();
	}
	/** Something about a stream: it may be read by `source` and written by `sink`. */
	#onReady(mask, source, sink) {
		const broken = mask & (Epoll.HUP | Epoll.ERR);
		if (sink.wantsToWrite && (broken !== 0 || mask & Epoll.OUT)) this.#run(sink);
		if (!this.#closing && source.wantsToRead) this.#run(source);
		this.#wait();
	}
	#run(direction) {
		if (this.#closing || !direction.run()) return;
		direction.takeTurn(() => {
			this.#run(direction);
			this.#wait();
		});
	}
	#wait() {
		if (this.#closing) return;
		this.#waitFor(this.#accepted, this.#forward, this.#back);
		this.#waitFor(this.#dialled, this.#back, this.#forward);
	}
	#waitFor(stream, source, sink) {
		let mask = 0;
		if (source.wantsToRead) mask = stream.channel.readNeedsWrite ? Epoll.OUT : Epoll.IN;
		if (sink.wantsToWrite) mask |= Epoll.OUT;
		stream.descriptor.wait(mask);
	}
	#onEnded = (ended) => {
		const other = ended === this.#forward ? this.#back : this.#forward;
		if (other.end !== void 0) return this.#close();
		if (ended.end === "error") return other.abandon();
		if (this.#cut !== void 0) return;
		if (this.#limits.closeTimeout <= 0) return this.#cutOff("close-timeout");
		other.watch();
		this.#awaitIdle(other, this.#limits.closeTimeout);
	};
	#awaitIdle(direction, millis) {
		this.#cancelIdle = after(millis, () => {
			const turn = setImmediate(() => {
				const left = this.#limits.closeTimeout - direction.idleMillis();
				if (left <= 0) this.#cutOff("close-timeout");
				else this.#awaitIdle(direction, left);
			});
			this.#cancelIdle = () => clearImmediate(turn);
		});
	}
	#cutOff(cut) {
		if (this.#closing) return;
		this.#cut = cut;
		this.#forward.cut();
		this.#back.cut();
	}
	#close() {
		this.#closing = true;
		this.#release();
		this.#closeStream(this.#accepted, this.#back);
		this.#closeStream(this.#dialled, this.#forward);
	}
	#closeStream(stream, sink) {
		const gently = this.#cut === void 0 || stream.tls !== void 0;
		stream.finish(gently ? sink.drain : void 0, () => {
			sink.release();
			if (--this.#open === 0) this.#done(this.#outcome());
		});
	}
	#outcome() {
		const directions = [this.#forward, this.#back];
		const failures = [];
		for (const { failure } of directions) if (failure !== void 0) failures.push(failure);
		const timeouts = directions.filter(({ end }) => end === "timeout").length;
		return {
			forwarded: this.#forward.bytes,
			returned: this.#back.bytes,
			timeouts,
			failures,
			reason: this.#cut ?? (failures.length > 0 ? "error" : directions.some(({ end }) => end === "reset") ? "reset" : "eof")
		};
	}
};
/** Pumps two streams of this transport; any others are a defect. */
const pump = (native, accepted, dialled, limits) => Effect.callback((resume) => {
	if (!(accepted instanceof NativeStream && dialled instanceof NativeStream)) return resume(Effect.die(/* @__PURE__ */ new TypeError("a stream of another transport")));
	const pair = new Pump(native, accepted, dialled, limits, (outcome) => resume(Effect.succeed(outcome)));
	pair.start();
	return Effect.sync(() => pair.abort());
});
// src/transport/native/ServerHandshake.ts
/** From an accepted connection to a judged stream. */
/** Takes the connection over; with TLS, completes the handshake with the judge's word in it. */
const accept = (native, raw, tls) => Effect.callback((resume) => {
	if (!(raw instanceof AcceptedDescriptor)) return resume(Effect.die(/* @__PURE__ */ new TypeError("a connection of another transport")));
	const descriptor = raw.take();
	if (descriptor === void 0) return resume(Effect.die(/* @__PURE__ */ new Error("a connection can be accepted only once")));
	if (tls === void 0) {
		const channel = new PlainChannel(native.thread, descriptor.fd);
		return resume(Effect.succeed(new NativeStream(native, descriptor, channel, raw.ends)));
	}
	if (!(tls.context instanceof NativeServerTls)) {
		descriptor.close();
		return resume(Effect.die(/* @__PURE__ */ new TypeError("TLS of another transport")));
	}
	const session = TlsSession.of(native.thread, tls.context.context, "server");
	if (session === void 0 || !session.attach(descriptor.fd)) {
		session?.free();
		descriptor.close();
		return resume(Effect.fail(ConnectionFailure.HandshakeFailed({
			source: "us",
			reason: "other",
			message: "tls: the connection came too late for its certificate, or memory is short"
		})));
	}
	const cancel = follow(native, {
		session,
		descriptor,
		role: "server",
		certificateAsked: tls.context.requestCertificate,
		judge: tls.judge,
		deadline: tls.deadline,
		ends: raw.ends,
		done: (stream) => resume(Effect.succeed(stream)),
		failed: (why) => resume(Effect.fail(ConnectionFailure.HandshakeFailed({
			source: "peer",
			...why
		})))
	});
	return Effect.sync(cancel);
});
// src/transport/native/NativeTransport.ts
/** The transport on Linux sockets, epoll and the OpenSSL inside of Node, through `node:ffi`. */
/** `Transport` on the kernel's sockets and OpenSSL. Only where the self-test has passed. */
const layer = Layer.sync(Transport, () => {
	const native = loadNative();
	return {
		name: "native",
		listen: (options) => listen(native, options),
		serverTls: (material, options) => native.contexts.server(material, options),
		clientTls: (material, options) => native.contexts.client(material, options),
		accept: (raw, tls) => accept(native, raw, tls),
		dial: (options) => dial(native, options),
		pump: (accepted, dialled, limits) => pump(native, accepted, dialled, limits)
	};
});
export { layer };

//# sourceMappingURL=lib-NativeTransport-CkxjzXxT.mjs.map