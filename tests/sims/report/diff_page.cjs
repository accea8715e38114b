// The page that `eyeriss-vp diff --html` makes, in a browser: scenarios take the page and both results folders.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { readable, charts_have_content, tab_order } = require('../../browser/page_checks.cjs');

const layers = (folder) => JSON.parse(fs.readFileSync(path.join(folder, 'summary.json'), 'utf8')).layers;

module.exports = {
  async the_chart_has_content_and_the_page_is_readable(tools, page) {
    for (const width of [1280, 390]) {
      const shown = await tools.open(pathToFileURL(page).href, width);
      await charts_have_content(shown, tools, ['causes-chart']);
      await readable(shown, tools, width);
    }
  },

  async cycles_of_both_runs_stand_beside_each_other({ open, assert }, page, a, b) {
    const shown = await open(pathToFileURL(page).href);
    const rows = await shown.locator('#layers-table tbody tr').evaluateAll((all) => all.map((row) =>
      ['cycles_a', 'cycles_b', 'change'].map((key) => Number(row.querySelector(`[data-key="${key}"]`).dataset.value))));
    const before = layers(a).map((l) => l.cycles);
    const after = layers(b).map((l) => l.cycles);
    assert.deepEqual(rows, before.map((cycles, i) => [cycles, after[i], after[i] - cycles]));
  },

  async what_was_changed_is_listed({ open, assert }, page) {
    const shown = await open(pathToFileURL(page).href);
    assert.match(await shown.locator('#parameters-table').innerText(), /dram\.model\s+ideal\s+bandwidth/);
  },

  async all_controls_are_reached_by_key({ open, assert }, page) {
    const order = await tab_order(await open(pathToFileURL(page).href));
    const reached = new Set(order.map((at) => at.id));
    for (const id of ['csv', 'change', '#totals', 'layers-table']) assert.ok(reached.has(id), `Tab reaches ${id}`);
    assert.deepEqual(order.filter((at) => !at.outline), []);
  },
};
