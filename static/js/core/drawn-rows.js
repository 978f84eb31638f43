/**
 * The rows of a long list that are drawn. A row that shows what it did stays where it is, the same element: one that
 * is taken out while somebody presses on it would never be clicked.
 */
export class DrawnRows {
  #space;
  /** @type {Map<string, HTMLElement>} */
  #drawn = new Map();

  /** @param {HTMLElement} space what holds them, and nothing else */
  constructor(space) {
    this.#space = space;
  }

  /** @param {[string, () => HTMLElement][]} rows in order: what each shows, as no other does, and how it is made */
  show(rows) {
    const wanted = new Map(rows.map(([shown, make]) => [shown, this.#drawn.get(shown) ?? make()]));
    for (const [shown, row] of this.#drawn) if (!wanted.has(shown)) row.remove();
    let next = this.#space.firstChild;
    for (const row of wanted.values()) {
      if (row === next) next = row.nextSibling;
      else this.#space.insertBefore(row, next);
    }
    this.#drawn = wanted;
  }
}
