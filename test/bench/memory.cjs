// Loaded before the server (node --expose-gc --require): on SIGUSR2 it collects garbage and appends what memory is in use to the file INLAYER_MEMORY.
const { appendFileSync } = require('node:fs');

process.on('SIGUSR2', () => {
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  appendFileSync(process.env.INLAYER_MEMORY, `${JSON.stringify({ used: heapUsed + external, resident: rss })}\n`);
});
