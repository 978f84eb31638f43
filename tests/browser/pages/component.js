/** Lets a test mount the component: `await mount(options)`, then `handle`, `submitted`, `changes`. */
import { mountLabeling } from "/static/js/label/component.js";

window.submitted = [];
window.changes = [];
window.mount = async (options) => {
  window.handle?.dispose();
  window.submitted.length = 0;
  window.changes.length = 0;
  window.handle = mountLabeling(document.querySelector("#root"), {
    onSubmit: (value) => window.submitted.push(value),
    onChange: (value) => window.changes.push(value),
    ...options,
  });
  await window.handle.ready;
};
window.ready = true;
