// What the reader has set, for all figures of a page: the link follows, and Python is told afterwards.
import { Redrawn } from "./redrawn.js";
import { fitted } from "./settings.js";

/** @import { ExplorerData } from "./exploration.js" */
/** @import { Settings } from "./settings.js" */

/** Those that a link says of its own picture and model alone. */
const FOREIGN = /** @type {const} */ (["pin", "heads", "box", "like", "key"]);

export class Chosen extends Redrawn {
  /** @type {ExplorerData} */ data;
  /** As the reader set them. @type {Settings} */ wanted;
  /** As far as the model has them. @type {Settings} */ settings;
  /** Called with every change that is the reader's. @type {Set<(changes: Partial<Settings>) => void>} */ listeners = new Set();
  /** Settings of a link that wait while something stands in for what it speaks of. @type {Set<string>} */ waiting = new Set();
  version = -1;

  /**
   * What Python gives. Of settings it takes those over that are newer than the reader's.
   *
   * @param {ExplorerData} data
   */
  adopt(data) {
    if (this.version < 0 || !this.wanted) this.wanted = data.settings;
    else if (data.version > this.version) this.wanted = { ...this.wanted, ...data.changes };
    this.version = Math.max(this.version, data.version);
    if (!data.standsIn) this.waiting.clear();
    else if (!this.data?.standsIn) this.waiting = new Set(FOREIGN);
    this.data = data;
    this.settings = this.fitted();
  }

  /**
   * The reader set something.
   *
   * @param {Partial<Settings>} changes
   */
  set(changes) {
    this.take(changes);
    this.redraw();
    for (const listener of this.listeners) listener(changes);
  }

  /**
   * Follow an owner who draws by itself: nobody is told.
   *
   * @param {Partial<Settings>} changes
   */
  take(changes) {
    this.wanted = { ...this.wanted, ...changes };
    for (const name of Object.keys(changes)) this.waiting.delete(name);
    this.settings = this.fitted();
    this.forgetFound();
  }

  /** The settings as far as there is something to show for them. */
  fitted() {
    const without = Object.fromEntries([...this.waiting].map((name) => [name, null]));
    return fitted({ ...this.wanted, ...without }, this.data.layers);
  }

  isThere() {
    return this.data !== undefined;
  }
}
