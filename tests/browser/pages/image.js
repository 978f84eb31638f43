import { mountLabeling } from "/static/js/label/component.js";
import image from "/static/js/surfaces/image/index.js";

/** The surface of the present component: tests ask for its view and whether it is at rest. */
const createSurface = image.createSurface;
image.createSurface = (ctx) => {
  const surface = createSurface(ctx);
  window.surface = () => surface;
  return surface;
};

/**
 * The labeling component alone: `mount(options)` makes one, `labeling` is the present one.
 *
 * @param {Partial<import('/static/js/label/component.js').LabelingOptions>} options
 */
window.mount = async (options) => {
  window.labeling?.dispose();
  window.submitted = [];
  window.labeling = mountLabeling(document.getElementById("root"), {
    onSubmit: (value) => window.submitted.push(value),
    ...options,
  });
  await window.labeling.ready;
};
document.documentElement.dataset.loaded = "true";
