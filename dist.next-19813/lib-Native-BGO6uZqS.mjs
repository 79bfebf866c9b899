import { a as tls13Suites, i as tls12Suites, n as alpnWire, r as groups } from "./lib-TlsOptions-CwdAeYlL.mjs";
import { t as loadFfi } from "./lib-Ffi-DdtWtOUB.mjs";
import { c as unreadable, i as askJudge, l as hostPort, n as explainMaterial, r as materialFails, t as checkMaterial } from "./lib-MaterialChecks-Ce_VxLDQ.mjs";
import { Effect } from "effect";
import { constants } from "node:crypto";
import { isIPv4, isIPv6 } from "node:net";
import { isMainThread } from "node:worker_threads";
import { constants as constants$1, networkInterfaces } from "node:os";
import { Buffer } from "node:buffer";
// src/transport/native/Layout.ts
const layouts = {
	x64: {
		epollEvent: {
			size: 12,
			data: 4
		},
		uvHandleFlags: 88
	},
	arm64: {
		epollEvent: {
			size: 16,
			data: 8
		},
		uvHandleFlags: 88
	}
};
/** The layout for a processor as `process.arch` names it; undefined where nobody has looked. */
const layoutOf = (arch) => Object.hasOwn(layouts, arch) ? layouts[arch] : void 0;
/** `<sys/epoll.h>`. */
const Epoll = {
	IN: 1,
	OUT: 4,
	ERR: 8,
	HUP: 16,
	EXCLUSIVE: 268435456,
	ADD: 1,
	DEL: 2,
	MOD: 3,
	CLOEXEC: 524288
};
/** `<sys/socket.h>`, `<netinet/tcp.h>`, `<fcntl.h>`; the same on x86-64 and arm64. */
const Sock = {
	AF_UNIX: 1,
	AF_INET: 2,
	AF_INET6: 10,
	STREAM: 1,
	NONBLOCK: 2048,
	CLOEXEC: 524288,
	SHUT_WR: 1,
	SOL_SOCKET: 1,
	IPPROTO_TCP: 6,
	SO_REUSEADDR: 2,
	SO_ERROR: 4,
	SO_KEEPALIVE: 9,
	SO_LINGER: 13,
	SO_REUSEPORT: 15,
	TCP_NODELAY: 1,
	TCP_KEEPIDLE: 4,
	TCP_KEEPINTVL: 5,
	TCP_KEEPCNT: 6,
	MSG_PEEK: 2,
	F_GETFL: 3,
	F_SETFL: 4
};
/** Errno values that decide what happens next. */
const Errno = {
	EINTR: 4,
	EAGAIN: 11,
	EEXIST: 17,
	EINVAL: 22,
	EMFILE: 24,
	ENAMETOOLONG: 36,
	ECONNABORTED: 103,
	EINPROGRESS: 115
};
/** `<uv.h>`: the type of poll handles, `UV_READABLE`, and bits of a handle's flags. */
const Uv = {
	POLL: 8,
	READABLE: 1,
	ACTIVE: 4,
	REF: 8,
	INTERNAL: 16
};
/** `<openssl/ssl.h>`, `<openssl/bio.h>`, `<openssl/x509_vfy.h>` of OpenSSL 3. */
const Ssl = {
	VERSION_STRING: 6,
	ERROR_WANT_READ: 2,
	ERROR_WANT_WRITE: 3,
	ERROR_SYSCALL: 5,
	ERROR_ZERO_RETURN: 6,
	VERIFY_NONE: 0,
	VERIFY_PEER: 1,
	VERIFY_FAIL_IF_NO_PEER_CERT: 2,
	CTRL_MODE: 33,
	CTRL_SET_READ_AHEAD: 41,
	CTRL_SET_SESS_CACHE_MODE: 44,
	CTRL_SET_TLSEXT_HOSTNAME: 55,
	CTRL_CHAIN_CERT: 89,
	CTRL_SET_GROUPS_LIST: 92,
	CTRL_SET_MIN_PROTO_VERSION: 123,
	CTRL_SET_MAX_PROTO_VERSION: 124,
	OP_IGNORE_UNEXPECTED_EOF: 128,
	OP_NO_TX_CERTIFICATE_COMPRESSION: 4294967296n,
	OP_NO_RX_CERTIFICATE_COMPRESSION: 8589934592n,
	MODE_ENABLE_PARTIAL_WRITE: 1,
	MODE_ACCEPT_MOVING_WRITE_BUFFER: 2,
	/** Sends the chain as it was given, without authorities from the trust store. */
	MODE_NO_AUTO_CHAIN: 8,
	MODE_RELEASE_BUFFERS: 16,
	TLS1_2_VERSION: 771,
	TLS1_3_VERSION: 772,
	BIO_CTRL_FLUSH: 11,
	BIO_C_SET_BUFF_SIZE: 117,
	BIO_FLAGS_SHOULD_RETRY: 8,
	V_FLAG_PARTIAL_CHAIN: 524288
};
// src/transport/native/SockAddr.ts
/** `struct sockaddr` of the three families we speak (`<netinet/in.h>`, `<sys/un.h>`). Pure. */
const offHeap = (bytes) => Buffer.from(new ArrayBuffer(bytes));
const groupsOf = (text) => text === "" ? [] : text.split(":").flatMap((group) => {
	if (group.includes(".")) {
		const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number);
		return [a << 8 | b, c << 8 | d];
	}
	return [Number.parseInt(group, 16)];
});
const scopeOf = (zone) => {
	if (/^\d+$/.test(zone)) return Number(zone);
	const found = networkInterfaces()[zone]?.find((each) => each.family === "IPv6");
	return found !== void 0 && "scopeid" in found ? found.scopeid ?? 0 : 0;
};
/** `sockaddr_in` or `sockaddr_in6`; undefined when the host is not an IP address. */
const ipAddress = (host, port) => {
	if (isIPv4(host)) {
		const bytes = offHeap(16);
		bytes.writeUInt16LE(Sock.AF_INET, 0);
		bytes.writeUInt16BE(port, 2);
		host.split(".").forEach((part, index) => bytes[4 + index] = Number(part));
		return bytes;
	}
	if (!isIPv6(host)) return void 0;
	const [text = "", zone] = host.split("%");
	const [head = "", tail] = text.split("::");
	const before = groupsOf(head);
	const after = tail === void 0 ? [] : groupsOf(tail);
	const groups = [
		...before,
		...Array.from({ length: 8 - before.length - after.length }, () => 0),
		...after
	];
	const bytes = offHeap(28);
	bytes.writeUInt16LE(Sock.AF_INET6, 0);
	bytes.writeUInt16BE(port, 2);
	groups.forEach((group, index) => bytes.writeUInt16BE(group, 8 + 2 * index));
	bytes.writeUInt32LE(zone === void 0 ? 0 : scopeOf(zone), 24);
	return bytes;
};
/** `sockaddr_un` for a path, or for an abstract name written with a leading `@`; undefined when it does not fit. */
const unixAddress = (path) => {
	const abstract = path.startsWith("@");
	const name = Buffer.from(abstract ? `\0${path.slice(1)}` : path);
	if (name.length === 0 || name.length > 107 || !abstract && name.includes(0)) return void 0;
	const bytes = offHeap(2 + name.length + (abstract ? 0 : 1));
	bytes.writeUInt16LE(Sock.AF_UNIX, 0);
	name.copy(bytes, 2);
	return bytes;
};
const ipv6Text = (bytes) => {
	const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(8 + 2 * index));
	if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 65535) return Array.from(bytes.subarray(20, 24)).join(".");
	let best = 0;
	let at = -1;
	for (let start = 0; start < 8; start++) {
		let length = 0;
		while (start + length < 8 && groups[start + length] === 0) length++;
		if (length > best && length > 1) [best, at] = [length, start];
	}
	const written = groups.map((group) => group.toString(16));
	const text = at < 0 ? written.join(":") : `${written.slice(0, at).join(":")}::${written.slice(at + best).join(":")}`;
	const scope = bytes.readUInt32LE(24);
	return scope === 0 ? text : `${text}%${scope}`;
};
/** Reads a `sockaddr` of this length; undefined for families that are none of ours. */
const decode = (bytes, length) => {
	if (length < 2) return {
		network: "unix",
		address: "@"
	};
	const family = bytes.readUInt16LE(0);
	if (family === Sock.AF_INET && length >= 16) {
		const host = `${bytes[4]}.${bytes[5]}.${bytes[6]}.${bytes[7]}`;
		return {
			network: "tcp",
			address: `${host}:${bytes.readUInt16BE(2)}`,
			wildcard: host === "0.0.0.0"
		};
	}
	if (family === Sock.AF_INET6 && length >= 28) {
		const host = ipv6Text(bytes);
		return {
			network: "tcp",
			address: hostPort(host, bytes.readUInt16BE(2)),
			wildcard: host === "::"
		};
	}
	if (family !== Sock.AF_UNIX) return void 0;
	const name = bytes.subarray(2, length);
	if (name.length === 0) return {
		network: "unix",
		address: "@"
	};
	if (name[0] === 0) return {
		network: "unix",
		address: `@${name.subarray(1).toString()}`
	};
	const end = name.indexOf(0);
	return {
		network: "unix",
		address: name.subarray(0, end < 0 ? name.length : end).toString()
	};
};
// src/transport/native/Poller.ts
/**
* Readiness of sockets: an epoll of the thread's own, hung into Node's loop. No C code ever calls JavaScript for it, so a
* thread can be ended at any moment: libuv only wakes up for the epoll descriptor (its callback is a harmless function of
* libuv itself), and Node then runs an immediate that was waiting, which drains the epoll.
*/
/** Events taken at a time, and how often in a row before the loop gets its turn. */
const batch = 256;
const rounds = 4;
/** The epoll of one thread. It lives as long as the thread. */
var Poller = class {
	#f;
	#layout;
	#epoll;
	#handle;
	#event;
	#events;
	#eventsAt;
	#watched = [];
	#again = [];
	#count = 0;
	#serial = 0;
	#immediate;
	constructor(bound, layout, inWorker) {
		const { f, ffi } = bound;
		this.#f = f;
		this.#layout = layout;
		const { size } = layout.epollEvent;
		this.#event = Buffer.from(new ArrayBuffer(size));
		this.#events = Buffer.from(/* @__PURE__ */ new ArrayBuffer(size * batch));
		this.#eventsAt = ffi.getRawPointer(this.#events);
		this.#epoll = f.epoll_create1(Epoll.CLOEXEC);
		if (this.#epoll < 0) throw new Error("epoll_create1 failed");
		this.#handle = f.calloc(1n, f.uv_handle_size(Uv.POLL));
		if (this.#handle === 0n || f.uv_poll_init(ffi.getCurrentEventLoop(), this.#handle, this.#epoll) !== 0) throw new Error("uv_poll_init failed");
		if (ffi.getUint32(this.#handle, layout.uvHandleFlags) !== Uv.REF) throw new Error("uv_handle_t has another layout");
		if (inWorker) this.#prepareForTheEnd(bound);
		if (f.uv_poll_start(this.#handle, Uv.READABLE, bound.addressOf("uv_is_active")) !== 0) throw new Error("uv_poll_start failed");
		f.uv_unref(this.#handle);
	}
	/** A thread that ends does not wait for handles it does not know: this one counts as libuv's own and stops by itself. */
	#prepareForTheEnd(bound) {
		const { f, ffi } = bound;
		ffi.setUint32(this.#handle, this.#layout.uvHandleFlags, Uv.REF | Uv.INTERNAL);
		const isolate = f._ZN2v87Isolate10GetCurrentEv();
		const add = f._ZN4node25AddEnvironmentCleanupHookEPN2v87IsolateEPFvPvES3_;
		add(isolate, bound.addressOf("close"), BigInt(this.#epoll));
		add(isolate, bound.addressOf("uv_poll_stop"), this.#handle);
	}
	/** Waits for these events from now on; for none, not even for a hang-up, with 0. */
	wait(watched, mask) {
		if (mask === watched.mask) return;
		if (watched.mask === 0) {
			watched.serial = this.#serial = (this.#serial + 1) % 2147483647;
			this.#watched[watched.fd] = watched;
			this.#control(Epoll.ADD, watched, mask);
			if (this.#count++ === 0) this.#f.uv_ref(this.#handle);
			this.#arm();
		} else if (mask === 0) {
			this.#watched[watched.fd] = void 0;
			this.#control(Epoll.DEL, watched, 0);
			if (--this.#count === 0) this.#f.uv_unref(this.#handle);
		} else this.#control(Epoll.MOD, watched, mask);
		watched.mask = mask;
	}
	/** Runs this in the next turn of the loop, which does not sleep before: for what is ready but raises no event. */
	soon(run) {
		this.#again.push(run);
		this.#arm();
		this.#immediate?.ref();
	}
	#control(operation, watched, mask) {
		const { data } = this.#layout.epollEvent;
		this.#event.writeUInt32LE(mask, 0);
		this.#event.writeInt32LE(watched.fd, data);
		this.#event.writeUInt32LE(watched.serial, data + 4);
		if (this.#f.epoll_ctl(this.#epoll, operation, watched.fd, this.#event) !== 0 && operation !== Epoll.DEL) throw new Error(`epoll_ctl failed for descriptor ${watched.fd}`);
	}
	/** One immediate at a time. */
	#arm() {
		if (this.#immediate !== void 0) return;
		this.#immediate = setImmediate(this.#drain);
		if (this.#again.length === 0) this.#immediate.unref();
	}
	#drain = () => {
		this.#immediate = void 0;
		const { data, size } = this.#layout.epollEvent;
		const events = this.#events;
		try {
			if (this.#again.length > 0) {
				const again = this.#again;
				this.#again = [];
				for (const run of again) run();
			}
			for (let round = 0; round < rounds; round++) {
				this.#serial;
				const count = this.#f.epoll_wait(this.#epoll, this.#eventsAt, batch, 0);
				for (let i = 0; i < count; i++) {
					const at = i * size;
					const watched = this.#watched[events.readInt32LE(at + data)];
					if (watched !== void 0 && watched.serial === events.readUInt32LE(at + data + 4)) watched.onReady(events.readUInt32LE(at));
				}
				if (count <= 0) break;
			}
		} finally {
			if (this.#count > 0 || this.#again.length > 0) this.#arm();
		}
	};
};
// src/transport/native/Symbols.ts
const P = "pointer";
const i32 = "i32";
const u32 = "u32";
const i64 = "i64";
const u64 = "u64";
const buffer = "buffer";
const signatures = {
	__errno_location: {
		arguments: [],
		return: P
	},
	calloc: {
		arguments: [u64, u64],
		return: P
	},
	socket: {
		arguments: [
			i32,
			i32,
			i32
		],
		return: i32
	},
	socketpair: {
		arguments: [
			i32,
			i32,
			i32,
			buffer
		],
		return: i32
	},
	bind: {
		arguments: [
			i32,
			buffer,
			u32
		],
		return: i32
	},
	listen: {
		arguments: [i32, i32],
		return: i32
	},
	accept4: {
		arguments: [
			i32,
			P,
			P,
			i32
		],
		return: i32
	},
	connect: {
		arguments: [
			i32,
			buffer,
			u32
		],
		return: i32
	},
	getsockname: {
		arguments: [
			i32,
			P,
			P
		],
		return: i32
	},
	getpeername: {
		arguments: [
			i32,
			P,
			P
		],
		return: i32
	},
	setsockopt: {
		arguments: [
			i32,
			i32,
			i32,
			buffer,
			u32
		],
		return: i32
	},
	getsockopt: {
		arguments: [
			i32,
			i32,
			i32,
			buffer,
			buffer
		],
		return: i32
	},
	fcntl: {
		arguments: [
			i32,
			i32,
			u64
		],
		return: i32
	},
	shutdown: {
		arguments: [i32, i32],
		return: i32
	},
	close: {
		arguments: [i32],
		return: i32
	},
	recv: {
		arguments: [
			i32,
			P,
			u64,
			i32
		],
		return: i64
	},
	read: {
		arguments: [
			i32,
			P,
			i32
		],
		return: i32
	},
	write: {
		arguments: [
			i32,
			P,
			i32
		],
		return: i32
	},
	epoll_create1: {
		arguments: [i32],
		return: i32
	},
	epoll_ctl: {
		arguments: [
			i32,
			i32,
			i32,
			buffer
		],
		return: i32
	},
	epoll_wait: {
		arguments: [
			i32,
			P,
			i32,
			i32
		],
		return: i32
	},
	uv_handle_size: {
		arguments: [i32],
		return: u64
	},
	uv_poll_init: {
		arguments: [
			P,
			P,
			i32
		],
		return: i32
	},
	uv_poll_start: {
		arguments: [
			P,
			i32,
			P
		],
		return: i32
	},
	uv_poll_stop: {
		arguments: [P],
		return: i32
	},
	uv_is_active: {
		arguments: [P],
		return: i32
	},
	uv_ref: {
		arguments: [P],
		return: "void"
	},
	uv_unref: {
		arguments: [P],
		return: "void"
	},
	_ZN2v87Isolate10GetCurrentEv: {
		arguments: [],
		return: P
	},
	_ZN4node25AddEnvironmentCleanupHookEPN2v87IsolateEPFvPvES3_: {
		arguments: [
			P,
			P,
			P
		],
		return: "void"
	},
	_ZN4node28RemoveEnvironmentCleanupHookEPN2v87IsolateEPFvPvES3_: {
		arguments: [
			P,
			P,
			P
		],
		return: "void"
	},
	TLS_server_method: {
		arguments: [],
		return: P
	},
	TLS_client_method: {
		arguments: [],
		return: P
	},
	SSL_CTX_new: {
		arguments: [P],
		return: P
	},
	SSL_CTX_free: {
		arguments: [P],
		return: "void"
	},
	SSL_CTX_ctrl: {
		arguments: [
			P,
			i32,
			i64,
			P
		],
		return: i64
	},
	SSL_CTX_set_options: {
		arguments: [P, u64],
		return: u64
	},
	SSL_CTX_set_cipher_list: {
		arguments: [P, buffer],
		return: i32
	},
	SSL_CTX_set_ciphersuites: {
		arguments: [P, buffer],
		return: i32
	},
	SSL_CTX_use_certificate: {
		arguments: [P, P],
		return: i32
	},
	SSL_CTX_use_PrivateKey: {
		arguments: [P, P],
		return: i32
	},
	SSL_CTX_check_private_key: {
		arguments: [P],
		return: i32
	},
	SSL_CTX_add_client_CA: {
		arguments: [P, P],
		return: i32
	},
	SSL_CTX_get_cert_store: {
		arguments: [P],
		return: P
	},
	SSL_CTX_set_verify: {
		arguments: [
			P,
			i32,
			P
		],
		return: "void"
	},
	SSL_CTX_set_cert_verify_callback: {
		arguments: [
			P,
			P,
			P
		],
		return: "void"
	},
	SSL_CTX_set_num_tickets: {
		arguments: [P, u64],
		return: i32
	},
	SSL_CTX_set_session_id_context: {
		arguments: [
			P,
			buffer,
			u32
		],
		return: i32
	},
	SSL_CTX_set_default_read_buffer_len: {
		arguments: [P, u64],
		return: "void"
	},
	SSL_CTX_set_alpn_protos: {
		arguments: [
			P,
			buffer,
			u32
		],
		return: i32
	},
	SSL_CTX_set_alpn_select_cb: {
		arguments: [
			P,
			P,
			P
		],
		return: "void"
	},
	X509_STORE_add_cert: {
		arguments: [P, P],
		return: i32
	},
	X509_STORE_set_flags: {
		arguments: [P, u64],
		return: i32
	},
	PEM_read_bio_X509: {
		arguments: [
			P,
			P,
			P,
			P
		],
		return: P
	},
	PEM_read_bio_PrivateKey: {
		arguments: [
			P,
			P,
			P,
			P
		],
		return: P
	},
	X509_free: {
		arguments: [P],
		return: "void"
	},
	EVP_PKEY_free: {
		arguments: [P],
		return: "void"
	},
	X509_verify_cert: {
		arguments: [P],
		return: i32
	},
	X509_STORE_CTX_get_error: {
		arguments: [P],
		return: i32
	},
	X509_STORE_CTX_set_verify_cb: {
		arguments: [P, P],
		return: "void"
	},
	X509_STORE_CTX_set_error: {
		arguments: [P, i32],
		return: "void"
	},
	X509_STORE_CTX_get0_cert: {
		arguments: [P],
		return: P
	},
	X509_STORE_CTX_get0_untrusted: {
		arguments: [P],
		return: P
	},
	OPENSSL_sk_num: {
		arguments: [P],
		return: i32
	},
	OPENSSL_sk_value: {
		arguments: [P, i32],
		return: P
	},
	i2d_X509: {
		arguments: [P, P],
		return: i32
	},
	SSL_new: {
		arguments: [P],
		return: P
	},
	SSL_free: {
		arguments: [P],
		return: "void"
	},
	SSL_set_fd: {
		arguments: [P, i32],
		return: i32
	},
	SSL_set_accept_state: {
		arguments: [P],
		return: "void"
	},
	SSL_set_connect_state: {
		arguments: [P],
		return: "void"
	},
	SSL_ctrl: {
		arguments: [
			P,
			i32,
			i64,
			P
		],
		return: i64
	},
	SSL_do_handshake: {
		arguments: [P],
		return: i32
	},
	SSL_read: {
		arguments: [
			P,
			P,
			i32
		],
		return: i32
	},
	SSL_write: {
		arguments: [
			P,
			P,
			i32
		],
		return: i32
	},
	SSL_has_pending: {
		arguments: [P],
		return: i32
	},
	SSL_get_error: {
		arguments: [P, i32],
		return: i32
	},
	SSL_shutdown: {
		arguments: [P],
		return: i32
	},
	SSL_session_reused: {
		arguments: [P],
		return: i32
	},
	SSL_version: {
		arguments: [P],
		return: i32
	},
	SSL_get_current_cipher: {
		arguments: [P],
		return: P
	},
	SSL_CIPHER_get_name: {
		arguments: [P],
		return: P
	},
	SSL_get0_group_name: {
		arguments: [P],
		return: P
	},
	SSL_get_servername: {
		arguments: [P, i32],
		return: P
	},
	SSL_get0_alpn_selected: {
		arguments: [
			P,
			buffer,
			buffer
		],
		return: "void"
	},
	SSL_rstate_string: {
		arguments: [P],
		return: P
	},
	SSL_get_wbio: {
		arguments: [P],
		return: P
	},
	SSL_set0_wbio: {
		arguments: [P, P],
		return: "void"
	},
	BIO_new_mem_buf: {
		arguments: [P, i32],
		return: P
	},
	BIO_new: {
		arguments: [P],
		return: P
	},
	BIO_free: {
		arguments: [P],
		return: i32
	},
	BIO_up_ref: {
		arguments: [P],
		return: i32
	},
	BIO_push: {
		arguments: [P, P],
		return: P
	},
	BIO_f_buffer: {
		arguments: [],
		return: P
	},
	BIO_ctrl: {
		arguments: [
			P,
			i32,
			i64,
			P
		],
		return: i64
	},
	BIO_int_ctrl: {
		arguments: [
			P,
			i32,
			i64,
			i32
		],
		return: i64
	},
	BIO_test_flags: {
		arguments: [P, i32],
		return: i32
	},
	ERR_clear_error: {
		arguments: [],
		return: "void"
	},
	ERR_get_error: {
		arguments: [],
		return: u64
	},
	ERR_reason_error_string: {
		arguments: [u64],
		return: P
	},
	OpenSSL_version: {
		arguments: [i32],
		return: P
	}
};
const open = (ffi) => {
	const library = new ffi.DynamicLibrary(null);
	return {
		ffi,
		library,
		f: library.getFunctions(signatures),
		addressOf: (name) => library.getSymbol(name)
	};
};
/** The functions, bound to the calling thread. Throws when one of them does not exist. */
const bindSymbols = open;
// src/transport/native/NativeThread.ts
/**
* What a thread needs to speak to C: the functions, the poller, one scratch buffer, the errno. Made once per thread and kept as
* long as it lives: C holds addresses of what is in here.
*/
/** Bytes of a TLS record's content at most (RFC 8446, section 5.1). */
const recordSize = 16384;
/** Memory that C reads and writes: off the heap, never resized, reachable as long as this object is. */
var Memory = class {
	bytes;
	at;
	constructor(bound, size) {
		this.bytes = Buffer.from(new ArrayBuffer(size));
		this.at = bound.ffi.getRawPointer(this.bytes);
	}
};
/** Bytes of the scratch buffer and of every held buffer. */
const scratchSize = 4 * recordSize;
/** What `mmap` and its kin fail with, and reading, writing, accepting and connecting sockets do not. */
const foreign = /* @__PURE__ */ new Set([0, Errno.EEXIST]);
/** How many held buffers are kept for later use. */
const spareBuffers = 64;
/** Throws where the platform, Node or its OpenSSL lack something. */
var NativeThread = class {
	bound;
	f;
	poller;
	/** Every read of the thread goes through it; what is in it is good until the next one. */
	scratch;
	/** Addresses of the scratch buffer's four records. */
	slots;
	#errno;
	/** On worker threads nobody else works with OpenSSL, but for what runs inside of our own calls. */
	#alone = !isMainThread;
	#errorsPossible = true;
	#spare = [];
	#texts = /* @__PURE__ */ new Map();
	#hooks;
	constructor() {
		const ffi = loadFfi();
		const layout = process.platform === "linux" ? layoutOf(process.arch) : void 0;
		if (ffi === void 0 || layout === void 0) throw new Error("this platform has no native transport");
		this.bound = bindSymbols(ffi);
		this.f = this.bound.f;
		this.#errno = new Int32Array(ffi.toArrayBuffer(this.f.__errno_location(), 4, false));
		this.poller = new Poller(this.bound, layout, !isMainThread);
		this.scratch = new Memory(this.bound, scratchSize);
		const { at } = this.scratch;
		const size = BigInt(recordSize);
		this.slots = [
			at,
			at + size,
			at + 2n * size,
			at + 3n * size
		];
		this.#hooks = isMainThread ? void 0 : {
			isolate: this.f._ZN2v87Isolate10GetCurrentEv(),
			close: this.bound.addressOf("close")
		};
	}
	/**
	* The error of the socket call just made; only to be asked after a result that says there was one. V8 may have made calls
	* of its own since, whose errors are no socket's: then it is `EAGAIN`, and the next try tells.
	*/
	errno() {
		const errno = this.#errno[0] ?? 0;
		return foreign.has(errno) ? Errno.EAGAIN : errno;
	}
	/** Whether the call just made only has to be made again later. */
	mustWait() {
		const errno = this.errno();
		return errno === Errno.EAGAIN || errno === Errno.EINTR;
	}
	/** Empties OpenSSL's error queue, unless nothing can have got into it since the last time. */
	cleanErrors() {
		if (!this.#errorsPossible) return;
		this.#errorsPossible = !this.#alone;
		this.f.ERR_clear_error();
	}
	/** Something on this thread has used OpenSSL otherwise, or a call of ours has failed. */
	errorsPossible() {
		this.#errorsPossible = true;
	}
	/** A buffer for what a peer did not take. */
	hold() {
		return this.#spare.pop() ?? new Memory(this.bound, 65536);
	}
	/** Gives one back. */
	release(memory) {
		if (this.#spare.length < spareBuffers) this.#spare.push(memory);
	}
	/** The text behind a pointer to one of OpenSSL's constants; empty for none. */
	constant(pointer) {
		if (pointer === 0n) return "";
		let text = this.#texts.get(pointer);
		if (text === void 0) {
			text = this.bound.ffi.toString(pointer) ?? "";
			this.#texts.set(pointer, text);
		}
		return text;
	}
	/** The text behind a pointer that OpenSSL may change or free later. */
	text(pointer) {
		return pointer === 0n ? "" : this.bound.ffi.toString(pointer) ?? "";
	}
	/** From now on the descriptor is closed when this thread ends without having closed it. */
	adopt(fd) {
		if (this.#hooks === void 0) return;
		const { close, isolate } = this.#hooks;
		this.f._ZN4node25AddEnvironmentCleanupHookEPN2v87IsolateEPFvPvES3_(isolate, close, BigInt(fd));
	}
	/** Closes an adopted descriptor. */
	close(fd) {
		if (this.#hooks !== void 0) {
			const { close, isolate } = this.#hooks;
			this.f._ZN4node28RemoveEnvironmentCleanupHookEPN2v87IsolateEPFvPvES3_(isolate, close, BigInt(fd));
		}
		this.f.close(fd);
	}
};
// src/transport/native/SocketCalls.ts
/** Sockets through libc. Every function says what happened by an errno; 0 is success. */
const names$1 = new Map(Object.entries(constants$1.errno).map(([name, number]) => [number, name]));
/** What an errno is called. */
const errnoName = (errno) => names$1.get(errno) ?? `errno ${errno}`;
const systemError = (syscall, errno) => ({
	code: errnoName(errno),
	syscall
});
const int = (value) => {
	const bytes = Buffer.from(/* @__PURE__ */ new ArrayBuffer(4));
	bytes.writeInt32LE(value);
	return bytes;
};
const one = int(1);
const keepIdle = int(15);
const keepInterval = int(15);
const keepCount = int(9);
const lingerZero = Buffer.concat([one, int(0)]);
/** The socket calls of one thread. */
var SocketCalls = class {
	#thread;
	#name;
	#length;
	constructor(thread) {
		this.#thread = thread;
		this.#name = new Memory(thread.bound, 128);
		this.#length = new Memory(thread.bound, 4);
	}
	/** A new socket of this family, or a negative errno. */
	open(family) {
		const { f } = this.#thread;
		const fd = f.socket(family, Sock.STREAM | Sock.NONBLOCK | Sock.CLOEXEC, 0);
		if (fd < 0) return -this.#thread.errno();
		this.#thread.adopt(fd);
		return fd;
	}
	bind(fd, address) {
		return this.#done(this.#thread.f.bind(fd, address, address.length));
	}
	listen(fd, backlog) {
		return this.#done(this.#thread.f.listen(fd, backlog));
	}
	connect(fd, address) {
		return this.#done(this.#thread.f.connect(fd, address, address.length));
	}
	/** A connection, or a negative errno. Who it is from is then told by `peer`. */
	accept(fd) {
		this.#length.bytes.writeUInt32LE(128);
		const { f } = this.#thread;
		const accepted = f.accept4(fd, this.#name.at, this.#length.at, Sock.NONBLOCK | Sock.CLOEXEC);
		if (accepted < 0) return -this.#thread.errno();
		this.#thread.adopt(accepted);
		return accepted;
	}
	/** The other end of what `accept` has just returned. */
	peer() {
		return decode(this.#name.bytes, Math.min(128, this.#length.bytes.readUInt32LE()));
	}
	localName(fd) {
		this.#length.bytes.writeUInt32LE(128);
		return this.#thread.f.getsockname(fd, this.#name.at, this.#length.at) === 0 ? this.peer() : void 0;
	}
	remoteName(fd) {
		this.#length.bytes.writeUInt32LE(128);
		return this.#thread.f.getpeername(fd, this.#name.at, this.#length.at) === 0 ? this.peer() : void 0;
	}
	/** The error that a connection attempt ended with; 0 for none. */
	pendingError(fd) {
		const value = int(0);
		return this.#thread.f.getsockopt(fd, Sock.SOL_SOCKET, Sock.SO_ERROR, value, int(4)) === 0 ? value.readInt32LE() : this.#thread.errno();
	}
	reuse(fd, port) {
		const { f } = this.#thread;
		const failed = f.setsockopt(fd, Sock.SOL_SOCKET, Sock.SO_REUSEADDR, one, 4);
		return this.#done(failed !== 0 || !port ? failed : f.setsockopt(fd, Sock.SOL_SOCKET, Sock.SO_REUSEPORT, one, 4));
	}
	/** What every TCP connection is set to (contract: command line, section 4.1); accepted ones inherit it from their listener. */
	tune(fd) {
		const { f } = this.#thread;
		f.setsockopt(fd, Sock.IPPROTO_TCP, Sock.TCP_NODELAY, one, 4);
		f.setsockopt(fd, Sock.SOL_SOCKET, Sock.SO_KEEPALIVE, one, 4);
		f.setsockopt(fd, Sock.IPPROTO_TCP, Sock.TCP_KEEPIDLE, keepIdle, 4);
		f.setsockopt(fd, Sock.IPPROTO_TCP, Sock.TCP_KEEPINTVL, keepInterval, 4);
		f.setsockopt(fd, Sock.IPPROTO_TCP, Sock.TCP_KEEPCNT, keepCount, 4);
	}
	nonBlocking(fd) {
		const { f } = this.#thread;
		const flags = f.fcntl(fd, Sock.F_GETFL, 0n);
		return this.#done(flags < 0 ? flags : f.fcntl(fd, Sock.F_SETFL, BigInt(flags | Sock.NONBLOCK)));
	}
	/** Closes with a reset where there is such a thing. */
	reset(fd) {
		this.#thread.f.setsockopt(fd, Sock.SOL_SOCKET, Sock.SO_LINGER, lingerZero, 8);
		this.#thread.close(fd);
	}
	endWrites(fd) {
		this.#thread.f.shutdown(fd, Sock.SHUT_WR);
	}
	/** Looks at what has arrived, into the scratch buffer; a negative errno, 0 at the end. */
	peek(fd, size) {
		const { f, scratch } = this.#thread;
		const count = Number(f.recv(fd, scratch.at, BigInt(size), Sock.MSG_PEEK));
		return count < 0 ? -this.#thread.errno() : count;
	}
	#done(result) {
		return result >= 0 ? 0 : this.#thread.errno();
	}
};
/** Whether accepting has to pause because of this: descriptors or memory are short. */
const mustBackOff = (errno) => errno !== Errno.EAGAIN && errno !== Errno.EINTR && errno !== Errno.ECONNABORTED;
// src/transport/native/OpenSslErrors.ts
const SSL_LIBRARY = 20;
const systemFlag = 2147483648;
/** An entry by its number and OpenSSL's words for it. Pure. */
const openSslError = (packed, reason) => {
	const prefix = (packed >>> 23 & 255) === SSL_LIBRARY ? "ERR_SSL_" : "ERR_OSSL_";
	const name = reason.toUpperCase().replace(/[^A-Z0-9]+/g, "_");
	const number = packed.toString(16).toUpperCase().padStart(8, "0");
	return {
		code: prefix + name,
		reason,
		message: `error:${number}:${reason}`
	};
};
/** Takes the oldest error and forgets the others; undefined when there is none or it is the operating system's. */
const takeError = (thread) => {
	const { f } = thread;
	const packed = f.ERR_get_error();
	if (packed === 0n) return void 0;
	const reason = thread.text(f.ERR_reason_error_string(packed));
	f.ERR_clear_error();
	const number = Number(packed & 4294967295n);
	return number >= systemFlag ? void 0 : openSslError(number, reason === "" ? "unknown error" : reason);
};
// src/transport/native/TlsContext.ts
/** One `SSL_CTX` per generation of credentials, shared by all of its connections. */
/** How long after its generation a context is kept, in milliseconds: connections that began with it may still ask for it. */
const afterlife = 3e4;
/** A context and who may still use it. */
var TlsContext = class {
	#thread;
	#pointer;
	#freed = false;
	constructor(thread, method) {
		this.#thread = thread;
		this.#pointer = thread.f.SSL_CTX_new(method);
		if (this.#pointer === 0n) throw materialFails("tls: out of memory");
	}
	/** A new `SSL` of it, which keeps what it needs of the context; undefined when there cannot be one any more. */
	newSession() {
		if (this.#freed) return void 0;
		const ssl = this.#thread.f.SSL_new(this.#pointer);
		return ssl === 0n ? void 0 : ssl;
	}
	/** Lets this configure it. Throws what OpenSSL says when a call did not succeed. */
	configure(run) {
		this.#thread.f.ERR_clear_error();
		this.#thread.errorsPossible();
		run(this.#pointer, (result) => {
			if (result <= 0) throw takeError(this.#thread) ?? materialFails("tls: OpenSSL refused the settings");
		});
	}
	/** Frees it at once. Idempotent. */
	free() {
		if (this.#freed) return;
		this.#freed = true;
		this.#thread.f.SSL_CTX_free(this.#pointer);
	}
	/** Frees it soon. */
	retire() {
		setTimeout(() => this.free(), afterlife).unref();
	}
};
/** Server-side TLS of one generation. */
var NativeServerTls = class {
	generation;
	context;
	requestCertificate;
	constructor(generation, context, requestCertificate) {
		this.generation = generation;
		this.context = context;
		this.requestCertificate = requestCertificate;
	}
};
/** Client-side TLS of one generation. */
var NativeClientTls = class {
	generation;
	context;
	constructor(generation, context) {
		this.generation = generation;
		this.context = context;
	}
};
const cString = (text) => Buffer.from(`${text}\0`);
/** Makes contexts on one thread. */
var TlsContexts = class {
	#thread;
	#verifier;
	#protocols;
	/** An empty C string: the passphrase of a key that must not have one, so that nobody is asked for it. */
	#nothing;
	constructor(thread, verifier, protocols) {
		this.#thread = thread;
		this.#verifier = verifier;
		this.#protocols = protocols;
		this.#nothing = new Memory(thread.bound, 8);
	}
	/** Reads PEM, entry by entry, and frees each when `use` is done with it. */
	#eachPem(pem, read, use) {
		const { bound, f } = this.#thread;
		const text = Buffer.from(pem);
		const memory = new Memory(bound, Math.max(1, text.length));
		memory.bytes.set(text);
		const bio = f.BIO_new_mem_buf(memory.at, text.length);
		const release = read === "PEM_read_bio_X509" ? f.X509_free : f.EVP_PKEY_free;
		let count = 0;
		try {
			for (;;) {
				const item = f[read](bio, 0n, 0n, this.#nothing.at);
				if (item === 0n) break;
				count++;
				try {
					use(item);
				} finally {
					release(item);
				}
				if (read === "PEM_read_bio_PrivateKey") break;
			}
		} finally {
			f.BIO_free(bio);
			memory.bytes.fill(0);
			text.fill(0);
			f.ERR_clear_error();
		}
		return count;
	}
	#common(context, material, options, groupList) {
		const { f } = this.#thread;
		context.configure((ctx, must) => {
			const max = options.maxVersion === "TLSv1.2" ? Ssl.TLS1_2_VERSION : Ssl.TLS1_3_VERSION;
			must(f.SSL_CTX_ctrl(ctx, Ssl.CTRL_SET_MIN_PROTO_VERSION, BigInt(Ssl.TLS1_2_VERSION), 0n));
			must(f.SSL_CTX_ctrl(ctx, Ssl.CTRL_SET_MAX_PROTO_VERSION, BigInt(max), 0n));
			must(f.SSL_CTX_set_cipher_list(ctx, cString(tls12Suites(options.cipherGroups).join(":"))));
			must(f.SSL_CTX_set_ciphersuites(ctx, cString(tls13Suites.join(":"))));
			must(f.SSL_CTX_ctrl(ctx, Ssl.CTRL_SET_GROUPS_LIST, 0n, cString(groupList)));
			const mode = Ssl.MODE_ENABLE_PARTIAL_WRITE | Ssl.MODE_ACCEPT_MOVING_WRITE_BUFFER | Ssl.MODE_RELEASE_BUFFERS;
			f.SSL_CTX_ctrl(ctx, Ssl.CTRL_MODE, BigInt(mode | Ssl.MODE_NO_AUTO_CHAIN), 0n);
			f.SSL_CTX_set_options(ctx, BigInt(Ssl.OP_IGNORE_UNEXPECTED_EOF));
			f.SSL_CTX_set_options(ctx, Ssl.OP_NO_TX_CERTIFICATE_COMPRESSION | Ssl.OP_NO_RX_CERTIFICATE_COMPRESSION);
			f.SSL_CTX_ctrl(ctx, Ssl.CTRL_SET_SESS_CACHE_MODE, 0n, 0n);
			f.SSL_CTX_ctrl(ctx, Ssl.CTRL_SET_READ_AHEAD, 1n, 0n);
			f.SSL_CTX_set_default_read_buffer_len(ctx, 18000n);
			const store = f.SSL_CTX_get_cert_store(ctx);
			must(f.X509_STORE_set_flags(store, BigInt(Ssl.V_FLAG_PARTIAL_CHAIN)));
			for (const anchor of material.trustAnchors) this.#eachPem(anchor, "PEM_read_bio_X509", (certificate) => must(f.X509_STORE_add_cert(store, certificate)));
			if (material.identity !== void 0) this.#present(ctx, must, material.identity);
			f.SSL_CTX_set_cert_verify_callback(ctx, this.#verifier.callback, 0n);
		});
	}
	#present(ctx, must, identity) {
		const { f } = this.#thread;
		let first = true;
		this.#eachPem(identity.chainPem, "PEM_read_bio_X509", (certificate) => {
			must(first ? f.SSL_CTX_use_certificate(ctx, certificate) : f.SSL_CTX_ctrl(ctx, Ssl.CTRL_CHAIN_CERT, 1n, certificate));
			first = false;
		});
		const keys = this.#eachPem(identity.keyPem, "PEM_read_bio_PrivateKey", (key) => must(f.SSL_CTX_use_PrivateKey(ctx, key)));
		if (first || keys === 0) throw materialFails("tls: failed to parse the certificate or its private key");
		must(f.SSL_CTX_check_private_key(ctx));
	}
	/** Makes a context and configures it; it is freed when that fails, and some time after its scope has closed. */
	#scoped(material, method, configure) {
		const made = Effect.try({
			try: () => {
				checkMaterial(material);
				const context = new TlsContext(this.#thread, method);
				try {
					return {
						context,
						tls: configure(context)
					};
				} catch (error) {
					context.free();
					throw error;
				}
			},
			catch: explainMaterial
		});
		return Effect.map(Effect.acquireRelease(made, ({ context }) => Effect.sync(() => context.retire())), ({ tls }) => tls);
	}
	/** Builds one generation of server TLS. */
	server(material, options) {
		const { f } = this.#thread;
		return this.#scoped(material, f.TLS_server_method(), (context) => {
			if (material.identity === void 0) throw materialFails("tls: no certificates configured");
			this.#common(context, material, options, groups.join(":"));
			context.configure((ctx, must) => {
				const flags = constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_CIPHER_SERVER_PREFERENCE | constants.SSL_OP_PRIORITIZE_CHACHA | constants.SSL_OP_NO_COMPRESSION;
				f.SSL_CTX_set_options(ctx, BigInt(flags >>> 0));
				must(f.SSL_CTX_set_num_tickets(ctx, 0n));
				const name = Buffer.from("ghostunnel");
				must(f.SSL_CTX_set_session_id_context(ctx, name, name.length));
				const verify = options.requestCertificate ? Ssl.VERIFY_PEER | Ssl.VERIFY_FAIL_IF_NO_PEER_CERT : Ssl.VERIFY_NONE;
				f.SSL_CTX_set_verify(ctx, verify, 0n);
				const alpn = alpnWire(options);
				if (alpn !== void 0) f.SSL_CTX_set_alpn_select_cb(ctx, this.#protocols.callback, this.#protocols.listed(alpn));
				if (!options.requestCertificate || !options.sendCaNames) return;
				for (const anchor of material.trustAnchors) this.#eachPem(anchor, "PEM_read_bio_X509", (certificate) => must(f.SSL_CTX_add_client_CA(ctx, certificate)));
			});
			return new NativeServerTls(material.generation, context, options.requestCertificate);
		});
	}
	/** Builds one generation of client TLS. The first two groups are marked for a key share in the first message. */
	client(material, options) {
		const { f } = this.#thread;
		return this.#scoped(material, f.TLS_client_method(), (context) => {
			this.#common(context, material, options, groups.map((group, index) => index < 2 ? `*${group}` : group).join(":"));
			context.configure((ctx, must) => {
				const flags = constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_COMPRESSION;
				f.SSL_CTX_set_options(ctx, BigInt(flags >>> 0));
				f.SSL_CTX_set_verify(ctx, Ssl.VERIFY_PEER, 0n);
				const alpn = alpnWire(options);
				if (alpn !== void 0) must(f.SSL_CTX_set_alpn_protos(ctx, alpn, alpn.length) === 0 ? 1 : 0);
			});
			return new NativeClientTls(material.generation, context);
		});
	}
};
// src/transport/native/TlsSession.ts
/** One `SSL` on one socket: handshake, records, close_notify. After `free` it touches nothing any more. */
/** Several records leave in one write: how many bytes of them are collected. */
const writeBuffer = 73728;
/** From here on a write counts as part of a stream rather than as a message. */
const bulk = 16385;
/** A FIN before the handshake was done: Node's name for it. */
const ended = { code: "ECONNRESET" };
/** A FIN inside of a record. */
const truncated = {
	code: "ERR_SSL_UNEXPECTED_EOF_WHILE_READING",
	reason: "unexpected eof while reading"
};
var TlsSession = class TlsSession {
	error;
	/** The session is dead: nothing can be read or written any more, not even a goodbye. */
	failed = false;
	readNeedsWrite = false;
	#thread;
	#ssl;
	/** The buffer before the socket, once there has been bulk. */
	#buffered = 0n;
	#unflushed = false;
	#goodbye = false;
	/** How reading has ended, once it has. */
	#ending = 0;
	constructor(thread, ssl) {
		this.#thread = thread;
		this.#ssl = ssl;
	}
	/** A session on a context; undefined when that is gone. */
	static of(thread, context, role) {
		const ssl = context.newSession();
		if (ssl === void 0) return void 0;
		if (role === "server") thread.f.SSL_set_accept_state(ssl);
		else thread.f.SSL_set_connect_state(ssl);
		return new TlsSession(thread, ssl);
	}
	/** Puts it on a connected socket; false when memory is short. */
	attach(fd) {
		return this.#thread.f.SSL_set_fd(this.#ssl, fd) === 1;
	}
	/** Asks for this name by SNI; false when it is none that can be asked for. */
	ask(name) {
		return this.#thread.f.SSL_ctrl(this.#ssl, Ssl.CTRL_SET_TLSEXT_HOSTNAME, 0n, Buffer.from(`${name}\0`)) === 1n;
	}
	handshake(verifier, examination) {
		const { f } = this.#thread;
		f.ERR_clear_error();
		const result = verifier.handshake(this.#ssl, examination);
		this.#thread.errorsPossible();
		if (result === 1) return "done";
		const why = f.SSL_get_error(this.#ssl, result);
		if (why === Ssl.ERROR_WANT_READ) return "read";
		if (why === Ssl.ERROR_WANT_WRITE) return "write";
		if (why === Ssl.ERROR_ZERO_RETURN) this.error = ended;
		else this.#fail(why, "read");
		this.failed = true;
		return "failed";
	}
	get resumed() {
		return this.#thread.f.SSL_session_reused(this.#ssl) === 1;
	}
	/** What the finished handshake settled. */
	facts(peerChain, admittedBy) {
		const { f } = this.#thread;
		const name = this.#thread.text(f.SSL_get_servername(this.#ssl, 0));
		const group = this.#thread.constant(f.SSL_get0_group_name(this.#ssl));
		return {
			version: f.SSL_version(this.#ssl) === Ssl.TLS1_3_VERSION ? "TLS 1.3" : "TLS 1.2",
			cipher: this.#thread.constant(f.SSL_CIPHER_get_name(f.SSL_get_current_cipher(this.#ssl))),
			group: group === "" ? void 0 : group,
			serverName: name === "" ? void 0 : name,
			alpn: this.#protocol(),
			peerChain,
			admittedBy
		};
	}
	/** The application protocol that was agreed on. */
	#protocol() {
		const { bound, f } = this.#thread;
		const [name, length] = [Buffer.alloc(8), Buffer.alloc(4)];
		f.SSL_get0_alpn_selected(this.#ssl, name, length);
		const size = length.readUInt32LE();
		return size === 0 ? void 0 : bound.ffi.toBuffer(name.readBigUInt64LE(), size).toString();
	}
	/** Reads up to four records. Only whole ones go on from slot to slot: what is read lies without gaps. */
	fill() {
		const { f, slots } = this.#thread;
		if (this.#ending !== 0 || this.#ssl === 0n) return this.#ending;
		let filled = 0;
		this.#thread.cleanErrors();
		this.readNeedsWrite = false;
		for (const slot of slots) {
			const count = f.SSL_read(this.#ssl, slot, recordSize);
			if (count <= 0) return filled > 0 ? this.#later(count, filled) : this.#readFailed(count);
			filled += count;
			if (count < 16384) break;
		}
		return filled;
	}
	/** A failure after bytes: they go first. What was no failure of the moment comes back with the next call. */
	#later(result, filled) {
		const why = this.#thread.f.SSL_get_error(this.#ssl, result);
		if (why === Ssl.ERROR_WANT_WRITE) this.readNeedsWrite = true;
		else if (why !== Ssl.ERROR_WANT_READ) this.#ending = this.#judgeFailure(why);
		return filled;
	}
	#readFailed(result) {
		const why = this.#thread.f.SSL_get_error(this.#ssl, result);
		if (why === Ssl.ERROR_WANT_READ) return 0;
		if (why === Ssl.ERROR_WANT_WRITE) {
			this.readNeedsWrite = true;
			return 0;
		}
		return this.#ending = this.#judgeFailure(why);
	}
	#judgeFailure(why) {
		if (why !== Ssl.ERROR_ZERO_RETURN) {
			this.#fail(why, "read");
			return -2;
		}
		if (this.#thread.constant(this.#thread.f.SSL_rstate_string(this.#ssl)) !== "RB") return -1;
		this.error = truncated;
		return -2;
	}
	hasMore() {
		return this.#ending !== 0 || this.#ssl !== 0n && this.#thread.f.SSL_has_pending(this.#ssl) === 1;
	}
	write(at, size) {
		const { f } = this.#thread;
		if (size >= bulk && this.#buffered === 0n) this.#collectWrites();
		this.#thread.cleanErrors();
		let taken = 0;
		for (;;) {
			const count = f.SSL_write(this.#ssl, taken === 0 ? at : at + BigInt(taken), size - taken);
			if (count <= 0) {
				const why = f.SSL_get_error(this.#ssl, count);
				if (why === Ssl.ERROR_WANT_WRITE || why === Ssl.ERROR_WANT_READ) return taken;
				this.#fail(why, "write");
				return taken > 0 ? taken : -2;
			}
			this.#unflushed = this.#buffered !== 0n;
			taken += count;
			if (taken >= size) return taken;
		}
	}
	flush() {
		if (!this.#unflushed || this.failed) return true;
		const { f } = this.#thread;
		if (f.BIO_ctrl(this.#buffered, Ssl.BIO_CTRL_FLUSH, 0n, 0n) > 0n) {
			this.#unflushed = false;
			return true;
		}
		const errno = this.#thread.errno();
		if (f.BIO_test_flags(this.#buffered, Ssl.BIO_FLAGS_SHOULD_RETRY) !== 0) return false;
		this.error = systemError("write", errno);
		this.failed = true;
		this.#thread.errorsPossible();
		return true;
	}
	endWrites() {
		if (this.failed || this.#ssl === 0n) return true;
		const { f } = this.#thread;
		if (!this.#goodbye) {
			f.ERR_clear_error();
			const result = f.SSL_shutdown(this.#ssl);
			if (result < 0) {
				const why = f.SSL_get_error(this.#ssl, result);
				if (why === Ssl.ERROR_WANT_WRITE || why === Ssl.ERROR_WANT_READ) return false;
				this.#fail(why, "write");
				return true;
			}
			this.#goodbye = true;
			this.#unflushed = this.#buffered !== 0n;
		}
		return this.flush();
	}
	free() {
		if (this.#ssl === 0n) return;
		const ssl = this.#ssl;
		this.#ssl = 0n;
		this.#buffered = 0n;
		this.#unflushed = false;
		this.failed = true;
		this.#thread.f.SSL_free(ssl);
	}
	/** From now on records are collected before they are written; `flush` hands them on. */
	#collectWrites() {
		const { f } = this.#thread;
		const socket = f.SSL_get_wbio(this.#ssl);
		const buffer = f.BIO_new(f.BIO_f_buffer());
		if (buffer === 0n) return;
		if (socket === 0n || f.BIO_int_ctrl(buffer, Ssl.BIO_C_SET_BUFF_SIZE, BigInt(writeBuffer), 1) <= 0n) {
			f.BIO_free(buffer);
			return;
		}
		f.BIO_up_ref(socket);
		f.BIO_push(buffer, socket);
		f.SSL_set0_wbio(this.#ssl, buffer);
		this.#buffered = buffer;
	}
	#fail(why, call) {
		const errno = this.#thread.errno();
		this.#thread.errorsPossible();
		this.failed = true;
		this.error = takeError(this.#thread) ?? (why === Ssl.ERROR_SYSCALL && errno !== 0 ? systemError(call, errno) : ended);
	}
};
// src/transport/native/ProtocolChoice.ts
/** Which application protocol a server agrees on (RFC 7301): OpenSSL asks in the handshake, JavaScript answers. */
/** Results of the callback (`<openssl/tls1.h>`). */
const agreed = 0;
const refused = 2;
/** The names of a list in which each comes after its length; undefined where that is not what it is. Pure. */
const spansOf = (wire) => {
	const spans = [];
	for (let at = 0; at < wire.length;) {
		const length = wire[at] ?? 0;
		if (length === 0 || at + 1 + length > wire.length) return void 0;
		spans.push({
			at: at + 1,
			length
		});
		at += 1 + length;
	}
	return spans;
};
/** The first of our names that is offered too; undefined for none, and for lists that are malformed. Pure. */
const chooseProtocol = (ours, offered) => {
	const theirs = spansOf(offered);
	if (theirs === void 0) return void 0;
	const bytes = ({ at, length }, of) => of.subarray(at, at + length);
	return spansOf(ours)?.find((own) => theirs.some((their) => Buffer.compare(bytes(own, ours), bytes(their, offered)) === 0));
};
/** The choosing callback of one thread. */
var ProtocolChoice = class {
	/** For `SSL_CTX_set_alpn_select_cb`; its argument is what `listed` gives. */
	callback;
	#thread;
	/** By address. Few, and kept: OpenSSL may ask, and be pointed into them, as long as sessions live. */
	#lists = /* @__PURE__ */ new Map();
	constructor(thread) {
		this.#thread = thread;
		this.callback = thread.bound.library.registerCallback({
			arguments: [
				"pointer",
				"pointer",
				"pointer",
				"pointer",
				"u32",
				"pointer"
			],
			return: "i32"
		}, (...words) => this.#answer(words));
	}
	/** The address of these names, the same for the same ones. */
	listed(wire) {
		for (const [at, { bytes }] of this.#lists) if (bytes.equals(wire)) return at;
		const memory = new Memory(this.#thread.bound, wire.length);
		memory.bytes.set(wire);
		this.#lists.set(memory.at, memory);
		return memory.at;
	}
	/** Runs inside OpenSSL: must not throw. Whatever goes wrong ends the handshake, as nothing in common does. */
	#answer([, out, outLength, offered, offeredLength, list]) {
		try {
			const ours = typeof list === "bigint" ? this.#lists.get(list) : void 0;
			if (ours === void 0 || typeof offered !== "bigint" || typeof offeredLength !== "number") return refused;
			if (typeof out !== "bigint" || typeof outLength !== "bigint") return refused;
			const { ffi } = this.#thread.bound;
			const chosen = chooseProtocol(ours.bytes, ffi.toBuffer(offered, offeredLength));
			if (chosen === void 0) return refused;
			ffi.setUint64(out, 0, ours.at + BigInt(chosen.at));
			ffi.setUint8(outLength, 0, chosen.length);
			return agreed;
		} catch {
			return refused;
		}
	}
};
// src/transport/native/VerifyErrors.ts
const names = [
	"OK",
	"UNSPECIFIED",
	"UNABLE_TO_GET_ISSUER_CERT",
	"UNABLE_TO_GET_CRL",
	"UNABLE_TO_DECRYPT_CERT_SIGNATURE",
	"UNABLE_TO_DECRYPT_CRL_SIGNATURE",
	"UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY",
	"CERT_SIGNATURE_FAILURE",
	"CRL_SIGNATURE_FAILURE",
	"CERT_NOT_YET_VALID",
	"CERT_HAS_EXPIRED",
	"CRL_NOT_YET_VALID",
	"CRL_HAS_EXPIRED",
	"ERROR_IN_CERT_NOT_BEFORE_FIELD",
	"ERROR_IN_CERT_NOT_AFTER_FIELD",
	"ERROR_IN_CRL_LAST_UPDATE_FIELD",
	"ERROR_IN_CRL_NEXT_UPDATE_FIELD",
	"OUT_OF_MEM",
	"DEPTH_ZERO_SELF_SIGNED_CERT",
	"SELF_SIGNED_CERT_IN_CHAIN",
	"UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
	"UNABLE_TO_VERIFY_LEAF_SIGNATURE",
	"CERT_CHAIN_TOO_LONG",
	"CERT_REVOKED",
	"NO_ISSUER_PUBLIC_KEY",
	"PATH_LENGTH_EXCEEDED",
	"INVALID_PURPOSE",
	"CERT_UNTRUSTED",
	"CERT_REJECTED",
	"SUBJECT_ISSUER_MISMATCH",
	"AKID_SKID_MISMATCH",
	"AKID_ISSUER_SERIAL_MISMATCH",
	"KEYUSAGE_NO_CERTSIGN",
	"UNABLE_TO_GET_CRL_ISSUER",
	"UNHANDLED_CRITICAL_EXTENSION",
	"KEYUSAGE_NO_CRL_SIGN",
	"UNHANDLED_CRITICAL_CRL_EXTENSION",
	"INVALID_NON_CA",
	"PROXY_PATH_LENGTH_EXCEEDED",
	"KEYUSAGE_NO_DIGITAL_SIGNATURE",
	"PROXY_CERTIFICATES_NOT_ALLOWED",
	"INVALID_EXTENSION",
	"INVALID_POLICY_EXTENSION",
	"NO_EXPLICIT_POLICY",
	"DIFFERENT_CRL_SCOPE",
	"UNSUPPORTED_EXTENSION_FEATURE",
	"UNNESTED_RESOURCE",
	"PERMITTED_VIOLATION",
	"EXCLUDED_VIOLATION",
	"SUBTREE_MINMAX",
	"APPLICATION_VERIFICATION",
	"UNSUPPORTED_CONSTRAINT_TYPE",
	"UNSUPPORTED_CONSTRAINT_SYNTAX",
	"UNSUPPORTED_NAME_SYNTAX",
	"CRL_PATH_VALIDATION_ERROR",
	"PATH_LOOP",
	"SUITE_B_INVALID_VERSION",
	"SUITE_B_INVALID_ALGORITHM",
	"SUITE_B_INVALID_CURVE",
	"SUITE_B_INVALID_SIGNATURE_ALGORITHM",
	"SUITE_B_LOS_NOT_ALLOWED",
	"SUITE_B_CANNOT_SIGN_P_384_WITH_P_256",
	"HOSTNAME_MISMATCH",
	"EMAIL_MISMATCH",
	"IP_ADDRESS_MISMATCH",
	"DANE_NO_MATCH",
	"EE_KEY_TOO_SMALL",
	"CA_KEY_TOO_SMALL",
	"CA_MD_TOO_WEAK",
	"INVALID_CALL",
	"STORE_LOOKUP",
	"NO_VALID_SCTS",
	"PROXY_SUBJECT_NAME_VIOLATION",
	"OCSP_VERIFY_NEEDED",
	"OCSP_VERIFY_FAILED",
	"OCSP_CERT_UNKNOWN",
	"UNSUPPORTED_SIGNATURE_ALGORITHM",
	"SIGNATURE_ALGORITHM_MISMATCH",
	"SIGNATURE_ALGORITHM_INCONSISTENCY",
	"INVALID_CA",
	"PATHLEN_INVALID_FOR_NON_CA",
	"PATHLEN_WITHOUT_KU_KEY_CERT_SIGN",
	"KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA",
	"ISSUER_NAME_EMPTY",
	"SUBJECT_NAME_EMPTY",
	"MISSING_AUTHORITY_KEY_IDENTIFIER",
	"MISSING_SUBJECT_KEY_IDENTIFIER",
	"EMPTY_SUBJECT_ALT_NAME",
	"EMPTY_SUBJECT_SAN_NOT_CRITICAL",
	"CA_BCONS_NOT_CRITICAL",
	"AUTHORITY_KEY_IDENTIFIER_CRITICAL",
	"SUBJECT_KEY_IDENTIFIER_CRITICAL",
	"CA_CERT_MISSING_KEY_USAGE",
	"EXTENSIONS_REQUIRE_VERSION_3",
	"EC_KEY_EXPLICIT_PARAMS"
];
/** The name of a verification error without its prefix; undefined for none. */
const verifyErrorName = (code) => code === 0 ? void 0 : names[code] ?? "UNSPECIFIED";
const CERT_HAS_EXPIRED = 10;
const CERT_REVOKED = 23;
const CERT_REJECTED = 28;
const UNABLE_TO_GET_ISSUER_CERT = 2;
/**
* The error from which OpenSSL makes the alert that the contract wants for a refusal (contract: credentials, section 10.2):
* clients are told what is wrong with their chain, all else is `bad_certificate`.
*/
const alertError = (role, reason) => {
	if (role === "client") return CERT_REJECTED;
	switch (reason) {
		case "untrusted": return UNABLE_TO_GET_ISSUER_CERT;
		case "expired": return CERT_HAS_EXPIRED;
		case "revoked": return CERT_REVOKED;
		default: return CERT_REJECTED;
	}
};
// src/transport/native/Verifier.ts
/**
* The access decision inside the handshake: OpenSSL asks, JavaScript answers, and a refused peer gets the alert that says so.
* Whatever goes wrong on the way is a refusal.
*/
/** More certificates than OpenSSL verifies are not looked at. */
const longestChain = 100;
/** OpenSSL takes no longer chain than 100 KiB. */
const derSize = 131072;
/** `X509_V_ERR_UNSPECIFIED`. */
const unspecified = 1;
/** The verification callback of one thread. */
var Verifier = class {
	/** For `SSL_CTX_set_cert_verify_callback`. */
	callback;
	#thread;
	#der;
	#cursor;
	/** For `X509_STORE_CTX_set_verify_cb`. */
	#noticing;
	#current;
	/** The last flaw that the verification under way has met; 0 for none. */
	#flaw = 0;
	constructor(thread) {
		this.#thread = thread;
		this.#der = new Memory(thread.bound, derSize);
		this.#cursor = new Memory(thread.bound, 8);
		this.callback = thread.bound.library.registerCallback({
			arguments: ["pointer", "pointer"],
			return: "i32"
		}, (store) => typeof store === "bigint" ? this.#answer(store) : 0);
		this.#noticing = thread.bound.library.registerCallback({
			arguments: ["i32", "pointer"],
			return: "i32"
		}, (ok, store) => typeof store === "bigint" ? this.#notice(ok, store) : 0);
	}
	/** Takes a handshake as far as it goes; the question it may raise is this one. */
	handshake(ssl, examination) {
		this.#current = examination;
		try {
			return this.#thread.f.SSL_do_handshake(ssl);
		} finally {
			this.#current = void 0;
		}
	}
	/** Runs inside OpenSSL: must not throw. */
	#answer(store) {
		const examination = this.#current;
		try {
			if (examination === void 0) return 0;
			const { f } = this.#thread;
			examination.verdict = unreadable;
			const chain = this.#chainOf(store);
			this.#flaw = 0;
			f.X509_STORE_CTX_set_verify_cb(store, this.#noticing);
			const verified = f.X509_verify_cert(store) === 1;
			const name = verifyErrorName(this.#flaw || f.X509_STORE_CTX_get_error(store));
			if (chain === void 0) return this.#refuse(store, alertError(examination.role, "bad_certificate"));
			examination.chain = chain;
			const verdict = askJudge(examination.judge, {
				chain,
				chainError: verified ? name : name ?? "UNSPECIFIED"
			});
			examination.verdict = verdict;
			if (verdict._tag === "Refused") return this.#refuse(store, alertError(examination.role, verdict.reason));
			f.X509_STORE_CTX_set_error(store, 0);
			return 1;
		} catch {
			if (examination !== void 0) examination.verdict = unreadable;
			return 0;
		}
	}
	/** Lets the verification go on after a flaw, as Node's does: the last one counts. Runs inside OpenSSL: must not throw. */
	#notice(ok, store) {
		try {
			if (ok !== 1) this.#flaw = this.#thread.f.X509_STORE_CTX_get_error(store) || unspecified;
			return 1;
		} catch {
			this.#flaw = unspecified;
			return 0;
		}
	}
	#refuse(store, error) {
		this.#thread.f.X509_STORE_CTX_set_error(store, error);
		return 0;
	}
	/** The certificates as the peer sent them; undefined when they cannot be read. */
	#chainOf(store) {
		const { f } = this.#thread;
		const sent = f.X509_STORE_CTX_get0_untrusted(store);
		const leaf = this.#derOf(f.X509_STORE_CTX_get0_cert(store));
		if (leaf === void 0) return void 0;
		const chain = [Buffer.from(leaf)];
		const count = sent === 0n ? 0 : Math.min(longestChain, f.OPENSSL_sk_num(sent));
		for (let i = 1; i < count; i++) {
			const der = this.#derOf(f.OPENSSL_sk_value(sent, i));
			if (der === void 0) return void 0;
			if (!chain.some((known) => known.equals(der))) chain.push(Buffer.from(der));
		}
		return chain;
	}
	#derOf(certificate) {
		const { f } = this.#thread;
		if (certificate === 0n) return void 0;
		const length = f.i2d_X509(certificate, 0n);
		if (length <= 0 || length > derSize) return void 0;
		this.#cursor.bytes.writeBigUInt64LE(this.#der.at);
		if (f.i2d_X509(certificate, this.#cursor.at) !== length) return void 0;
		return new Uint8Array(this.#der.bytes.subarray(0, length));
	}
};
// src/transport/native/Native.ts
/** What the parts of this transport share on one thread. */
let current;
/** The calling thread's. It is never given up: C knows addresses in it. Throws where something is missing. */
const loadNative = () => {
	if (current !== void 0) return current;
	const thread = new NativeThread();
	const verifier = new Verifier(thread);
	const contexts = new TlsContexts(thread, verifier, new ProtocolChoice(thread));
	return current = {
		thread,
		verifier,
		sockets: new SocketCalls(thread),
		contexts
	};
};
export { mustBackOff as a, scratchSize as c, Epoll as d, Errno as f, layoutOf as h, NativeServerTls as i, ipAddress as l, Ssl as m, TlsSession as n, systemError as o, Sock as p, NativeClientTls as r, Memory as s, loadNative as t, unixAddress as u };

//# sourceMappingURL=lib-Native-BGO6uZqS.mjs.map