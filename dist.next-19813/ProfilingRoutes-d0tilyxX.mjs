import{N as e,Vt as t,Wt as n,et as r,p as i,v as a}from"./Effect-CFHWANdG.mjs";import{N as o,P as s,l as c,r as l,w as u}from"./HttpRouter-DvzVThKM.mjs";import{i as d,l as f,o as p}from"./Window-LWzJ3Rg3.mjs";const m=[`storepass`,`pkcs11-pin`],h=`xxxxx`,g=RegExp(`^(--(?:${m.join(`|`)})=).*$`,`s`),_=RegExp(`^--(?:${m.join(`|`)})$`),v=/([a-z][a-z0-9+.-]*:\/\/[/\\\s]*[^/?#:@]*):.*@/is,redact=e=>e.map((t,n)=>{let r=e[n-1];return r!==void 0&&_.test(r)?h:t.replace(g,`$1${h}`).replace(v,`$1:${h}@`)}),y={allocs:`Sampled allocations: with seconds=N, everything allocated in that time, dead objects too; without it, the same as heap.`,block:`Empty. With debug=1, by how much the event loops of the threads were late.`,cmdline:`The command line of this program, without its secrets.`,goroutine:`Live fibers and connections of all threads. debug=2 shows them one by one.`,heap:`Sampled objects that live. gc=1 collects garbage first.`,mutex:`Empty. With debug=1, by how much the event loops of the threads were late.`,profile:`CPU profile of all threads. The seconds parameter tells for how long; the file is for go tool pprof.`,symbol:`Nothing to look up: profiles carry their names.`,threadcreate:`Threads of the program.`,trace:`Execution trace of the main thread, for Perfetto. The seconds parameter tells for how long.`},indexPage=e=>`<html>
<head>
<title>/debug/pprof/</title>
</head>
<body>
/debug/pprof/<br>
<p>Set debug=1 as a query parameter to export in legacy text format</p>
Types of profiles available:
<table>
<thead><tr><td>Count</td><td>Profile</td></tr></thead>
${Object.keys(y).map(t=>`<tr><td>${e.get(t)??0}</td><td><a href="${t}?debug=1">${t}</a></td></tr>`).join(`
`)}
</table>
<a href="goroutine?debug=2">full goroutine stack dump</a>
<p>Profile descriptions:</p>
<ul>
${Object.entries(y).map(([e,t])=>`<li><b>${e}:</b> ${t}</li>`).join(`
`)}
</ul>
</body>
</html>
`,b=8,x=`/debug/pprof/`,S=`text/plain; charset=utf-8`,C={"x-content-type-options":`nosniff`},asked=({url:e})=>{let t=e.includes(`?`)?e.indexOf(`?`):e.length,n=e.slice(t);try{return{path:decodeURIComponent(e.slice(0,t)),query:n}}catch{return{path:e.slice(0,t),query:n}}},page=(e,t=S)=>o(e,{status:200,contentType:t,headers:C}),failure=(e,t,n={})=>o(`${t}\n`,{status:e,contentType:S,headers:{...C,...n,"x-go-pprof":`1`}}),w=n(()=>failure(503,`8 profiles are being taken already`,{"retry-after":`5`})),attachment=(e,t,n=`application/octet-stream`)=>s(e,{contentType:n,headers:{...C,"content-disposition":`attachment; filename="${t}"`}}),file=e=>t=>attachment(p(t),e),integer=e=>/^[+-]?\d+$/.test(e)&&Number.isSafeInteger(Number(e))?Number(e):void 0,named=(e,n,i)=>{let a=integer(i.get(`debug`)??``)??0,o=n===`heap`&&(integer(i.get(`gc`)??``)??0)>0,s=i.get(`seconds`)??``;if(s!==``){let i=integer(s)??0;return i<=0?t(failure(400,`invalid value for "seconds" - must be a positive integer`)):a===0?r(e.delta(n,i),file(`${n}-delta`)):t(failure(400,`seconds and debug params are incompatible`))}return a===0?r(e.snapshot(n,o),file(n)):r(e.text(n,Math.abs(a),o),e=>page(e))},answer=(e,i,a,o,s)=>{let taking=e=>a.hold(e,w),c=s.get(`seconds`)??``,l=f.find(e=>e===o);if(l!==void 0)return taking(named(e,l,s));switch(o){case``:return taking(r(e.counts,e=>page(indexPage(e),`text/html; charset=utf-8`)));case`profile`:{let t=integer(c)??0;return taking(r(e.cpu(t>0?t:30),file(o)))}case`trace`:{let t=Number(c);return taking(r(e.trace(t>0&&Number.isFinite(t)?t:1),e=>attachment(new TextEncoder().encode(e),`trace.json`,`application/json`)))}case`cmdline`:return n(()=>page(redact(i).join(`\0`)));case`symbol`:return t(page(`num_symbols: 1
`));default:return t(failure(404,`Unknown profile`))}},redirect=(e,t)=>{let n=x+t,r={location:n};if(e!==`GET`&&e!==`HEAD`)return u({status:307,headers:r});let i=`<a href="${n.replaceAll(`&`,`&amp;`).replaceAll(`"`,`&#34;`).replaceAll(`<`,`&lt;`)}">Temporary Redirect</a>.\n\n`;return o(i,{status:307,headers:r,contentType:`text/html; charset=utf-8`})},profilingRoutes=(n,r)=>{let o=d(8);return[l(`*`,`${x}*`,e(c,e=>{let{path:s,query:c}=asked(e);return s.startsWith(x)?answer(n,r,o,s.slice(13),new URLSearchParams(c)).pipe(a(`ProfilingError`,({message:e})=>t(failure(500,e))),i(e=>t(failure(500,`Could not take the profile: ${String(e)}`)))):t(redirect(e.method,c))}))]};export{b as profilesAllowed,profilingRoutes};
//# sourceMappingURL=ProfilingRoutes-d0tilyxX.mjs.map