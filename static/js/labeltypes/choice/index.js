import { createButtons } from "./buttons.js";
import { createCombobox } from "./combobox.js";
import { inOrder, summarize, validate } from "./value.js";

const MANY = 12;
const LISTED = 60;

/** One or several of a list of options. @type {import('../../label/types.js').LabelTypeModule} */
export default {
  kind: "choice",
  surface: null,
  createPanel: (ctx) => (isLong(ctx.field) ? createCombobox(ctx) : createButtons(ctx)),
  validate,
  summarize,
  canonical: (value, field) =>
    Array.isArray(value) ? inOrder(/** @type {string[]} */ (value), field) : value,
};

/** @param {import('../../label/types.js').Field} field */
function isLong(field) {
  const { display, options = [] } = field;
  if (display === "search") return true;
  return options.length > (display === "list" || display === "buttons" ? LISTED : MANY);
}
