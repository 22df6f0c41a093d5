// The Python environment by its layout on disk, on file systems in memory: virtual environments, conda, Debian, Windows, `.pth`
// files and editable installs; and what a workspace of strangers may not lead to.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Environment, EnvironmentFiles, EnvironmentHints } from '../../server/workspace/environment.ts';
import { findEnvironment } from '../../server/workspace/environment.ts';

/** Files by path; a text that begins with `-> ` is a link. */
function disk(files: Readonly<Record<string, string>>): EnvironmentFiles & { readonly read: string[] } {
  const read: string[] = [];
  const links = Object.entries(files).filter(([, text]) => text.startsWith('-> ')).map(([name, text]) => [name, text.slice(3)] as const);
  const resolve = (path: string): string => {
    let at = path.replaceAll('\\', '/');
    for (let rounds = 0; rounds < 10; rounds += 1) {
      const link = links.find(([name]) => at === name || at.startsWith(`${name}/`));
      if (link === undefined) break;
      at = link[1] + at.slice(link[0].length);
    }
    return at;
  };
  const listFolder: EnvironmentFiles['listFolder'] = (path) => {
    const prefix = `${resolve(path).replace(/\/$/, '')}/`, names = new Map<string, boolean>();
    for (const file of Object.keys(files)) {
      if (!file.startsWith(prefix)) continue;
      const [name = '', ...rest] = file.slice(prefix.length).split('/');
      names.set(name, rest.length > 0 || (files[file]?.startsWith('-> ') === true && listFolder(file) !== undefined));
    }
    return names.size === 0 ? undefined : [...names].map(([name, isFolder]) => ({ name, isFolder }));
  };
  return {
    read, listFolder,
    readText: (path) => { read.push(path); const text = files[resolve(path)]; return text?.startsWith('-> ') === true ? undefined : text; },
    realPath: (path) => { const real = resolve(path); return files[real] !== undefined || listFolder(real) !== undefined ? real : undefined; },
  };
}

function find(files: Readonly<Record<string, string>>, hints: Partial<EnvironmentHints> = {}): Environment | undefined {
  return findEnvironment(disk(files), { folders: ['/work'], variables: {}, ...hints });
}

const torch = 'site-packages/torch/__init__.py';
const venv = { '/work/.venv/pyvenv.cfg': 'home = /usr/bin\nversion = 3.11.4\n', [`/work/.venv/lib/python3.11/${torch}`]: '' };
const system = { '/usr/bin/python3': '-> /usr/bin/python3.11', '/usr/bin/python3.11': '', '/usr/lib/python3/dist-packages/numpy/__init__.py': '', '/usr/local/lib/python3.11/dist-packages/six.py': '', '/usr/lib/python3.11/os.py': '' };

test('a virtual environment in the workspace', () => {
  const found = find({ ...venv, ...system }, { variables: { PATH: '/usr/bin', VIRTUAL_ENV: '/elsewhere' } });
  assert.deepEqual([found?.foundBy, found?.prefix, found?.version, found?.complete], ['workspace', '/work/.venv', '3.11', true]);
  assert.deepEqual(found?.folders, ['/work/.venv/lib/python3.11/site-packages']);
  assert.deepEqual(found?.readable, found?.folders);
  // The version that the configuration names, when several stand there; the newest without one.
  const several = { [`/work/venv/lib/python3.9/${torch}`]: '', [`/work/venv/lib/python3.12/${torch}`]: '', [`/work/venv/lib64/python3.9/${torch}`]: '' };
  assert.deepEqual(find({ ...several, '/work/venv/pyvenv.cfg': 'version_info = 3.9.2.final.0' })?.folders, ['/work/venv/lib/python3.9/site-packages', '/work/venv/lib64/python3.9/site-packages']);
  assert.deepEqual(find({ ...several, '/work/venv/pyvenv.cfg': '' })?.folders, ['/work/venv/lib/python3.12/site-packages']);
  // `lib64` is mostly a link to `lib`; a folder without `pyvenv.cfg` is any folder.
  assert.deepEqual(find({ ...venv, '/work/.venv/lib64': '-> /work/.venv/lib' })?.folders, found?.folders);
  assert.equal(find({ [`/work/venv/lib/python3.11/${torch}`]: '' }), undefined);
});

test('the order: setting, editor, workspace, active, PATH', () => {
  const all = { ...venv, ...system, [`/a/lib/python3.10/${torch}`]: '', '/a/bin/python': '', [`/b/lib/python3.10/${torch}`]: '', '/b/pyvenv.cfg': '', [`/c/lib/python3.10/${torch}`]: '', [`/d/lib/python3.10/${torch}`]: '', '/d/bin/python3': '' };
  const hints = { interpreter: '/a/bin/python', variables: { VIRTUAL_ENV: '/b', CONDA_PREFIX: '/c', PATH: '/nowhere:/d/bin:/usr/bin' } };
  const by = (given: Partial<EnvironmentHints>, folders = ['/work']): unknown => { const found = find(all, { folders, ...given }); return [found?.foundBy, found?.prefix]; };
  assert.deepEqual(by({ ...hints, setting: '/b' }), ['setting', '/b']);
  assert.deepEqual(by({ ...hints, setting: '.venv' }), ['setting', '/work/.venv']);
  assert.deepEqual(by({ ...hints, setting: '/missing' }), [undefined, undefined], 'a setting that leads nowhere is not replaced by something else');
  assert.deepEqual(by(hints), ['editor', '/a']);
  assert.deepEqual(by({ variables: hints.variables }), ['workspace', '/work/.venv']);
  assert.deepEqual(by({ variables: hints.variables }, ['/other']), ['VIRTUAL_ENV', '/b']);
  assert.deepEqual(by({ variables: { ...hints.variables, VIRTUAL_ENV: undefined } }, ['/other']), ['CONDA_PREFIX', '/c']);
  assert.deepEqual(by({ variables: { PATH: hints.variables.PATH } }, ['/other']), ['PATH', '/d']);
});

test('a python3 that is a link is followed to where Python stands', () => {
  const files = { '/opt/bin/python3': '-> /opt/Cellar/python/3.12/bin/python3.12', '/opt/Cellar/python/3.12/bin/python3.12': '', [`/opt/Cellar/python/3.12/lib/python3.12/${torch}`]: '' };
  const found = find(files, { variables: { PATH: '/opt/bin' } });
  assert.deepEqual([found?.prefix, found?.version], ['/opt/Cellar/python/3.12', '3.12']);
});

test("Debian's folders, and packages of the user", () => {
  const found = find({ ...system, '/home/me/.local/lib/python3.11/site-packages/timm/__init__.py': '' }, { variables: { PATH: '/usr/bin', HOME: '/home/me' } });
  assert.deepEqual(found?.folders, ['/home/me/.local/lib/python3.11/site-packages', '/usr/local/lib/python3.11/dist-packages', '/usr/lib/python3/dist-packages']);
});

test("an environment that includes the system's packages", () => {
  const files = { ...venv, ...system, '/work/.venv/pyvenv.cfg': 'home = /usr/bin\ninclude-system-site-packages = true\nversion = 3.11.4' };
  assert.deepEqual(find(files)?.folders, ['/work/.venv/lib/python3.11/site-packages', '/usr/local/lib/python3.11/dist-packages', '/usr/lib/python3/dist-packages']);
});

test('conda and Windows', () => {
  assert.deepEqual(find({ '/conda/envs/ml/conda-meta/history': '', [`/conda/envs/ml/lib/python3.10/${torch}`]: '' }, { variables: { CONDA_PREFIX: '/conda/envs/ml' } })?.folders, ['/conda/envs/ml/lib/python3.10/site-packages']);
  const windows = { 'C:/work/.venv/pyvenv.cfg': 'home = C:\\Python311\r\nversion = 3.11.4\r\n', 'C:/work/.venv/Lib/site-packages/torch/__init__.py': '', 'C:/work/.venv/Scripts/python.exe': '', 'C:/Python311/python.exe': '', 'C:/Python311/Lib/site-packages/six.py': '' };
  assert.deepEqual(find(windows, { folders: ['C:\\work'], isWindows: true })?.folders, ['C:/work/.venv/Lib/site-packages']);
  assert.deepEqual(find(windows, { folders: [], isWindows: true, interpreter: 'C:\\work\\.venv\\Scripts\\python.exe' })?.prefix, 'C:/work/.venv');
  assert.deepEqual(find(windows, { folders: [], isWindows: true, variables: { PATH: 'C:\\Windows;C:\\Python311' } })?.folders, ['C:/Python311/Lib/site-packages']);
});

const own = { '/env/pyvenv.cfg': '', [`/env/lib/python3.11/${torch}`]: '' };
const active = { variables: { VIRTUAL_ENV: '/env' } };

test('path files are read as text: folders are added, import lines are not executed', () => {
  const site = '/env/lib/python3.11/site-packages';
  const found = find({
    ...own, '/home/me/lib/src/mine/__init__.py': '', [`${site}/vendor/x.py`]: '',
    [`${site}/mine.pth`]: '# comment\n/home/me/lib/src\nvendor\n../../../../nowhere\n', [`${site}/distutils-precedence.pth`]: "import os; exec('1')",
  }, active);
  assert.deepEqual(found?.folders, [site, '/home/me/lib/src', `${site}/vendor`]);
  assert.equal(found?.complete, true);
  assert.equal(find({ ...own, [`${site}/strange.pth`]: 'import strange_finder' }, active)?.complete, false);
});

test('editable installs are read off their finders', () => {
  const site = '/env/lib/python3.11/site-packages';
  const found = find({
    ...own,
    [`${site}/__editable__.mine-0.1.pth`]: 'import __editable___mine_0_1_finder; __editable___mine_0_1_finder.install()',
    [`${site}/__editable___mine_0_1_finder.py`]: "from __future__ import annotations\nimport sys\nMAPPING: dict[str, str] = {'mine': '/home/me/mine/src/mine', 'single': '/home/me/mine/single'}\nNAMESPACES: dict[str, list[str]] = {}\nraise SystemExit('never run')\n",
    [`${site}/_other.pth`]: 'import _editable_impl_other',
    [`${site}/_editable_impl_other.py`]: "from editables.redirector import RedirectingFinder as F\nF.install()\nF.map_module('other', '/home/me/other/other/__init__.py')\n",
    [`${site}/__editable___stale_0_1_finder.py`]: "MAPPING = {'stale': '/home/me/stale'}",
    '/home/me/mine/src/mine/__init__.py': '', '/home/me/mine/single.py': '', '/home/me/other/other/__init__.py': '',
  }, active);
  assert.deepEqual([...found?.packages ?? []], [['mine', '/home/me/mine/src/mine'], ['single', '/home/me/mine/single'], ['other', '/home/me/other/other']]);
  assert.deepEqual([found?.complete, found?.readable], [true, [site, '/home/me/mine/src/mine', '/home/me/mine', '/home/me/other/other']]);
});

test('an environment that lies in the workspace leads nowhere else', () => {
  const site = '/work/.venv/lib/python3.11/site-packages';
  const outside = { '/home/me/secret/keys.py': '', '/home/me/secret/pyvenv.cfg': '', '/home/me/secret/lib/python3.11/site-packages/keys.py': '' };
  const found = find({
    ...venv, ...outside, '/work/src/mine/__init__.py': '',
    [`${site}/a.pth`]: '/home/me/secret\n../../../../../home/me/secret\n/work/src\nlinked\n', [`${site}/linked`]: '-> /home/me/secret',
    [`${site}/b.pth`]: 'import __editable___x_finder', [`${site}/__editable___x_finder.py`]: "MAPPING = {'keys': '/home/me/secret/keys', 'mine': '/work/src/mine'}",
  });
  assert.deepEqual(found?.folders, [site, '/work/src']);
  assert.deepEqual([...found?.packages ?? []], [['mine', '/work/src/mine']]);
  assert.deepEqual(found?.readable, [site, '/work/src', '/work/src/mine']);
  assert.equal(find({ '/work/.venv': '-> /home/me/secret', ...outside }), undefined, 'a link out of the workspace');
  assert.equal(find({ '/work/.venv/pyvenv.cfg': '', '/work/.venv/lib': '-> /home/me/secret/lib', ...outside }), undefined);
  assert.equal(find({ '/work/.venv': '-> /home/me/secret', ...outside }, { setting: '.venv' })?.folders.length, undefined, 'nor by the setting');
});

test('only small files that describe an environment are asked for', () => {
  const files = disk({ ...venv, ...system, '/work/.venv/lib/python3.11/site-packages/setup.py': 'x' });
  findEnvironment(files, { folders: ['/work'], variables: { PATH: '/usr/bin' } });
  assert.ok(files.read.every((path) => /pyvenv\.cfg$|\.pth$/.test(path)), files.read.join('\n'));
});
