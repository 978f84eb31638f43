import { comboOf, showCombo } from "../../core/combo.js";
import { h } from "../../core/dom.js";
import { openPageDialog } from "./dialogs.js";

/** @typedef {import('../../core/commands.js').Command} Command */

/**
 * Binds commands to other keys, for this person alone.
 * @param {{commands: Command[], own: Record<string, string>, save: (keys: Record<string, string>) => void}} options
 */
export function openKeysDialog({ commands, own, save }) {
  /** @type {Record<string, string>} */
  const chosen = { ...own };
  const rows = commands.filter((command) => command.keys.length > 0).map((command) => row(command, chosen));
  const button = h("button", { type: "button", class: "button primary" }, ["Save"]);
  const dialog = openPageDialog(
    "Change keys",
    [
      h("p", { class: "muted" }, ["Press a button, then the key you want. Backspace: as it was."]),
      h("div", { class: "label-keys" }, rows),
    ],
    [button],
  );
  button.addEventListener("click", () => {
    dialog.close();
    save(chosen);
  });
}

/**
 * @param {Command} command
 * @param {Record<string, string>} chosen
 */
function row({ id, title, keys }, chosen) {
  const button = h("button", { type: "button", class: "button", "aria-label": `Key for ${title}` });
  const draw = () => {
    button.textContent = showCombo(chosen[id] ?? keys[0] ?? "");
  };
  button.addEventListener("keydown", (event) => {
    if (["Tab", "Escape", "Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    event.preventDefault();
    if (event.key === "Backspace") delete chosen[id];
    else chosen[id] = comboOf(event);
    draw();
  });
  draw();
  return h("div", { class: "key-row" }, [h("span", {}, [title]), button]);
}
