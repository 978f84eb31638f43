/**
 * Keys that mean the same whatever the ontology.
 * @param {import('./component.js').LabelingHandle} handle
 * @param {{scope: import('../core/scope.js').Scope, t: import('./types.js').Translate, readOnly: boolean, submits: boolean}} options
 */
export function bindPageKeys(handle, { scope, t, readOnly, submits }) {
  const layer = handle.keys.layer(t("Answer"), { priority: 0, scope });
  for (let place = 1; place <= 9; place += 1) {
    const title = t("Go to field {n}", { n: place });
    layer.bind(String(place), () => handle.focusField(place - 1), {
      id: `field.${place}`,
      title,
      hidden: place > 1,
    });
  }
  layer.bind("Escape", (event) => leave(handle, event), {
    id: "answer.escape",
    title: t("Cancel, then deselect"),
    typing: true,
  });
  if (readOnly) return;
  layer.bind("Mod+z", () => void handle.undo(), {
    id: "answer.undo",
    title: t("Undo"),
    typing: true,
    repeat: true,
  });
  layer.bind(["Mod+Shift+z", "Mod+y"], () => void handle.redo(), {
    id: "answer.redo",
    title: t("Redo"),
    typing: true,
    repeat: true,
  });
  if (!submits) return;
  layer.bind("Enter", () => void handle.submit(), { id: "answer.submit", title: t("Submit") });
  layer.bind("Mod+Enter", () => void handle.submit(), {
    id: "answer.submit.typing",
    title: t("Submit while typing"),
    typing: true,
  });
}

/**
 * @param {import('./component.js').LabelingHandle} handle
 * @param {KeyboardEvent} event
 * @returns {boolean} false: there was nothing to leave
 */
function leave(handle, event) {
  const { target } = event;
  if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) {
    target.blur();
    return true;
  }
  return handle.escape();
}
