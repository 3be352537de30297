// The settings in the page's link: there at once, and there again where something older was written over them.
import { PARAMETERS, linkOf } from "./settings.js";

/** @import { Exploration } from "./exploration.js" */

export class Link {
  /** @param {Exploration} exploration */
  constructor(exploration) {
    this.exploration = exploration;
    this.path = location.pathname;
    this.write = () => this.follow();
    globalThis.navigation?.addEventListener("currententrychange", this.write);
  }

  close() {
    globalThis.navigation?.removeEventListener("currententrychange", this.write);
  }

  /** Make the link say what is shown, unless the page is being left. */
  follow() {
    const { data, wanted } = this.exploration;
    if (!data || location.pathname !== this.path) return;
    const url = new URL(location.href);
    const link = linkOf(wanted, data.defaults, data.layers[0].prefix[0]);
    for (const name of PARAMETERS) {
      const value = link[name];
      if (value === null) url.searchParams.delete(name);
      else url.searchParams.set(name, value);
    }
    if (url.search !== location.search) history.replaceState(history.state, "", url);
  }
}
