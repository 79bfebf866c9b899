import { d as Epoll, h as layoutOf, m as Ssl, n as TlsSession, p as Sock, t as loadNative } from "./lib-Native-BGO6uZqS.mjs";
import { Effect, Exit } from "effect";
import { createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
// src/transport/native/SelfTest.ts
/**
* Proves the native transport on the running machine before anything depends on it: the functions exist, OpenSSL is the one
* Node says it is, structures lie as the table says, and two sessions can talk to each other.
*/
const der = (tag, ...parts) => {
	const body = Buffer.concat(parts);
	const length = body.length < 128 ? [body.length] : [
		130,
		body.length >> 8,
		body.length & 255
	];
	return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
/** A certificate of nobody, signed by itself, that lives for this test. */
const passport = () => {
	const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
	const algorithm = der(48, Buffer.from("06082a8648ce3d040302", "hex"));
	const name = der(48);
	const dates = der(48, der(23, Buffer.from("200101000000Z")), der(23, Buffer.from("490101000000Z")));
	const version = der(160, Buffer.from("020102", "hex"));
	const key = publicKey.export({
		type: "spki",
		format: "der"
	});
	const body = der(48, version, Buffer.from("020101", "hex"), algorithm, name, dates, name, key);
	const chainPem = `-----BEGIN CERTIFICATE-----\n${der(48, body, algorithm, der(3, Buffer.from([0]), sign("sha256", body, privateKey))).toString("base64")}\n-----END CERTIFICATE-----\n`;
	return {
		generation: 0,
		identity: {
			chainPem,
			keyPem: createPrivateKey(privateKey.export({
				type: "pkcs8",
				format: "pem"
			})).export({
				type: "pkcs8",
				format: "pem"
			}).toString()
		},
		subject: "",
		trustAnchors: [chainPem]
	};
};
const check = (holds, what) => {
	if (!holds) throw new Error(what);
};
/** An epoll of its own gives back what it was told about a socket. */
const checkEpoll = ({ thread }, fd) => {
	const layout = layoutOf(process.arch);
	if (layout === void 0) throw new Error("unknown processor");
	const { f } = thread;
	const { data, size } = layout.epollEvent;
	const serial = 195939070;
	const event = Buffer.from(new ArrayBuffer(size));
	event.writeUInt32LE(Epoll.OUT, 0);
	event.writeInt32LE(fd, data);
	event.writeUInt32LE(serial, data + 4);
	const epoll = f.epoll_create1(Epoll.CLOEXEC);
	try {
		check(epoll >= 0 && f.epoll_ctl(epoll, Epoll.ADD, fd, event) === 0, "epoll does not work");
		const { bytes, at } = thread.scratch;
		check(f.epoll_wait(epoll, at, 2, 0) === 1, "epoll reports nothing");
		check(bytes.readUInt32LE(0) === Epoll.OUT, "epoll reports other events");
		check(bytes.readInt32LE(data) === fd && bytes.readUInt32LE(data + 4) === serial, "epoll_event has another layout");
	} finally {
		f.close(epoll);
	}
};
/** Two sessions on a pair of sockets: handshake with both verdicts, bytes, goodbye. */
const checkTls = Effect.fnUntraced(function* (native, client, server) {
	const material = passport();
	const alpn = "self-test";
	const options = {
		maxVersion: "TLSv1.3",
		cipherGroups: ["AES", "CHACHA"],
		alpn: ["unknown", alpn]
	};
	const serverTls = yield* native.contexts.server(material, {
		...options,
		requestCertificate: true,
		sendCaNames: true
	});
	const clientTls = yield* native.contexts.client(material, {
		...options,
		alpn: [alpn]
	});
	const session = (role) => Effect.acquireRelease(Effect.sync(() => {
		const made = TlsSession.of(native.thread, (role === "server" ? serverTls : clientTls).context, role);
		if (made === void 0) throw new Error("SSL_new fails");
		check(made.attach(role === "server" ? server : client), "SSL_set_fd fails");
		return made;
	}), (made) => Effect.sync(() => made.free()));
	const ends = [yield* session("client"), yield* session("server")];
	const examinations = ["client", "server"].map((role) => ({
		role,
		judge: ({ chainError }) => ({
			_tag: "Admitted",
			by: chainError ?? "verified"
		}),
		chain: [],
		verdict: void 0
	}));
	let done = 0;
	for (let turn = 0; turn < 16 && done < 2; turn++) {
		done = 0;
		ends.forEach((end, index) => {
			const examination = examinations[index];
			if (examination !== void 0 && end.handshake(native.verifier, examination) === "done") done++;
		});
	}
	check(done === 2, "a handshake does not come to an end");
	for (const { chain, verdict } of examinations) {
		check(verdict?._tag === "Admitted" && verdict.by === "verified", "a certificate is not verified");
		check(chain.length === 1, "a certificate is not shown");
	}
	check(ends.every((end) => end.facts([], "").alpn === alpn), "application protocols are not agreed on");
	const [from, to] = ends;
	const { bytes, at } = native.thread.scratch;
	bytes.fill(90, 0, 1e3);
	check(from.write(at, 1e3) === 1e3 && from.flush(), "a record is not written");
	bytes.fill(0, 0, 1e3);
	check(to.fill() === 1e3 && bytes.subarray(0, 1e3).every((byte) => byte === 90), "a record does not arrive");
	check(to.fill() === 0, "reading does not wait");
	check(from.endWrites() && to.fill() === -1, "a goodbye does not arrive");
});
/** Why the native transport cannot be used here; undefined when it can. */
const selfTest = () => {
	try {
		const native = loadNative();
		const { f } = native.thread;
		const version = native.thread.constant(f.OpenSSL_version(Ssl.VERSION_STRING));
		check(process.versions.openssl.split("+")[0] === version, `OpenSSL is ${version}`);
		const pair = Buffer.from(/* @__PURE__ */ new ArrayBuffer(8));
		check(f.socketpair(Sock.AF_UNIX, Sock.STREAM | Sock.NONBLOCK | Sock.CLOEXEC, 0, pair) === 0, "no sockets");
		const fds = [pair.readInt32LE(0), pair.readInt32LE(4)];
		try {
			checkEpoll(native, fds[0]);
			const exit = Effect.runSyncExit(Effect.scoped(checkTls(native, ...fds)));
			if (Exit.isFailure(exit)) throw new Error(exit.cause.toString());
		} finally {
			for (const fd of fds) f.close(fd);
		}
		return;
	} catch (error) {
		return (error instanceof Error ? error.message : String(error)).split("\n")[0];
	}
};
export { selfTest };

//# sourceMappingURL=lib-SelfTest-DiFg19h4.mjs.map