import { sameJson } from "../../core/json.js";
import { bestPrediction } from "./start-value.js";

/** The switch that shows or hides a model's answers, remembered. */
export class PreLabels {
  #parts;
  #button;

  /**
   * @param {{preferences: import('./preferences.js').SavedPreferences,
   *   handle: import('../../label/component.js').LabelingHandle}} parts
   * @param {Element | null} button
   */
  constructor(parts, button) {
    this.#parts = parts;
    this.#button = button;
    this.#draw();
  }

  /** @param {import('./types.js').Work | null} work on the screen: what was not touched follows the switch */
  toggle(work) {
    const { preferences, handle } = this.#parts;
    const hidden = !preferences.all.hidePredictions;
    preferences.change({ hidePredictions: hidden });
    this.#draw();
    const predicted = work && bestPrediction(work.assignment);
    if (!predicted || work.mode !== "label") return;
    const { value } = handle;
    const untouched = Object.keys(predicted).every((name) => sameJson(value[name], predicted[name]));
    const empty = Object.values(value).every((one) => Array.isArray(one) && one.length === 0);
    if (hidden && untouched) handle.setValue({});
    if (!hidden && empty) handle.setValue(predicted);
  }

  #draw() {
    this.#button?.setAttribute("aria-pressed", String(!this.#parts.preferences.all.hidePredictions));
  }
}
