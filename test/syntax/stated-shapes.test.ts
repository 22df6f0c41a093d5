// What a function's text states about its parameters, from a directive down to the sizes that its body unpacks; and the symbolic shapes of it.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { FunctionDef, ParsedSource, Statement } from '../../server/syntax/ast.ts';
import { parsePython } from '../../server/syntax/python.ts';
import { formatStatedDims } from '../../server/syntax/shapes/statement.ts';
import { shapesStatedAt, statedFunctionShapes, statedShapes } from '../../server/syntax/shapes/stated.ts';
import { formatShape } from '../../server/tensors/shape.ts';
import { type NamedDims, shapeOfStatement } from '../../server/tensors/stated.ts';

function findFunction(body: readonly Statement[], name: string): FunctionDef | undefined {
  for (const statement of body) {
    if (statement.kind === 'FunctionDef' && statement.name.text === name) return statement;
    const inner = statement.kind === 'ClassDef' || statement.kind === 'FunctionDef' ? findFunction(statement.body, name) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function functionOf(text: string, name = 'forward'): { readonly fn: FunctionDef; readonly source: ParsedSource } {
  const source = parsePython(text);
  const fn = findFunction(source.module.body, name);
  assert.ok(fn, `no ${name}`);
  return { fn, source };
}

const letters: Readonly<Record<string, string>> = { directive: '!', annotation: ':', 'parameter-comment': '#', docstring: '"', 'body-comment': '~', unpacking: '=' };

/** `x #(B, T) =(b, t); mask "(B,)`: each statement behind the sign of its source. */
function stated(text: string): string {
  const { fn, source } = functionOf(text);
  const shapes = statedFunctionShapes(fn, source);
  const show = (list: readonly { readonly source: string; readonly dims: Parameters<typeof formatStatedDims>[0]; readonly elementType?: string | undefined }[]): string =>
    list.map((shape) => `${letters[shape.source] ?? '?'}${formatStatedDims(shape.dims)}${shape.elementType === undefined ? '' : ` ${shape.elementType}`}`).join(' ');
  const parameters = [...shapes.parameters].map(([name, list]) => `${name} ${show(list)}`);
  return [...parameters, ...(shapes.returns.length > 0 ? [`-> ${show(shapes.returns)}`] : [])].join('; ');
}

const table: readonly (readonly [title: string, text: string, expected: string])[] = [
  ['a comment behind the header', 'def forward(self, x):  # x: (B, C, H, W)\n    pass\n', 'x #(B, C, H, W)'],
  ['one without a name', 'def forward(self, x, mask=None):  # (B, T, C)\n    pass\n', 'x #(B, T, C)'],
  ['with an arrow', 'def forward(self, x):  # (B, T) -> (B, T, C)\n    pass\n', 'x #(B, T); -> #(B, T, C)'],
  ['comments at parameters', `def forward(
    self,
    q,  # (B, T, D)
    k: Tensor,  # [B, S, D]
    # (B, T, S)
    mask=None,
):
    pass
`, 'q #(B, T, D); k #(B, S, D); mask #(B, T, S)'],
  ['comments above', '# x: (B, 3, H, W)\n# expects y: (B, N)\ndef forward(self, x, y):\n    pass\n', 'x #(B, 3, H, W); y #(B, N)'],
  ['a docstring', 'def forward(self, x, mask):\n    """Encode.\n\n    Args:\n        x (torch.Tensor): tokens of shape (B, T).\n        mask: (B, 1, 1, T)\n    Returns:\n        (B, T, D)\n    """\n', 'x "(B, T); mask "(B, 1, 1, T); -> "(B, T, D)'],
  ['a docstring without names', 'def forward(self, images):\n    """\n    Input: (N, 3, H, W)\n    Output: (N, K)\n    """\n', 'images "(N, 3, H, W); -> "(N, K)'],
  ['the docstring of the class', 'class M(nn.Module):\n    """Says.\n\n    Shape:\n        - Input: :math:`(N, C, L)`\n        - Output: :math:`(N, C, L)`\n    """\n    def forward(self, x):\n        return x\n', 'x "(N, C, L); -> "(N, C, L)'],
  ['alternatives', 'def forward(self, x, y):\n    """Input: (N, C, L) or (C, L)"""\n', 'x "(N, C, L) "(C, L)'],
  ['comments at the beginning of the body', 'def forward(self, x):\n    # x: (B, C, H, W)\n    x = self.conv(x)\n    # x: (B, D, H, W)\n    x = self.norm(x)\n', 'x ~(B, C, H, W)'],
  ['an arrow behind the first statement', 'def forward(self, x):\n    x = self.embed(x)  # (B, T) -> (B, T, C)\n    x = self.more(x)  # (B, T, C) -> (B, C)\n', 'x ~(B, T)'],
  ['a result is not the input', 'def forward(self, x):\n    x = self.conv(x)  # (B, 64, H, W)\n', ''],
  ['sizes that are unpacked', 'def forward(self, x):\n    b, t, _ = x.shape\n', 'x =(b, t, ?)'],
  ['and what they contradict', 'def forward(self, x):  # (B, C, H, W)\n    b, t, c = x.size()  # (B, T, C)\n', 'x ~(B, T, C) =(b, t, c)'],
  ['the last axes', 'def forward(self, x):\n    h, w = x.shape[-2:]\n', 'x =(..., h, w)'],
  ['only before the name is bound again', 'def forward(self, x):\n    x = self.a(x)\n    b, t, c = x.shape\n', ''],
  ['ranks that are asserted', 'def forward(self, x):\n    assert x.dim() == 4, "images"\n    b, c, h, w = x.shape\n', 'x =(?, ?, ?, ?)'],
  ['einops', "def forward(self, x):\n    y = self.norm(rearrange(x, 'b (h p1) (w p2) c -> b (h w) (p1 p2 c)', p1=4))\n", 'x =(b, h*p1, w*p2, c)'],
  ['jaxtyping', 'def forward(self, x: Float[Tensor, "batch 3 h w"], y: Optional[Int[torch.Tensor, "*b n-1"]] = None) -> Float[Tensor, "batch 10"]:\n    pass\n', 'x :(batch, 3, h, w) Float; y :(..., n - 1) Int; -> :(batch, 10) Float'],
  ['jaxtyping in quotes, with a union', "def forward(self, x: \"Float[Tensor, 'b #c _ t=3'] | None\"):\n    pass\n", 'x :(b, ?, ?, 3) Float'],
  ['torchtyping', 'def forward(self, x: TensorType["batch", "channels": 4, -1, float], y: TensorType[..., 3]):\n    pass\n', 'x :(batch, 4, ?) float; y :(..., 3)'],
  ['other annotations', 'def forward(self, x: Annotated[Tensor, "B T C"], y: Tensor, z: List[int], w: Tensor["B C"]):\n    pass\n', 'x :(B, T, C); w :(B, C)'],
  ['a directive above', '# inlayer: input (1, 3, 224, 224)\ndef forward(self, x, mask=None):\n    pass\n', 'x !(1, 3, 224, 224)'],
  ['a directive with names and types', 'def forward(self, tokens, mask=None):\n    # inlayer: input mask=(2, 8), tokens=(2, 8) int64\n    return self.f(tokens)\n', 'mask !(2, 8); tokens !(2, 8) int64'],
  ['two inputs in order', 'def forward(self, a, b):  # inlayer: input (2, 3) int64, (B, 4)\n    pass\n', 'a !(2, 3) int64; b !(B, 4)'],
  ['a directive of the class', 'class M(nn.Module):  # inlayer: input (1, 8)\n    def other(self, x):\n        # inlayer: input (1, 9)\n        pass\n    def forward(self, x):\n        return x\n', 'x !(1, 8)'],
  ['a directive of the file', '# inlayer: input (1, 1, 28, 28)\n\nimport torch\n\nclass A:\n    # inlayer: input (5, 5)\n    def f(self, x):\n        pass\n\nclass M(nn.Module):\n    def forward(self, x):\n        return x\n', 'x !(1, 1, 28, 28)'],
  ['the nearest directive', '# inlayer: input (1, 1)\n\n# inlayer: input (2, 2)\nclass M:\n    # inlayer: input (3, 3)\n    def forward(self, x):\n        return x\n', 'x !(3, 3)'],
  ['somebody else\'s directive', '# inlayer: input (2, 2)\nclass A:\n    pass\n\nclass M:\n    def forward(self, x):\n        return x\n', ''],
  ['in order of trust', `def forward(self, x: Float[Tensor, "a b"]):  # (c, d)
    """
    x: (e, f)
    """
    # x: (g, h)
    i, j = x.shape
`, 'x :(a, b) Float #(c, d) "(e, f) ~(g, h) =(i, j)'],
  ['nothing', 'def forward(self, x):\n    """Runs the model (see above)."""\n    return self.net(x)  # x[0]\n', ''],
  ['several parameters on one line', 'def forward(self, src, tgt, n=3):\n    # src: (S, B), tgt: (T, B)\n    return self.f(src, tgt)\n', 'src ~(S, B); tgt ~(T, B)'],
];

for (const [title, text, expected] of table) {
  test(`stated shapes: ${title}`, () => assert.equal(stated(text), expected));
}

test('offsets are those of the source', () => {
  const text = 'class M:\n    def forward(self, x):\n        """Says.\n\n        x: (B, T)\n        """\n        # x: [B, T]\n        b, t = x.shape  # B x T\n';
  const { fn, source } = functionOf(text);
  assert.deepEqual(statedShapes(fn, source).get('x')?.map(({ start, end }) => text.slice(start, end)), ['(B, T)', '[B, T]', 'B x T', 'b, t = x.shape']);
});

test('comments at a statement tell of what it binds', () => {
  const text = 'y = f(x)  # (B, T) -> (B, T, C)\n# z: (B, C)\nz = g(y)\nw = h(z)  # y: (B, 1)\n';
  const source = parsePython(text);
  const shown = source.module.body.map((statement, index) => shapesStatedAt(statement, new Set(['y', 'z', 'w'].slice(index, index + 1)), source).map((shape) => formatStatedDims(shape.dims)).join(' '));
  assert.deepEqual(shown, ['(B, T, C)', '(B, C)', '']);
});

test('statements become symbolic shapes that share their names', () => {
  const { fn, source } = functionOf('def forward(self, q, k, v):\n    """\n    q: (B, H*W, C)\n    k: (B, (H//2)*(W/2), 2C)\n    v: (..., C + 1)\n    """\n');
  const names: NamedDims = new Map();
  const shapes = [...statedShapes(fn, source).values()].map(([first]) => shapeOfStatement(first?.dims ?? [], names));
  assert.deepEqual(shapes.map(formatShape), ['(B, H*W, C)', '(B, (H//2)*(W//2), 2*C)', '?']);
  assert.deepEqual([...names.keys()], ['B', 'H', 'W', 'C']);
  assert.equal(shapes[0]?.dims?.[0], shapes[1]?.dims?.[0]);
  assert.equal(formatShape(shapeOfStatement([{ kind: 'ellipsis' }, { kind: 'name', name: 'C' }], names, 3)), '(?, ?, C)');
});
