// The section of a report that says what each limit costs; arguments: PAGE RESULTS.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { readable } = require(path.join(__dirname, '..', '..', 'browser', 'page_checks.cjs'));

const summary_of = (folder) => JSON.parse(fs.readFileSync(path.join(folder, 'summary.json'), 'utf8'));

module.exports = {
  async each_limit_has_bars_for_the_run_and_for_the_accelerator({ open, assert }, page, folder) {
    const shown = await open(pathToFileURL(page).href);
    const { what_if, cycles_accelerator } = summary_of(folder);
    const expected = what_if.limits.flatMap((l) => [l.speed_up, cycles_accelerator / l.cycles_accelerator]).map((v) => v.toFixed(3));
    const labels = await shown.locator('#what-if-chart svg .mark-text.role-mark text').allTextContents();
    assert.deepEqual([...labels].sort(), [...expected].sort());
    const rows = await shown.locator('#what-if-table tbody tr').allTextContents();
    assert.equal(rows.length, what_if.limits.length);
    what_if.limits.forEach((l, i) => assert.ok(rows[i].replaceAll(',', '').includes(`${l.ideal}${l.cycles}${l.speed_up.toFixed(3)}`), rows[i]));
    assert.ok(await shown.locator('#to-what-if').isVisible());
  },

  async it_is_readable_at_1280_and_at_390_px({ open, axe, assert }, page) {
    for (const width of [1280, 390]) await readable(await open(pathToFileURL(page).href, width), { axe, assert }, width);
  },
};
