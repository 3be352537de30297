import assert from "node:assert/strict";
import test from "node:test";
import { ChoiceReports } from "../../assets/shared/choice_reports.js";

test("what Python answers to a choice is no news, and anything else is", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const reports = new ChoiceReports();
  /** @type {unknown[]} */
  const sent = [];
  /** @param {number} row */
  const choose = (row) =>
    reports.soon(
      () => ({ row }),
      (choice) => sent.push(choice),
    );
  assert.ok(reports.isNews({ row: 0 }));
  assert.ok(!reports.isNews({ row: 0 }));
  choose(1);
  choose(2); // before the first has rested
  context.mock.timers.tick(400);
  choose(3);
  context.mock.timers.tick(400);
  assert.deepEqual(sent, [{ row: 2 }, { row: 3 }]);
  assert.ok(!reports.isNews({ row: 2 }), "a late answer does not take the choice back");
  assert.ok(!reports.isNews({ row: 3 }));
  assert.ok(reports.isNews({ row: 5 }));
  assert.ok(reports.isNews({ row: 2 }), "what was answered once is news when Python chooses it again");
});
