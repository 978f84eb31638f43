/** The little of a browser that the modules touch when they are loaded; import it before them. */
Object.assign(globalThis, { document: new EventTarget(), HTMLElement: class {} });
