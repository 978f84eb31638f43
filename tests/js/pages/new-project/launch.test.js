import assert from "node:assert/strict";
import test from "node:test";
import { Launch } from "../../../../static/js/pages/new-project/launch.js";
import { ApiError } from "../../../../static/js/ui/api.js";

globalThis.document = { querySelector: () => null };

/**
 * A server that keeps its promise about keys, behind a connection that loses what it is told to.
 * @param {string[]} lost "answer" or "request", one for each POST that goes wrong
 */
function serve(lost) {
  const made = new Map();
  const log = [];
  globalThis.fetch = async (url, { method, headers, body }) => {
    const asked = { method, url, body: body ? JSON.parse(body) : null };
    const trouble = method === "POST" ? lost.shift() : undefined;
    if (trouble === "request") throw new TypeError("lost");
    log.push(asked);
    if (trouble === "refuse")
      return new Response(JSON.stringify({ error: { message: "No." } }), { status: 400 });
    const key = headers["Idempotency-Key"] ?? `none ${log.length}`;
    const known = made.get(key) ?? { id: String(made.size + 1), body };
    if (known.body !== body) return new Response("{}", { status: 422 });
    made.set(key, known);
    if (trouble === "answer") throw new TypeError("lost");
    return new Response(JSON.stringify({ id: known.id }), { status: 201 });
  };
  return { log, projects: () => [...made.keys()].filter((key) => key.endsWith("/api/v1/projects/")) };
}

const order = (more = {}) => ({
  name: "First",
  organization: "",
  organizationName: "",
  ontology: { media: [], fields: [] },
  guideline: "",
  settings: { overlap: 1 },
  people: [],
  files: [],
  pictures: false,
  live: false,
  ...more,
});
const failsWith = (status) => (error) => error instanceof ApiError && error.status === status;

test("it works: one request makes the project", async () => {
  const { log, projects } = serve([]);
  const { project } = await new Launch(() => {}).run(order());
  assert.equal(project, "1");
  assert.equal(projects().length, 1);
  assert.equal(log.length, 1);
});

test("a lost answer leaves no second project, also when the page has changed meanwhile", async () => {
  const { log, projects } = serve(["answer"]);
  const launch = new Launch(() => {});
  await assert.rejects(launch.run(order()), failsWith(0));
  const { project } = await launch.run(order({ name: "Second" }));
  assert.equal(project, "1");
  assert.equal(projects().length, 1);
  assert.deepEqual(
    log.map(({ method, url }) => `${method} ${url}`),
    ["POST /api/v1/projects/", "POST /api/v1/projects/", "PATCH /api/v1/projects/1/"],
  );
  assert.equal(log.at(-1).body.name, "Second");
});

test("a request that never arrived is sent again", async () => {
  const { projects } = serve(["request"]);
  const launch = new Launch(() => {});
  await assert.rejects(launch.run(order()), failsWith(0));
  await launch.run(order());
  assert.equal(projects().length, 1);
});

test("what was refused is asked anew as it stands now", async () => {
  const { log } = serve(["refuse"]);
  const launch = new Launch(() => {});
  await assert.rejects(launch.run(order({ name: "" })), failsWith(400));
  await launch.run(order({ name: "Mended" }));
  assert.equal(log.length, 2);
  assert.equal(log[1].body.name, "Mended");
});

test("the organization is not made twice either", async () => {
  const { log } = serve(["answer"]);
  const launch = new Launch(() => {});
  await assert.rejects(launch.run(order({ organizationName: "Ours" })), failsWith(0));
  await launch.run(order({ organizationName: "Ours" }));
  const organizations = log.filter(({ url }) => url === "/api/v1/organizations/");
  assert.equal(organizations.length, 2, "asked twice, with one key");
  assert.equal(log.at(-1).body.organization, "1");
});
