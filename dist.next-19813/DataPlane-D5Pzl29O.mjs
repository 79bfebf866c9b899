import{Ta as e}from"./Effect-CFHWANdG.mjs";var DataPlane=class extends e()(`ghostunnel/DataPlane`){};export{DataPlane as t};
//# sourceMappingURL=DataPlane-D5Pzl29O.mjs.map