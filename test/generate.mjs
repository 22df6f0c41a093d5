// Rewrites what is generated from the rules (the README's table, the manifest's settings): `npm run generate`.
process.env.INLAYER_GENERATE = '1';
process.argv.push('generated');
await import('./run.mjs');
