// Pictures of the pages for the documentation; scenarios for run.cjs: sections PAGE FOLDER, live PROGRAM OUT FOLDER.
'use strict';
const { spawn } = require('node:child_process');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const sections = { summary: 'report_summary', limits: 'report_bounds', cycles: 'report_cycles', 'over-time': 'report_over_time',
  placement: 'report_mapping' };

module.exports = {
  async sections({ open }, page, folder) {
    const shown = await open(pathToFileURL(page).href, 1000);
    await shown.locator('#time').fill(String(Math.floor(Number(await shown.locator('#time').getAttribute('max')) / 3)));
    await shown.waitForTimeout(500);
    await shown.evaluate(() => { document.activeElement.blur(); window.scrollTo(0, 0); });
    for (const [id, name] of Object.entries(sections)) {
      const box = await shown.locator(`#${id}`).boundingBox();
      const clip = { x: box.x - 12, y: box.y + 1, width: box.width + 24, height: box.height + 8 };
      await shown.screenshot({ path: path.join(folder, `${name}.png`), clip, fullPage: true });
    }
  },

  /** A run held after two thirds of its layers. */
  async live({ open }, program, out, folder) {
    const child = spawn(program, ['run', '--network', 'sparse-mobilenet', '--quiet', '--watch', '--watch-paused', '--out', out],
      { stdio: ['ignore', 'ignore', 'pipe'] });
    try {
      const url = await new Promise((resolve, reject) => {
        let said = '';
        child.stderr.on('data', (text) => {
          said += text;
          const found = said.match(/watch: (http:\S+)\n/);
          if (found) resolve(found[1]);
        });
        child.on('close', (code) => reject(new Error(`ended with ${code}: ${said}`)));
      });
      const shown = await open(url, 1000);
      const held_at = (layer) => shown.waitForFunction((n) =>
        document.getElementById('live-state').textContent.startsWith(`Paused: layer ${n} of`), layer);
      for (let layer = 1; layer <= 20; ++layer) {
        await held_at(layer);
        if (layer < 20) await shown.click('#live-step');
      }
      await shown.evaluate(() => window.eyeriss.ready);
      await shown.waitForTimeout(1000);
      const last = await shown.locator('#time').getAttribute('max');
      await shown.locator('#time').fill(last);
      await shown.evaluate(() => {
        for (const id of ['limits', 'cycles', 'placement', 'power', 'table', 'origin']) document.getElementById(id).hidden = true;
      });
      await shown.screenshot({ path: path.join(folder, 'live.png'), fullPage: true });
    } finally {
      child.kill('SIGKILL');
    }
  },
};
