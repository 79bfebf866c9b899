// src/config/UrlText.ts
/** URLs as requests and log lines show them. Pure. */
/** The URL as log lines and error texts show it: with `***` for its password. A text that is no URL loses its user too. */
const redacted = (text) => {
	const url = URL.parse(text);
	if (url === null) return text.replace(/^((?:[a-z][a-z0-9+.-]*:)?[/\\]*).*@/is, "$1***@");
	if (url.password === "") return text;
	const shown = text.replace(/^([a-z][a-z0-9+.-]*:[/\\]*[^:/?#\\]*):[^/?#\\]*@/i, "$1:***@");
	if (shown !== text) return shown;
	url.password = "***";
	return url.href;
};
/** `Host` as the URL writes it, its default port too; URL objects drop that. */
const hostOf = (text, url) => /^https?:\/\/(?:[^/?#]*@)?([^/?#]+)/.exec(text)?.[1] ?? url.host;
const decoded = (text) => {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
};
/** The value of `Authorization` for the user and password of a URL; undefined without them (RFC 7617). */
const basicAuth = (url) => url.username === "" && url.password === "" ? void 0 : `Basic ${Buffer.from(`${decoded(url.username)}:${decoded(url.password)}`).toString("base64")}`;
export { hostOf as n, redacted as r, basicAuth as t };

//# sourceMappingURL=lib-UrlText-Bxv3suSX.mjs.map