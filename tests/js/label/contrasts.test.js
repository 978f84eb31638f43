/** How an answer differs from another one, in words: of regions, where two summaries would say the same. */
import assert from "node:assert/strict";
import { test } from "node:test";

import box from "../../../static/js/labeltypes/box/index.js";
import span from "../../../static/js/labeltypes/span/index.js";
import { titleOfClass } from "../../../static/js/pages/course/class-titles.js";

const classes = [
  { name: "car", title: "Car" },
  { name: "person", title: "Person" },
];
const boxes = { name: "objects", type: "box", title: "Objects", on: "photo", classes };
const spans = { name: "names", type: "span", title: "Names", on: "text", classes };
const [car, person] = ["car", "person"].map((name) => (/** @type {number[]} */ ...at) => ({
  id: at.join(),
  class: name,
  box: at,
  start: at[0] ?? 0,
  end: at[1] ?? 0,
}));

/** @param {any} type @param {any} field @param {unknown} yours @param {unknown} other */
const told = (type, field, yours, other) => type.contrast(yours, other, field);

test("it works", () => {
  assert.equal(told(box, boxes, [car(0, 0, 9, 9)], [car(50, 50, 9, 9)]), "Car only yours; Car missing");
  assert.equal(told(box, boxes, undefined, [car(0, 0, 9, 9), car(50, 50, 9, 9)]), "2 × Car missing");
  assert.equal(told(span, spans, [car(0, 4), car(9, 12)], [car(0, 4)]), "Car only yours");
});

test("what lies in the same place is told by its class, its place and its attributes", () => {
  assert.equal(told(box, boxes, [person(0, 0, 9, 9)], [car(0, 0, 9, 9)]), "Car, yours Person");
  assert.equal(told(box, boxes, [car(0, 0, 10, 5)], [car(0, 0, 10, 10)]), "Car overlaps by 50 %");
  assert.equal(told(span, spans, [car(0, 5)], [car(0, 4)]), "Car with other ends");
  assert.equal(told(span, spans, [person(0, 4)], [car(0, 4)]), "Car, yours Person");
  const parked = { ...car(0, 4), attributes: { parked: "yes" } };
  assert.equal(told(span, spans, [car(0, 4)], [parked]), "Car with other attributes");
});

test("of the same there is nothing to tell", () => {
  assert.equal(told(box, boxes, [car(0, 0, 9, 9)], [{ ...car(0, 0, 9, 9), id: "other" }]), "");
  assert.equal(told(span, spans, [], undefined), "");
});

test("a class of a quiz has the words of the ontology", () => {
  const order = { name: "best", type: "ranking", title: "Best", options: ["a", "b"] };
  const level = { name: "sure", type: "rating", title: "How sure", max: 5 };
  const definition = { fields: [boxes, order, level] };
  assert.equal(titleOfClass(definition, "objects", "car"), "Objects: Car");
  assert.equal(titleOfClass(definition, "best", "b"), "Best: b first");
  assert.equal(titleOfClass(definition, "sure", "4"), "How sure: 4");
  assert.equal(titleOfClass({ fields: [boxes] }, "objects", "car"), "Car");
  assert.equal(titleOfClass(definition, "gone", "x"), "x");
});
