import { createPanel } from "./panel.js";
import { steps, summarize, validate } from "./value.js";

/** A few options in order, best first. @type {import('../../label/types.js').LabelTypeModule} */
export default { kind: "ranking", surface: null, createPanel, validate, summarize, steps };
