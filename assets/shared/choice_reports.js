// What a figure tells Python of its reader's choice, and which of Python's answers say something new.
const REST_MS = 350;

export class ChoiceReports {
  constructor() {
    this.unanswered = []; // what Python was told and has not answered yet
  }

  /** Whether Python chose something else than it was told: then the figure follows, and else the choice on screen stays. */
  isNews(choice) {
    const asked = JSON.stringify(choice);
    const answered = this.unanswered.lastIndexOf(asked);
    const news = answered < 0 && asked !== this.asked;
    this.unanswered.splice(0, answered + 1);
    this.asked = asked;
    return news;
  }

  /** Tell Python, for the link and the charts, once the choice rests; `read` gives it with the keys that `isNews` gets. */
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
