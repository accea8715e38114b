// The live page of a run in a browser; the argument is the program.
'use strict';
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { readable } = require(path.join(__dirname, '..', '..', 'browser', 'page_checks.cjs'));

/** A run that begins paused; `url` is where its page is served, `ended` its exit code. */
async function start(program) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'eyeriss-live-'));
  const child = spawn(program, ['run', '--network', 'lenet5', '--quiet', '--watch', '--watch-paused', '--out', path.join(folder, 'out')],
    { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise((resolve) => { child.on('close', resolve); });
  let said = '';
  const url = await new Promise((resolve, reject) => {
    child.stderr.on('data', (text) => {
      said += text;
      const found = said.match(/watch: (http:\S+)\n/);
      if (found) resolve(found[1]);
    });
    ended.then((code) => reject(new Error(`ended with ${code}: ${said}`)));
  });
  const summary = () => JSON.parse(fs.readFileSync(path.join(folder, 'out', 'summary.json'), 'utf8'));
  const clean = () => {
    child.kill('SIGKILL');
    fs.rmSync(folder, { recursive: true, force: true });
  };
  return { url, ended, summary, clean };
}

const says = (page, text) => page.waitForFunction((wanted) => document.getElementById('live-state').textContent.includes(wanted), text);

module.exports = {
  async two_pages_step_and_finish_a_run({ open, axe, assert }, program) {
    const run = await start(program);
    try {
      const page = await open(run.url);
      const other = await open(run.url, 390);
      await says(page, 'Paused: layer 1 of');
      await page.click('#live-step');
      await says(page, 'Paused: layer 2 of');
      await says(other, 'Paused: layer 2 of');
      const lines = (shown) => shown.locator('#bandwidth svg g.mark-line path').evaluateAll((all) => all.map((p) => p.getAttribute('d')).join());
      await page.waitForFunction(() => document.querySelectorAll('#bandwidth svg g.mark-line path').length > 0);
      await page.evaluate(() => window.eyeriss.ready);
      const first = await lines(page);
      await page.locator('#heat-utilisation svg').waitFor();
      await other.focus('#live-go');
      await other.keyboard.press('Enter');
      for (const each of [page, other]) await says(each, 'Done at');
      assert.equal(await run.ended, 0);
      const summary = run.summary();
      const rows = (shown) => shown.locator('#layers-table tbody tr').allTextContents();
      for (const each of [page, other]) {
        await each.waitForFunction(() => document.getElementById('subtitle').textContent.includes('eyeriss-vp'));
        await each.evaluate(() => window.eyeriss.ready);
        const texts = await rows(each);
        assert.equal(texts.length, summary.layers.length);
        assert.notEqual(await lines(each), first, 'bandwidth over time has grown');
        summary.layers.forEach((layer, i) => assert.ok(texts[i].replace(/[^0-9A-Za-z]/g, '').includes(String(layer.cycles)), texts[i]));
        assert.ok(await each.locator('#live-go').isDisabled());
      }
      await readable(page, { axe, assert }, 1280);
      await readable(other, { axe, assert }, 390);
    } finally {
      run.clean();
    }
  },

  async speed_and_pause_reach_the_run({ open, assert }, program) {
    const run = await start(program);
    try {
      const page = await open(run.url);
      await says(page, 'Paused: layer 1 of');
      await page.selectOption('#live-speed', '10');
      await page.click('#live-go');
      await says(page, 'Running');
      await page.click('#live-pause');
      await says(page, 'Paused');
      await page.selectOption('#live-speed', '0');
      await page.click('#live-go');
      await says(page, 'Done at');
      assert.equal(await run.ended, 0);
    } finally {
      run.clean();
    }
  },
};
