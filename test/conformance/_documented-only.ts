/** Makes every probe of src/node-internals fail in this process: what Node does not document is not used. */
Object.assign(globalThis, { [Symbol.for('startproject.documented-only')]: true });
