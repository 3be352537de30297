// The panel beside the figure. Its blocks keep their elements from one drawing to the next, so that the focus stays.
import { element } from "../figures/elements.js";
import { MatrixTable } from "../matrix_table/view.js";
import { BLOCKS } from "./blocks.js";
import { MOST } from "./link.js";

/** @import { Block, Table } from "./panel_types.js" */
/** @import { LessonState } from "./state.js" */
/** @import { Shows } from "./blocks.js" */

export class Panel {
  /** @type {Map<string, Shows & { kind: string }>} */ shown = new Map();

  /**
   * @param {HTMLElement} root
   * @param {LessonState} state
   */
  constructor(root, state) {
    this.root = root;
    this.state = state;
  }

  close() {
    for (const { close } of this.shown.values()) close?.();
  }

  /** @param {Block[]} blocks */
  show(blocks) {
    for (const [key, { root, close }] of this.shown) {
      if (blocks.some((block) => block.key === key && block.kind === this.shown.get(key)?.kind)) continue;
      close?.();
      root.remove();
      this.shown.delete(key);
    }
    /** @type {Element | null} */
    let last = null;
    for (const block of blocks) {
      const { root, show } = this.blockOf(block);
      if ((last ? last.nextElementSibling : this.root.firstElementChild) !== root) {
        if (last) last.after(root);
        else this.root.prepend(root);
      }
      last = root;
      show(block);
    }
  }

  /** @param {Block} block */
  blockOf(block) {
    const { key, kind } = block;
    const existing = this.shown.get(key);
    if (existing) return existing;
    const created = { ...(kind === "table" ? this.table(block) : BLOCKS[kind]()), kind };
    created.root.dataset.block = key;
    this.shown.set(key, created);
    return created;
  }

  /**
   * @param {Table} first
   * @returns {Shows}
   */
  table(first) {
    const { state } = this;
    const root = element("div");
    let now = first;
    const table = new MatrixTable(root, {
      ...(first.edit ? { edit: (values) => now.edit?.(values) } : {}),
      undo: () => state.undo(now.name),
      reset: () => state.reset([now.name]),
      ...(first.choose ? { choose: (row, column) => now.choose?.(row, column) } : {}),
      ...(first.toggle ? { toggle: (row, column) => now.toggle?.(row, column) } : {}),
    });
    const show = (/** @type {Table} */ block) => {
      now = block;
      table.show({
        name: block.name,
        label: block.label,
        role: block.role,
        rows: block.rows,
        columns: block.columns,
        values: block.values,
        editable: block.edit !== null,
        resizable: block.resizable ?? false,
        maxRows: block.resizable ? MOST.vectors : MOST.width,
        maxColumns: MOST.width,
        marked: block.marked ?? null,
        chosen: block.chosen ?? null,
        blocked: block.blocked ?? null,
        message: state.messages.get(block.name) ?? "",
        canUndo: block.edit !== null && state.canUndo(block.name),
        canReset: block.edit !== null && state.edited(block.name) !== null,
      });
    };
    return { root, show, close: () => table.close() };
  }
}
