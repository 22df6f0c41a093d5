from oracle import show, fails
import os
import os.path as osp
import re
import json
import argparse
import string
import textwrap
import csv
import io
import random
import sys
from pathlib import Path
show(os.path.join('a', 'b', '/c', 'd'), os.path.join('a/', 'b'), os.path.join('', 'x'), osp.basename('/a/b.txt'), osp.dirname('/a/b.txt'), osp.splitext('a/b.tar.gz'), osp.splitext('.bashrc'), osp.split('/a/b'), osp.normpath('a//b/../c/./d'), osp.isabs('/a'), osp.abspath('/a/../b'), osp.sep, osp.dirname('a'), osp.basename('a/'), osp.normpath('/../a'), osp.normpath(''))
p = Path('data') / 'train' / 'x.tar.gz'
show(p, p.name, p.stem, p.suffix, p.suffixes, p.parent, p.parts, str(p), p.with_suffix('.zip'), p.with_name('y'), p.parent.parent, Path('/a/b').parts, Path('a', 'b') == Path('a/b'), f'{p}', p.is_absolute(), Path('a//b/./c'), Path('.'), Path('a').joinpath('b', 'c'), '/r' / Path('x'), [str(q) for q in Path('/a/b/c').parents], [str(q) for q in Path('a/b').parents], Path('a/b').as_posix(), Path('x').parent)
show(os.path.exists('data.json'), os.path.isfile('data.json'), Path('data.json').exists(), os.path.isdir('.'))
with open('data.json') as f:
    cfg = json.load(f)
show(cfg, cfg['layers'][0]['units'], json.loads('{"a": [1, 2.0, null, true, "x\\u00e9"]}'), json.loads('1e3'), json.loads('"s"'), json.loads(' [] '))
try:
    json.loads('{bad')
except ValueError as e:
    show('not JSON')
show(json.dumps({'a': [1, 2.5, None, True], 'b': 'é"'}), json.dumps([1, {'x': ()}], indent=2), json.dumps({'b': 1, 'a': 2}, sort_keys=True), json.dumps({'a': 1}, separators=(',', ':')), json.dumps({}), json.dumps([], indent=2), json.dumps({1: 2, None: 3}), json.dumps('é', ensure_ascii=False))
show(Path('data.json').read_text().split()[0], open('table.csv').readlines()[0], open('table.csv').read().count('\n'), [line.strip() for line in open('table.csv')][1])
with open('table.csv', newline='') as f:
    rows = list(csv.reader(f))
show(rows, len(rows))
with open('table.csv') as f:
    reader = csv.DictReader(f)
    show(reader.fieldnames, [r['label'] for r in reader])
show(list(csv.reader(io.StringIO('a,"b,c",d\n1,2,3'))), io.StringIO('x\ny').readline())
parser = argparse.ArgumentParser(description='x', formatter_class=argparse.ArgumentDefaultsHelpFormatter)
parser.add_argument('--lr', type=float, default=1e-3, help='rate')
parser.add_argument('--batch-size', '-b', type=int, default='32')
parser.add_argument('--name', default='net')
parser.add_argument('--flag', action='store_true')
parser.add_argument('--no-flag', dest='other', action='store_false')
parser.add_argument('--sizes', nargs='+', type=int, default=[1, 2])
parser.add_argument('--opt')
parser.add_argument('rest', nargs='*')
group = parser.add_argument_group('g')
group.add_argument('--in-group', default=5)
parser.set_defaults(extra='e')
args = parser.parse_args([])
show(args.lr, args.batch_size, args.name, args.flag, args.other, args.sizes, args.opt, args.rest, args.in_group, args.extra, sorted(vars(args)))
args2 = parser.parse_args(['--lr', '0.1', '-b', '8', '--flag', '--sizes', '3', '4', '--name=q'])
show(args2.lr, args2.batch_size, args2.flag, args2.sizes, args2.name)
fails(lambda: args.nothing)
known, others = parser.parse_known_args([])
show(known.lr, argparse.Namespace(a=1).a, argparse.Namespace(a=1, b='x'))
show(re.sub(r'\d+', '#', 'a1b22'), re.findall(r'[a-z]+', 'ab1cd'), re.findall(r'(\w)(\d)', 'a1b2'), re.match(r'(\w+)-(\d+)', 'abc-12').groups(), re.match('x', 'abc'), re.search('b', 'abc').start(), re.split(r'[,;]\s*', 'a, b;c'), re.fullmatch(r'\d+', '12').group(), re.compile(r'(?P<n>\d+)').search('a12').group('n'), re.sub(r'(\w+) (\w+)', r'\2 \1', 'a b'), re.sub('a', lambda m: m.group().upper(), 'aba'), re.escape('a.b-c'), re.match(r'^layer(\d)\.(.*)$', 'layer2.conv1').group(1), bool(re.match('(?i)ABC', 'abc')), re.findall('a.c', 'abc\na\nc'), re.sub('x*', '-', 'abxd'), re.split('(,)', 'a,b'), re.compile('a', re.I).sub('b', 'Aa'), re.search(r'(\d+)$', 'img12\n').span(), re.sub('b', 'x', 'abbb', count=2), re.match('(a)(b)?', 'a').groups(), re.search('(?P<y>.)(?P<z>.)', 'ab').groupdict(), re.findall(r'\bfoo\b', 'foo food'), re.sub(r'([a-z])([A-Z])', r'\1_\2', 'camelCase').lower())
show(string.ascii_lowercase, string.digits, string.punctuation, textwrap.dedent('  a\n    b\n'))
random.seed(0)
show(type(random.random()), len(random.sample(range(10), 3)))  # unknown
r = [1, 2, 3]
random.shuffle(r)
show(len(r), random.choice([5, 5]), random.randint(3, 3))  # unknown
show(sys.version_info >= (3, 8), sys.version_info.major, sys.version_info[0], sys.version_info > (4,))
fails(lambda: sys.exit(0))
show(os.environ.get('NOT_THERE_X', 'd'))  # unknown
import logging, warnings, time
log = logging.getLogger(__name__)
log.info('x'); logging.basicConfig(level=logging.INFO); warnings.warn('w'); show(logging.DEBUG)
start = time.time()
show(time.time() - start >= 0)  # unknown
import importlib
from importlib import metadata
m = importlib.import_module('math')
show(m.floor(2.5), importlib.import_module('os.path').basename('a/b'), int(os.environ.get('NO_SUCH_RANK', 3)), os.getenv('NO_SUCH', 'x'))
show(sorted(os.listdir('listing')), [len(files) for _, _, files in os.walk('listing')], sorted(str(q) for q in Path('listing').glob('*.txt')), len(list(Path('listing').rglob('*.txt'))), sorted(q.name for q in Path('listing').iterdir()))
import glob
show(sorted(glob.glob('listing/*.txt')), sorted(glob.glob('listing/*/*.txt')), glob.glob('listing/none*'), sorted(glob.glob('listing/**/*.txt', recursive=True)))
