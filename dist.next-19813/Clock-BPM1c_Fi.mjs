import{Hr as e,Jr as t}from"./Effect-CFHWANdG.mjs";const n=e,r=t;export{r as n,n as t};
//# sourceMappingURL=Clock-BPM1c_Fi.mjs.map