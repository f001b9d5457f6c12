import { start } from './harness.mjs';
const lab = await start();
const c = await lab.browser.newContext({viewport:{width:1280,height:900}}); const p = await c.newPage();
p.on('console', m => console.log(m.type(), m.text())); p.on('pageerror', e => console.log('ERR', e.stack));
await p.goto(lab.url + process.argv[2]); await new Promise(r=>setTimeout(r, +process.argv[3]||5000));
console.log(await p.locator('bellhop-lab .lab').innerText().catch(e=>e.message));
await p.screenshot({path:'/tmp/look.png'});
await lab.close();
