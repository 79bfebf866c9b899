// src/credentials/Pem.ts
const end = "\n-----END ";
const begin = "-----BEGIN ";
const dashes = "-----";
const cutLine = (text) => {
	const newline = text.indexOf("\n");
	return newline < 0 ? [text.trimEnd(), ""] : [text.slice(0, newline).trimEnd(), text.slice(newline + 1)];
};
const readBlock = (text) => {
	const [typeLine, afterType] = cutLine(text);
	if (!typeLine.endsWith(dashes)) return void 0;
	const type = typeLine.slice(0, -5);
	const headers = /* @__PURE__ */ new Map();
	let body = afterType;
	for (;;) {
		const [line, rest] = cutLine(body);
		const colon = line.indexOf(":");
		if (colon < 0 || body === "") break;
		headers.set(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
		body = rest;
	}
	const encoded = body.replace(/[ \t\r\n]+/g, "");
	if (encoded.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(encoded)) return void 0;
	return {
		type,
		headers,
		der: Buffer.from(encoded, "base64")
	};
};
/**
* The blocks of a text, damaged ones left out. A block begins at the last BEGIN line before its END line, and both name
* the same type.
*/
const readPem = (input) => {
	const text = `\n${Buffer.from(input.buffer, input.byteOffset, input.byteLength).toString("latin1")}`;
	const blocks = [];
	let position = 0;
	for (;;) {
		const stop = text.indexOf(end, position);
		if (stop < 0) return blocks;
		const before = text.slice(position, stop);
		const start = before.lastIndexOf(begin);
		position = stop + 10;
		if (start < 0 || before[start - 1] !== "\n") continue;
		const block = readBlock(before.slice(start + 11));
		const [endLine] = cutLine(text.slice(position, position + 1024));
		if (block !== void 0 && endLine === block.type + dashes) blocks.push(block);
	}
};
/** Whether a block is a private key of any kind. */
const isKey = ({ type }) => type === "PRIVATE KEY" || type.endsWith(" PRIVATE KEY");
/** Whether a password protects the block. */
const isEncrypted = ({ type, headers }) => type === "ENCRYPTED PRIVATE KEY" || (headers.get("Proc-Type")?.includes("ENCRYPTED") ?? false);
/** One block as text. */
const writePem = (type, der, headers = /* @__PURE__ */ new Map()) => {
	const encoded = Buffer.from(der.buffer, der.byteOffset, der.byteLength).toString("base64");
	let text = `-----BEGIN ${type}-----\n`;
	for (const [name, value] of headers) text += `${name}: ${value}\n`;
	if (headers.size > 0) text += "\n";
	for (let start = 0; start < encoded.length; start += 64) text += `${encoded.slice(start, start + 64)}\n`;
	return `${text}-----END ${type}-----\n`;
};
export { writePem as i, isKey as n, readPem as r, isEncrypted as t };

//# sourceMappingURL=lib-Pem-BsbKgdwx.mjs.map