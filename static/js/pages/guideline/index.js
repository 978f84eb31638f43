import { pageKeys, scope } from "../../ui/page.js";
import { guardUnsaved } from "../../ui/unsaved.js";
import { insertPictures } from "./pictures.js";
import { insertBlock, prefixLines, wrapSelection } from "./text.js";

const form = /** @type {HTMLFormElement} */ (document.getElementById("guideline-form"));
const field = /** @type {HTMLTextAreaElement} */ (document.getElementById("guideline-body"));
const picker = /** @type {HTMLInputElement} */ (document.getElementById("guideline-picture"));
const state = /** @type {HTMLElement} */ (form.querySelector("[data-guideline-state]"));
const started = field.value;
let sending = false;

const isDirty = () => !sending && field.value !== started;
const say = (/** @type {string} */ text) => {
  state.textContent = text || (isDirty() ? "not published" : "");
};
const take = (/** @type {Iterable<File>} */ files) =>
  insertPictures(field, [...files], form.dataset.media ?? "", say);

scope.listen(form, "click", (event) => {
  const button = event.target.closest("[data-wrap], [data-line], [data-block]");
  if (!button) return;
  if (button.dataset.wrap) wrapSelection(field, button.dataset.wrap);
  else if (button.dataset.line) prefixLines(field, button.dataset.line);
  else insertBlock(field, button.dataset.block);
});
scope.listen(field, "input", () => say(""));
scope.listen(form, "submit", () => {
  sending = true;
});
scope.listen(picker, "change", async () => {
  await take(picker.files ?? []);
  picker.value = "";
});
scope.listen(field, "paste", (/** @type {ClipboardEvent} */ event) => {
  if (!event.clipboardData?.files.length) return;
  event.preventDefault();
  void take(event.clipboardData.files);
});
scope.listen(field, "dragover", (event) => {
  event.preventDefault();
  field.toggleAttribute("data-over", true);
});
scope.listen(field, "dragleave", () => field.removeAttribute("data-over"));
scope.listen(field, "drop", (/** @type {DragEvent} */ event) => {
  field.removeAttribute("data-over");
  if (!event.dataTransfer?.files.length) return;
  event.preventDefault();
  void take(event.dataTransfer.files);
});

pageKeys.bind("Mod+b", () => wrapSelection(field, "**"), {
  id: "guideline.bold",
  title: "Bold",
  typing: true,
});
pageKeys.bind("Mod+i", () => wrapSelection(field, "*"), {
  id: "guideline.italic",
  title: "Italic",
  typing: true,
});
pageKeys.bind("Mod+s", () => form.requestSubmit(), {
  id: "guideline.publish",
  title: "Publish",
  typing: true,
});
guardUnsaved(isDirty);
say("");
