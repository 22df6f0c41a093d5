// The notices that are packaged name every bundled package with its licence, none of which forbids it; the lock file is exact.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { allowedLicences, bundledPackages, noticesFile, noticesText } from './support/notices.ts';

test('the third-party notices are those of the bundled packages', async () => {
  const packages = await bundledPackages();
  const names = packages.map(({ name }) => name);
  for (const name of ['@zzzen/pyright-internal', 'vscode-languageserver', 'vscode-languageclient', '@dagrejs/dagre', 'uplot', '@tensorflow/tfjs-core', '@jsquash/jpeg']) assert.ok(names.includes(name), `${name} in ${names.join(', ')}`);
  assert.deepEqual(packages.filter(({ licence }) => !allowedLicences.includes(licence)).map(({ name, licence }) => `${name}: ${licence}`), []);
  const wanted = noticesText(packages);
  if (process.env['INLAYER_GENERATE'] !== undefined) writeFileSync(noticesFile, wanted);
  assert.equal(existsSync(noticesFile) ? readFileSync(noticesFile, 'utf8') : '', wanted, 'run `npm run generate`');
});

test('versions are exact, in the manifest as in the lock file', () => {
  interface Lock { readonly packages: Readonly<Record<string, { readonly version?: string; readonly integrity?: string; readonly link?: boolean; readonly devDependencies?: Readonly<Record<string, string>> }>> }
  for (const folder of ['.', 'test/editor/host']) {
    const manifest = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as { dependencies?: Record<string, string>; devDependencies?: Record<string, string> };
    const asked = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    assert.deepEqual(asked.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)), [], folder);
    const lock = JSON.parse(readFileSync(`${folder}/package-lock.json`, 'utf8')) as Lock;
    const locked = Object.entries(lock.packages).filter(([name]) => name !== '');
    assert.deepEqual(locked.filter(([, one]) => one.link !== true && one.integrity === undefined).map(([name]) => name), [], `${folder}: without a checksum`);
    assert.deepEqual(asked.filter(([name, version]) => lock.packages[`node_modules/${name}`]?.version !== version), [], `${folder}: other than locked`);
    assert.doesNotMatch(readFileSync(`${folder}/package-lock.json`, 'utf8'), /"resolved": "https?:\/\/(?!registry\.npmjs\.org\/)/, `${folder}: from another registry`);
  }
});
