// Pictures of a report's page for the documentation; scenarios for run.cjs: PAGE FOLDER.
'use strict';
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const sections = { summary: 'report_summary', limits: 'report_bounds', cycles: 'report_cycles', 'over-time': 'report_over_time',
  placement: 'report_mapping' };

module.exports = {
  async sections({ open }, page, folder) {
    const shown = await open(pathToFileURL(page).href, 1000);
    await shown.locator('#time').fill(String(Math.floor(Number(await shown.locator('#time').getAttribute('max')) / 3)));
    await shown.waitForTimeout(500);
    for (const [id, name] of Object.entries(sections)) {
      await shown.locator(`#${id}`).screenshot({ path: path.join(folder, `${name}.png`) });
    }
  },
};
