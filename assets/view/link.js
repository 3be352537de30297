// The settings in the page's link: there at once, and there again where something older was written over them.

/** Parameters as text, all that are the settings'; null where one is to be left out. @typedef {Record<string, string | null>} Said */

export class Link {
  /** @param {() => Said | null} said null while there is nothing to say */
  constructor(said) {
    this.said = said;
    this.path = location.pathname;
    this.write = () => this.follow();
    globalThis.navigation?.addEventListener("currententrychange", this.write);
  }

  close() {
    globalThis.navigation?.removeEventListener("currententrychange", this.write);
  }

  /** Make the link say what is shown, unless the page is being left. */
  follow() {
    const said = this.said();
    if (!said || location.pathname !== this.path) return;
    const url = new URL(location.href);
    for (const [name, value] of Object.entries(said)) {
      if (value === null) url.searchParams.delete(name);
      else url.searchParams.set(name, value);
    }
    if (url.search !== location.search) history.replaceState(history.state, "", url);
  }
}
