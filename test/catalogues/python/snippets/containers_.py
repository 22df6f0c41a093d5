from oracle import show, fails
a = [3, 1, 2]
a.append(4); a.extend([5, 6]); a.insert(0, 0); a.insert(-1, 9); a.insert(100, 7)
show(a, len(a), a.pop(), a.pop(0), a, a.index(2), a.count(3))
a.remove(9); a.reverse(); show(a); a.sort(); show(a); a.sort(reverse=True); show(a); a.sort(key=lambda v: v % 3); show(a)
b = a.copy(); b.clear(); show(a, b, a[1:3], a[-1], a[::2], a[5:2:-1])
a[0] = 'x'; a[1:3] = [10, 20, 30]; show(a); del a[0]; show(a); del a[1:3]; show(a); a += [1]; show(a); a *= 2; show(a)
a[::2] = [0] * len(a[::2]); show(a)
fails(lambda: [1][3])
fails(lambda: [].pop())
fails(lambda: [1].remove(2))
fails(lambda: [1].index(2))
fails(lambda: [1]['a'])
fails(lambda: [1].foo)
fails(lambda: (1, 2)[2])
fails(lambda: sorted([1, 'a']))
show([1, 2] + [3], [0] * 3, [[0] * 2] * 2, 2 in [1, 2], [1, 2] == [1, 2], [1] != [2], (1, 2) + (3,), (1,) * 3, (1, 2).index(2), (1, 1).count(1))
d = {'a': 1, 'b': 2}
show(d, d['a'], d.get('z'), d.get('z', 0), d.setdefault('c', 3), d.setdefault('a', 9), d, list(d), list(d.keys()), list(d.values()), list(d.items()), len(d))
show(d.pop('a'), d.pop('zz', None), d, 'b' in d, 'a' in d, d.popitem(), d)
d.update({'x': 1}, y=2); d.update([('z', 3)]); show(d); d |= {'q': 1}; show(d, {'a': 1} | {'b': 2}); del d['x']; show(d)
show(dict(a=1), dict([('a', 1)]), dict({'a': 1}, b=2), dict(zip('ab', [1, 2])), dict.fromkeys('ab'), dict.fromkeys([1, 2], 0), {**{'a': 1}, 'b': 2}, {k: v for k, v in [('a', 1)]})
fails(lambda: {}['x'])
fails(lambda: {'a': 1}['b'])
fails(lambda: {}.pop('x'))
fails(lambda: {[1]: 2})
fails(lambda: {}.popitem())
d.clear(); show(d, {1: 'a', 1.0: 'b', True: 'c'}, {(1, 2): 3}[1, 2], {None: 1}[None], {'a': 1} == {'a': 1}, {'a': 1, 'b': 2} == {'b': 2, 'a': 1})
s = {1}
s.add(2); s.discard(5); s.remove(1); show(s, 2 in s, len(s)); s.update([2]); show(s)
show(sorted({1, 2} | {3}), {1, 2} & {2}, {1, 2} - {2}, sorted({1, 2} ^ {2, 3}), {1} <= {1, 2}, {1} < {1}, {1, 2}.issubset([1, 2, 3]), {1}.isdisjoint({2}), {1, 2}.union([3]) == {1, 2, 3}, frozenset([1]), {1, 2} == {2, 1}, sorted({3, 1, 2}))
fails(lambda: {1}.remove(2))
fails(lambda: {1}[0])
show(list(enumerate('ab')), list(enumerate('ab', 1)), list(zip([1, 2], 'ab', [True, False])), list(zip([1, 2, 3], 'ab')), list(map(lambda v: v + 1, [1, 2])), list(map(max, [1, 5], [3, 2])), list(filter(None, [0, 1, '', 'a'])), list(filter(lambda v: v > 1, [1, 2])), list(reversed([1, 2])), list(reversed('ab')), list(reversed(range(3))))
fails(lambda: list(zip([1], [1, 2], strict=True)))
show(all([]), any([]), all([1, 0]), any([0, 1]), all(v > 0 for v in [1, 2]), sorted([3, 1], reverse=True), sorted('ba', key=ord), sorted({'b': 1, 'a': 2}), sum(v for v in range(4)))
it = iter([1, 2, 3])
show(next(it), next(it), list(it), next(it, 'end'))
fails(lambda: next(it))
g = (v * v for v in range(3))
show(list(g), list(g))
e = enumerate(['x', 'y'])
show(next(e), list(e))
first, *rest = [1, 2, 3]
*init, last = (1, 2, 3)
(p, q), r = (1, 2), 3
show(first, rest, init, last, p, q, r)
show(list((1, 2)), tuple([1, 2]), list({'a': 1}), set([1]), list(), tuple(), dict(), [*range(3), *'a'], (*[1], 2), {*[1], 1})
show([v for v in range(10) if v % 2 == 0], [(i, j) for i in range(2) for j in range(2)], {v % 2 for v in [0, 2]}, [[c for c in row] for row in ['ab', 'c']], {i: i ** 2 for i in range(3)})
show(slice(1, 2), slice(3), [0, 1, 2, 3][slice(1, 3)], slice(1, None).indices(5), [1, 2, 3][-2:], [1, 2, 3][:-1], [1, 2, 3][10:], (1, 2, 3)[::-1])
show([1, [2, 3]], (1,), ((), []), {'a': [1, {'b': None}]}, [None, True, ...], [1.0, -0.5, 1e20], ['a', "b'"])
nested = {'model': {'layers': [64, 128], 'act': 'relu'}}
nested['model']['layers'].append(256); nested['model'].update(act='gelu'); show(nested, nested['model']['layers'][-1], nested.get('x', {}).get('y'))
x = [1, 2, 3]; y = x; y.append(4); z = x[:]; z.append(5); show(x, y, z, x is y, x == z)
m = [[0] * 2 for _ in range(2)]; m[0][0] = 1; show(m); m2 = [[0] * 2] * 2; m2[0][0] = 1; show(m2)
class L(list): pass
l = L([1, 2]); l.append(3); show(len(l), list(l), l[0], isinstance(l, list), isinstance(l, L), l == [1, 2, 3])
class D(dict):
    def __missing__(self, key):
        return key * 2
dd = D(a=1); show(dd['a'], dd['b'], isinstance(dd, dict), list(dd.items()))
class S(str): pass
show(S('ab') + 'c', S('ab').upper(), isinstance(S('a'), str), S('a') == 'a', {'a': 1}[S('a')])
class I(int): pass
show(I(3) + 1, I(3) == 3, [1, 2, 3, 4][I(2)], isinstance(I(1), int))
