// Which files import a module, by the lines of their imports, and that a session analyses a model anew when a file that calls it changes.
import assert from 'node:assert/strict';
import test from 'node:test';
import { hintsOf } from '../../server/features/hints.ts';
import { importedNames, makeImporters } from '../../server/workspace/importers.ts';
import { makeSession } from '../../server/workspace/session.ts';
import { memoryHost } from '../support/program.ts';

const pathsOf = (files: Record<string, string>, path: string, folders = ['/w']): string[] => makeImporters(60_000).of(memoryHost(files), folders, path).map((file) => file.path);

test('lines that import', () => {
  assert.deepEqual(importedNames('import a.b as c, d\nfrom .x import (y,  # why\n    z as w)\nfrom .. import m\nfrom q import *\nprint("from the")\n'), ['a.b', 'd', '.x', '.x.y', '.x.z', '..', '..m', 'q']);
});

test('files beside it, in packages, relative ones, and through a package', () => {
  const files = {
    '/w/nets/net.py': '', '/w/nets/__init__.py': 'from .net import Net\n', '/w/nets/other.py': 'from . import net\n', '/w/train.py': 'from nets import Net\n',
    '/w/eval.py': 'import nets.net as net\n', '/w/unrelated.py': 'import torch\n',
  };
  assert.deepEqual(pathsOf(files, '/w/nets/net.py').sort(), ['/w/eval.py', '/w/nets/other.py', '/w/train.py']);
});

test('a module of the same name nearer to the importing file is meant', () => {
  const files = { '/w/a/model.py': '', '/w/b/model.py': '', '/w/b/train.py': 'from model import Net\n' };
  assert.deepEqual(pathsOf(files, '/w/a/model.py'), []);
  assert.deepEqual(pathsOf(files, '/w/b/model.py'), ['/w/b/train.py']);
});

test('programs that train come first, tests last', () => {
  const main = "from net import Net\nif __name__ == '__main__':\n    pass\n";
  const files = { '/w/net.py': '', '/w/tests/test_net.py': 'from net import Net\n', '/w/helper.py': 'from net import Net\n', '/w/train.py': main };
  assert.equal(pathsOf(files, '/w/net.py')[0], '/w/train.py');
});

test('a session runs the calling file, and runs it anew when it changes, comes or goes', () => {
  const model = 'from torch import nn\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.conv = nn.Conv2d(3, 8, 3)\n\n    def forward(self, x):\n        return self.conv(x)\n';
  const train = (size: number): string => `import torch\nfrom net import Net\n\nNet()(torch.rand(2, 3, ${size}, ${size}))\n`;
  const files: Record<string, string> = { '/w/net.py': model };
  const session = makeSession({ hostFor: () => { const disk = memoryHost(files); return { ...disk, readText: (path) => session.textOf(path) ?? disk.readText(path) }; }, foldersFor: () => ['/w'], maximumMilliseconds: 60_000 });
  const last = (): string | undefined => { const analysis = session.analysis('/w/net.py'); return analysis === undefined ? undefined : hintsOf(analysis.trace, '/w/net.py').at(-1)?.text; };
  session.update('/w/net.py', model);
  assert.equal(last(), '(N, 8, H - 2, W - 2)');
  files['/w/train.py'] = train(16);
  assert.deepEqual(session.invalidate('/w/train.py'), ['/w/net.py']);
  assert.equal(last(), '(2, 8, 14, 14)');
  assert.deepEqual(session.update('/w/train.py', train(32)), ['/w/net.py']);
  assert.equal(last(), '(2, 8, 30, 30)');
  assert.deepEqual(session.close('/w/train.py'), ['/w/net.py']);
  delete files['/w/train.py'];
  assert.deepEqual(session.invalidate('/w/train.py'), ['/w/net.py']);
  assert.equal(last(), '(N, 8, H - 2, W - 2)');
});
