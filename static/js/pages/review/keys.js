import { pageKeys } from "../../ui/page.js";
import { dialogIsOpen } from "./dialogs.js";

/** Key, what it does, what people read. */
const QUEUE = /** @type {const} */ ([
  ["a", "accept", "Accept"],
  ["r", "reject", "Reject"],
  [["j", "ArrowDown"], "next", "Next"],
  [["k", "ArrowUp"], "previous", "Previous"],
  ["x", "toggle-selected", "Select this entry"],
  ["Shift+A", "accept-selected", "Accept all selected"],
  ["Mod+z", "undo", "Take the last verdict back"],
  ["b", "toggle-all", "Difference only, or all answers"],
  ["d", "decide", "Decide the task"],
]);
const BOTH = /** @type {const} */ ([
  ["e", "edit", "Edit"],
  ["n", "next-region", "Select the next region"],
  ["Shift+N", "previous-region", "Select the previous region"],
  ["c", "comment", "Comment on the task"],
]);

/**
 * The page's keys sleep while an answer is edited (then the labeling component's are awake) and below dialogs.
 * @param {{act: (name: string) => void, pick: (place: number) => void, stage: import('./stage.js').Stage,
 *   deciding: import('./deciding.js').Deciding, reviewing: import('./reviewing.js').Reviewing, canDecide: boolean}} parts
 */
export function bindKeys({ act, pick, stage, deciding, reviewing, canDecide }) {
  const free = () => !stage.editing && !dialogIsOpen();
  const inQueue = () => free() && deciding.payload === null;
  const inTask = () => free() && deciding.payload !== null;
  const judgeable = new Set(["accept", "reject", "edit"]);
  const isJudged = () =>
    reviewing.payload?.answers.some(({ id, judged }) => id === reviewing.payload?.subject && judged) ?? false;
  const bind = (
    /** @type {readonly string[] | string} */ keys,
    /** @type {string} */ name,
    /** @type {string} */ title,
    /** @type {() => boolean} */ when,
  ) =>
    pageKeys.bind([keys].flat(), () => act(name), {
      id: `review.${name}`,
      title,
      group: "Review",
      repeat: name === "next" || name === "previous",
      when: () => when() && !(judgeable.has(name) && isJudged()),
    });
  for (const [keys, name, title] of QUEUE)
    if (name !== "decide" || canDecide) bind(keys, name, title, inQueue);
  for (const [keys, name, title] of BOTH) bind(keys, name, title, free);
  bind("Enter", "settle", "Make the picked answer final", inTask);
  for (let place = 1; place <= 9; place += 1) {
    pageKeys.bind(String(place), () => pick(place), {
      id: `review.pick.${place}`,
      title: `Pick answer ${place}`,
      group: "Review",
      when: inTask,
      hidden: place > 5,
    });
  }
}
