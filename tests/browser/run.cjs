// node run.cjs MODULES CHROMIUM SCRIPT SCENARIO [ARGUMENT...]
// Runs one scenario of a script in Chromium. The script exports scenarios({browser, open, axe, assert}, ...ARGUMENTS);
// MODULES is the folder whose node_modules has playwright-core and axe-core. Exits with 1 when an assertion fails, a
// page reports an error, or a page asks for anything that is not its own.
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');

const [modules, chromium, script, scenario, ...rest] = process.argv.slice(2);
const load = createRequire(path.join(path.resolve(modules), 'index.js'));

/** Opens pages and keeps what they complain of. */
function opener(browser, complaints) {
  return async function open(address, width = 1280) {
    const page = await browser.newPage({ viewport: { width, height: 900 }, acceptDownloads: true });
    const home = new URL(address).origin;
    page.on('console', (m) => { if (['error', 'warning'].includes(m.type())) complaints.push(`console ${m.type()}: ${m.text()}`); });
    page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
    page.on('request', (request) => {
      const asked = new URL(request.url());
      const own = asked.href === new URL(address).href || (home !== 'null' && asked.origin === home);
      if (!own && !['data:', 'blob:'].includes(asked.protocol)) complaints.push(`asks for ${asked}`);
    });
    await page.goto(address);
    await page.evaluate(() => window.eyeriss.ready);
    return page;
  };
}

async function main() {
  const scenarios = require(path.resolve(script));
  assert.ok(scenarios[scenario], `${script} has no scenario ${scenario}`);
  const browser = await load('playwright-core').chromium.launch({ executablePath: chromium, args: ['--no-sandbox'] });
  const complaints = [];
  try {
    const axe = fs.readFileSync(load.resolve('axe-core/axe.min.js'), 'utf8');
    await scenarios[scenario]({ browser, open: opener(browser, complaints), axe, assert }, ...rest);
    assert.deepEqual(complaints, [], 'pages complain of nothing and ask for nothing else');
  } finally {
    await browser.close();
  }
}

main().catch((error) => {
  console.error(error.stack);
  process.exit(1);
});
