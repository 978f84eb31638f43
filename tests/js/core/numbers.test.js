import assert from "node:assert/strict";
import { test } from "node:test";

import { grouped } from "../../../static/js/core/numbers.js";

test("whole numbers read as the browser's English", () => {
  for (const count of [0, 7, 999, 1000, 12_345, 100_000, 1_234_567, -1, -999, -1000, -1_234_567])
    assert.equal(grouped(count), count.toLocaleString("en"));
});
