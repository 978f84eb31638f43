import "./fake-page.js";
import assert from "node:assert/strict";
import { test } from "node:test";

const { toCsv } = await import("../../../static/js/ui/csv.js");
const { showSize } = await import("../../../static/js/ui/dropzone.js");
const { errorText } = await import("../../../static/js/ui/htmx-setup.js");
const { shorten, shortenApart, ticks } = await import("../../../static/js/ui/plot-data.js");
const { relativeTime } = await import("../../../static/js/core/relative-time.js");

test("it works: a table becomes CSV with CRLF and quotes where needed", () => {
  assert.equal(
    toCsv([
      ["name", "n"],
      ['a "b", c', "3"],
    ]),
    'name,n\r\n"a ""b"", c",3\r\n',
  );
});

test("a cell that a spreadsheet would run is made harmless, a negative number stays one", () => {
  assert.equal(toCsv([["=1+1", "-3.5", "@x", "+49 89"]]), "'=1+1,-3.5,'@x,'+49 89\r\n");
});

test("times are told in the largest unit that fits, past and future", () => {
  assert.equal(relativeTime(5), "now");
  assert.equal(relativeTime(180), "3 minutes ago");
  assert.equal(relativeTime(3599), "59 minutes ago");
  assert.equal(relativeTime(86_400), "yesterday");
  assert.equal(relativeTime(-2 * 86_400), "in 2 days");
  assert.equal(relativeTime(400 * 86_400), "last year");
});

test("sizes are told in decimal units", () => {
  assert.equal(showSize(0), "0 B");
  assert.equal(showSize(999), "999 B");
  assert.equal(showSize(12_400_000), "12.4 MB");
  assert.equal(showSize(456_000), "456 kB");
});

test("axis ticks are round, within the range, and survive an empty one", () => {
  assert.deepEqual(ticks(0, 1), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(ticks(0, 1200, 6), [0, 200, 400, 600, 800, 1000, 1200]);
  assert.deepEqual(ticks(-0.3, 0.3, 3), [-0.2, 0, 0.2]);
  assert.deepEqual(ticks(4, 4), [4]);
});

test("long names are cut by characters, not by UTF-16 units", () => {
  assert.equal(shorten("short", 5), "short");
  assert.equal(shorten("😀😀😀😀", 3), "😀😀…");
});

test("names that begin alike are cut in the middle", () => {
  const names = ["Class number 11", "Class number 12", "Another name of a class", "Class"];
  assert.deepEqual(shortenApart(names, 11), ["Class…er 11", "Class…er 12", "Another na…", "Class"]);
});

test("every refusal says what to do", () => {
  for (const status of [400, 403, 404, 409, 429, 500]) assert.match(errorText(status), /again|Reload|Ask/);
  assert.match(errorText(502), /502/);
});
