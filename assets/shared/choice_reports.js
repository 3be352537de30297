// What a figure tells Python of its reader's choice, and which of Python's answers say something new.
const REST_MS = 350;

/** @typedef {Record<string, number | null>} Choice */

export class ChoiceReports {
  constructor() {
    /** @type {string[]} */
    this.unanswered = []; // what Python was told and has not answered yet
    this.asked = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.resting = undefined;
  }

  /**
   * Whether Python chose something else than it was told: then the figure follows, and else the choice on screen stays.
   *
   * @param {Choice} choice
   */
  isNews(choice) {
    const asked = JSON.stringify(choice);
    const answered = this.unanswered.lastIndexOf(asked);
    const news = answered < 0 && asked !== this.asked;
    this.unanswered.splice(0, answered + 1);
    this.asked = asked;
    return news;
  }

  /**
   * Tell Python, for the link and the charts, once the choice rests.
   *
   * @param {() => Choice} read gives it with the keys that `isNews` gets
   * @param {(choice: Choice) => void} send
   */
  soon(read, send) {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      const choice = read();
      const report = JSON.stringify(choice);
      if (report !== (this.unanswered.at(-1) ?? this.asked)) this.unanswered.push(report);
      send(choice);
    }, REST_MS);
  }
}
