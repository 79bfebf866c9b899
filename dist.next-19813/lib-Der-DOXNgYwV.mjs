// src/access/Der.ts
/**
* Strict DER, and nothing of the laxer BER: every header is the shortest possible, lengths are definite, nothing follows
* the value. A certificate that two parsers could read in two ways is refused here. Own code, because it reads what
* strangers send before anything is decided about them; the tests hold it against asn1js.
*/
/** Malformed input: never leaves the parsers, which turn it into a typed failure. */
var Malformed = class extends Error {};
/** Stops the parse with a reason. */
const malformed = (reason) => {
	throw new Malformed(reason);
};
/** The tag classes as in the first byte. */
const TagClass = {
	universal: 0,
	contextSpecific: 2
};
/** The universal tags certificates are made of. */
const Tag = {
	boolean: 1,
	integer: 2,
	bitString: 3,
	octetString: 4,
	oid: 6,
	enumerated: 10,
	utf8String: 12,
	sequence: 16,
	set: 17,
	numericString: 18,
	printableString: 19,
	t61String: 20,
	ia5String: 22,
	utcTime: 23,
	generalizedTime: 24,
	bmpString: 30
};
const sizeLimit = 262144;
const depthLimit = 24;
const none = [];
/** Of the universal types sequences and sets are constructed, all others primitive; type 0 is BER's end mark. */
const isForm = (tagClass, tag, constructed) => tagClass !== TagClass.universal || tag !== 0 && constructed === (tag === Tag.sequence || tag === Tag.set);
const readHeader = (bytes, start, end) => {
	const first = bytes[start];
	const short = bytes[start + 1];
	if (first === void 0 || short === void 0 || start + 2 > end) return malformed("truncated");
	const tag = first & 31;
	const tagClass = first >> 6;
	const constructed = (first & 32) !== 0;
	if (tag === 31 || !isForm(tagClass, tag, constructed)) return malformed("unsupported tag");
	let length = short;
	let header = 2;
	if (short >= 128) {
		header += short & 127;
		if (short === 128 || header > 5 || start + header > end) return malformed("unsupported length");
		length = 0;
		for (let index = start + 2; index < start + header; index++) length = length << 8 | (bytes[index] ?? 0);
		if (length < 128 || length < 1 << 8 * (header - 3)) return malformed("not in distinguished encoding");
	}
	const from = start + header;
	return from + length > end ? malformed("truncated") : {
		tagClass,
		tag,
		constructed,
		from,
		to: from + length
	};
};
const readNode = (bytes, start, end, depth) => {
	const { tagClass, tag, constructed, from, to } = readHeader(bytes, start, end);
	const children = constructed ? readNodes(bytes, from, to, depth + 1) : none;
	return {
		tagClass,
		tag,
		constructed,
		raw: bytes.subarray(start, to),
		content: bytes.subarray(from, to),
		children
	};
};
const readNodes = (bytes, start, end, depth) => {
	if (depth > depthLimit) return malformed("nested too deeply");
	const nodes = [];
	for (let position = start; position < end;) {
		const node = readNode(bytes, position, end, depth);
		nodes.push(node);
		position += node.raw.length;
	}
	return nodes;
};
const plain = (bytes) => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
/** Reads exactly one value of at most `limit` bytes. Throws `Malformed`. */
const readDer = (bytes, limit = sizeLimit) => {
	if (bytes.length > limit) return malformed("too large");
	const node = readNode(plain(bytes), 0, bytes.length, 0);
	return node.raw.length === bytes.length ? node : malformed("trailing data");
};
/** Reads values that follow each other, `limit` bytes at most. Throws `Malformed`. */
const readDerSeries = (bytes, limit) => bytes.length > limit ? malformed("too large") : readNodes(plain(bytes), 0, bytes.length, 0);
/** The values that stand here one after the other, however large, each without a look inside. Throws `Malformed`. */
function* readElements(bytes) {
	for (let start = 0; start < bytes.length;) {
		const { tagClass, tag, constructed, from, to } = readHeader(bytes, start, bytes.length);
		yield {
			tagClass,
			tag,
			constructed,
			raw: bytes.subarray(start, to),
			content: bytes.subarray(from, to)
		};
		start = to;
	}
}
/** Whether the value has this universal tag, in the form the tag demands. */
const isUniversal = (node, tag) => node.tagClass === TagClass.universal && node.tag === tag && node.constructed === (tag === Tag.sequence || tag === Tag.set);
/** The value when it is of this universal type. Throws `Malformed`. */
const expectTag = (node, tag, what) => node !== void 0 && isUniversal(node, tag) ? node : malformed(`malformed ${what}`);
/** The first arc's factor is folded into the second; only under 2 can that one reach 40. */
const firstArcs = (arc) => arc < 40 ? `0.${arc}` : arc < 80 ? `1.${BigInt(arc) - 40n}` : `2.${BigInt(arc) - 80n}`;
/** An object identifier in dotted form. Throws `Malformed`. */
const oidOf = (node, what) => {
	const { content } = expectTag(node, Tag.oid, what);
	if (content.length === 0 || content.length > 64) return malformed(`malformed ${what}`);
	let text = "";
	let arc = 0;
	let fresh = true;
	for (const byte of content) {
		if (fresh && byte === 128) return malformed(`malformed ${what}`);
		arc = typeof arc === "number" && arc < 2 ** 46 ? arc * 128 + (byte & 127) : BigInt(arc) * 128n + BigInt(byte & 127);
		fresh = byte < 128;
		if (fresh) {
			text = text === "" ? firstArcs(arc) : `${text}.${arc}`;
			arc = 0;
		}
	}
	return fresh ? text : malformed(`malformed ${what}`);
};
/** The bytes of a bit string without unused bits. Throws `Malformed`. */
const bitsOf = (node, what) => {
	const { content } = expectTag(node, Tag.bitString, what);
	return content[0] === 0 ? content.subarray(1) : malformed(`malformed ${what}`);
};
/** The bytes of an integer that is not negative, without the sign byte. Throws `Malformed`. */
const unsignedOf = (node, what) => {
	const { content } = expectTag(node, Tag.integer, what);
	const [first, second] = content;
	if (first === void 0 || first >= 128) return malformed(`malformed ${what}`);
	if (first !== 0 || second === void 0) return content;
	return second >= 128 ? content.subarray(1) : malformed(`malformed ${what}`);
};
export { expectTag as a, oidOf as c, readElements as d, unsignedOf as f, bitsOf as i, readDer as l, Tag as n, isUniversal as o, TagClass as r, malformed as s, Malformed as t, readDerSeries as u };

//# sourceMappingURL=lib-Der-DOXNgYwV.mjs.map