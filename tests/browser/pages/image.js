import { mountLabeling } from '/static/js/label/component.js';

/**
 * The labeling component alone, for tests: `mount(options)` makes one, `labeling` is the present one.
 *
 * @param {Partial<import('/static/js/label/component.js').LabelingOptions>} options
 */
window.mount = async (options) => {
  window.labeling?.dispose();
  window.submitted = [];
  window.labeling = mountLabeling(document.getElementById('root'), {
    onSubmit: (value) => window.submitted.push(value),
    ...options,
  });
  await window.labeling.ready;
};
window.ready = true;
