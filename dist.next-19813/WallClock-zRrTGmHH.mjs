let e=performance.timeOrigin;const wallMillis=()=>{let t=performance.now(),n=Date.now();return Math.abs(n-t-e)>2&&(e=n-t),t+e};export{wallMillis as t};
//# sourceMappingURL=WallClock-zRrTGmHH.mjs.map