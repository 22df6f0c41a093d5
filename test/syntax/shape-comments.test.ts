// Shape comments: made-up examples of every form that public model code uses, weighed by how often it uses them (a scan of 3,351 files: 3,075
// shape comments, 492 docstrings), and what looks like a shape and is none.
import assert from 'node:assert/strict';
import test from 'node:test';
import { readShapeComment } from '../../server/syntax/shapes/comments.ts';
import { readDocstring } from '../../server/syntax/shapes/docstrings.ts';
import { formatStatedDims, type ShapeStatement } from '../../server/syntax/shapes/statement.ts';

const render = (shapes: readonly ShapeStatement[]): string => shapes.map(({ name, role, dims }) => `${name === undefined ? '' : `${name} `}${role === 'unspecified' ? '' : `${role} `}${formatStatedDims(dims)}`).join('; ');

type Example = readonly [comment: string, expected: string];
/** A form, how many comments use it, and examples. */
type Form = readonly [form: string, weight: number, ...examples: readonly Example[]];

const tables: Readonly<Record<string, readonly Form[]>> = {
  bracket: [
    ['()', 1953, ['(B, T, C)', '(B, T, C)'], ['(B,)', '(B,)']],
    ['[]', 1300, ['[b, c, h, w]', '(b, c, h, w)'], ['[batch_size, seq_len]', '(batch_size, seq_len)'], ['[batch_size]', '(batch_size,)']],
    ['none', 377, ['N x C x H x W', '(N, C, H, W)'], ['B, L, D', '(B, L, D)'], ['NCHW', '(N, C, H, W)']],
  ],
  separator: [
    ['comma', 3396, ['(B, C)', '(B, C)'], ['shape: B, T, C', '(B, T, C)']],
    ['cross', 115, ['64x32x32', '(64, 32, 32)'], ['B × T × D', '(B, T, D)'], ['BxCxHxW', '(B, C, H, W)'], ['N x 3 x 224 x 224', '(N, 3, 224, 224)'], ['N*C*H*W', '(N, C, H, W)']],
    ['glued', 61, ['NHWC', '(N, H, W, C)'], ['convert to NCHW', '(N, C, H, W)'], ['BTC -> BCT', 'input (B, T, C); output (B, C, T)']],
    ['space', 31, ['B H W C', '(B, H, W, C)'], ['b n d -> b d n', 'input (b, n, d); output (b, d, n)'], ['b c h w -> b (h w) c', 'input (b, c, h, w); output (b, h*w, c)'], ['shape: batch time channels', '(batch, time, channels)']],
    ['space in brackets', 20, ['(b n d)', '(b, n, d)'], ['(b (h w) c)', '(b, h*w, c)']],
    ['cross in brackets', 7, ['(B x T x D)', '(B, T, D)'], ['[N×C]', '(N, C)']],
  ],
  dimensions: [
    ['words', 1113, ['(batch_size, seq_len, hidden)', '(batch_size, seq_len, hidden)'], ['[batch size, src len, hid dim]', '(batch_size, src_len, hid_dim)'], ['(num_tokens, emb_size)', '(num_tokens, emb_size)'],
      ['(batch, color_channels, height, width)', '(batch, color_channels, height, width)'], ['(bs, time_step, n_nodes)', '(bs, time_step, n_nodes)'], ['(n_token, d_k)', '(n_token, d_k)']],
    ['capitals', 585, ['(B, N, D)', '(B, N, D)'], ['(S, E)', '(S, E)'], ['(K1, K2)', '(K1, K2)'], ['(U, M, P)', '(U, M, P)']],
    ['words, arithmetic', 348, ['(batch * heads, seq_len, dim // 2)', '(batch*heads, seq_len, dim//2)'], ['(num_layers * num_directions, batch, hidden_size)', '(num_layers*num_directions, batch, hidden_size)'], ['[n layers * n directions, batch size, hid dim]', '(n_layers*n_directions, batch_size, hid_dim)'], ['(batch, tokens = h * w, dim)', '(batch, h*w, dim)']],
    ['words and numbers', 264, ['(batch, 3, height, width)', '(batch, 3, height, width)'], ['(batch_size, 1)', '(batch_size, 1)'], ['[bs, vocab=1000]', '(bs, 1000)']],
    ['letters without brackets', 201, ['B, L, C', '(B, L, C)'], ['x: B, C, H, W', 'x (B, C, H, W)'], ['b, n, d', '(b, n, d)'], ['B, H*W, C', '(B, H*W, C)']],
    ['numbers', 191, ['-> [16, 10, 10]', 'output (16, 10, 10)'], ['shape: (32, 10)', '(32, 10)'], ['(1, 28, 28) -> (32, 26, 26)', 'input (1, 28, 28); output (32, 26, 26)']],
    ['capitals and numbers', 157, ['(B, 1, H, W)', '(B, 1, H, W)'], ['[N, 64]', '(N, 64)']],
    ['capitals, arithmetic', 142, ['(B, H*W, C)', '(B, H*W, C)'], ['(B, C, H/4, W/4)', '(B, C, H//4, W//4)'], ['(B, 2C, H\', W\')', '(B, 2*C, H\', W\')'], ['(N, L, p^2 * 3)', '(N, L, p**2*3)'], ['(B, (H/8)*(W/8), C)', '(B, H//8*(W//8), C)'],
      ['(B, HxW, C)', '(B, H*W, C)'], ['(B·T, C_feat)', '(B*T, C_feat)']],
    ['small letters', 88, ['(b, n, d)', '(b, n, d)'], ['[b, t]', '(b, t)'], ['(n, l, c)', '(n, l, c)']],
    ['mixed case', 81, ['(B, nh, T, hs)', '(B, nh, T, hs)'], ['(B, nW, Mh*Mw, C)', '(B, nW, Mh*Mw, C)'], ['(N, Lq, Lk)', '(N, Lq, Lk)'], ['(n_w, p_h, p_w)', '(n_w, p_h, p_w)']],
    ['mixed case, arithmetic', 66, ['(nW*B, Mh*Mw, C)', '(nW*B, Mh*Mw, C)']],
    ['layout word', 61, ['NHWC -> NCHW', 'input (N, H, W, C); output (N, C, H, W)']],
    ['numbers with crosses', 59, ['32x32x16 -> 16x16x32', 'input (32, 32, 16); output (16, 16, 32)'], ['28 x 28 x 1', '(28, 28, 1)'], ['28x28 -> 14x14', 'input (28, 28); output (14, 14)']],
    ['letters and numbers with crosses', 56, ['N x 16 x H x W', '(N, 16, H, W)'], ['B x N x (H*W)', '(B, N, H*W)'], ['(ngf*8) x 4 x 4', '(ngf*8, 4, 4)'], ['C x H/2 x W/2', '(C, H//2, W//2)']],
    ['None and numbers', 52, ['(None, 7, 7, 64)', '(?, 7, 7, 64)'], ['[None, 10]', '(?, 10)']],
    ['words and numbers, arithmetic', 42, ['(batch, 1, seq_len + 1)', '(batch, 1, seq_len + 1)']],
    ['small letters and numbers', 18, ['(b, 1, t, t)', '(b, 1, t, t)'], ['(n, 3)', '(n, 3)']],
    ['mixed case and numbers', 18, ['(nW, 49, 49)', '(nW, 49, 49)']],
    ['mixed case and numbers, arithmetic', 18, ['(B*nW, 4*Mh, 3)', '(B*nW, 4*Mh, 3)']],
    ['capitals, ellipsis', 17, ['(..., D)', '(..., D)'], ['(N, *, C)', '(N, ..., C)']],
    ['capitals and numbers, arithmetic', 15, ['(B, 3*C, 1)', '(B, 3*C, 1)']],
    ['small letters, arithmetic', 6, ['(b*h, n, d)', '(b*h, n, d)']],
    ['small letters and numbers, ellipsis', 5, ['(..., n, 3)', '(..., n, 3)']],
    ['words, ellipsis', 8, ['(..., num_heads, head_dim)', '(..., num_heads, head_dim)'], ['(*batch, 2 * dim)', '(..., 2*dim)']],
    ['capitals and numbers, ellipsis', 7, ['(..., 3, N)', '(..., 3, N)'], ['(..., 2*N)', '(..., 2*N)']],
    ['torch.Size', 3, ['torch.Size([32, 10])', '(32, 10)'], ['torch.Size([1, 3, 224, 224])', '(1, 3, 224, 224)']],
    ['others', 6, ['(..., nH)', '(..., nH)'], ['(b, 2*n, 4)', '(b, 2*n, 4)']],
  ],
  'what comes before': [
    ['bracket', 1220, ['(B, T, C)', '(B, T, C)'], ['[B, T] after masking', '(B, T)']],
    ['shape word', 695, ['shape: (B, T, C)', '(B, T, C)'], ['Shape (batch, seq_len)', '(batch, seq_len)'], ['x shape: [B, C]', 'x (B, C)'], ['output size (batch, 10)', 'output output (batch, 10)'], ['of shape [B, N]', '(B, N)'],
      ['x.shape = (B, T)', 'x (B, T)'], ['the shape of scores is (B, H, T, T)', 'scores (B, H, T, T)'], ['x has shape (B, T)', 'x (B, T)']],
    ['prose', 549, ['split heads to (B, H, N, D)', '(B, H, N, D)'], ['add an axis for broadcasting: [B, 1, T]', '(B, 1, T)'], ['now it is (batch, heads, tokens)', '(batch, heads, tokens)']],
    ['no bracket', 377, ['B x T x C', '(B, T, C)'], ['hidden: N x D', 'hidden (N, D)']],
    ['name and colon', 141, ['x: (B, T, C)', 'x (B, T, C)'], ['q, k, v: (B, nh, T, hs)', 'q (B, nh, T, hs); k (B, nh, T, hs); v (B, nh, T, hs)'], ['query: [B, T, C], mask: [B, T]', 'query (B, T, C); mask (B, T)'], ['self.weight: (C_out, C_in)', 'weight (C_out, C_in)']],
    ['one word', 72, ['out (B, T, C)', 'out output (B, T, C)'], ['logits [B, V]', 'logits (B, V)'], ['reshape (B, N, C)', '(B, N, C)']],
    ['arrow', 16, ['-> (B, T, C)', 'output (B, T, C)'], ['=> [B, 10]', 'output (B, 10)']],
    ['name and equals', 5, ['q = [B, H, N, D]', 'q (B, H, N, D)'], ['src = [src len, batch size]', 'src (src_len, batch_size)']],
  ],
  groups: [
    ['1', 2578, ['(B, T)', '(B, T)']],
    ['2', 444, ['(B, C, H, W) -> (B, H*W, C)', 'input (B, C, H, W); output (B, H*W, C)'], ['x: (B, T) -> (B, T, C)', 'x input (B, T); x output (B, T, C)'], ['(N, C, L) or (C, L)', '(N, C, L); (C, L)'], ['from (B, T) to (B, T, C)', 'input (B, T); output (B, T, C)']],
    ['3 or more', 53, ['(B, N, D) @ (B, D, N) -> (B, N, N)', 'input (B, N, D); input (B, D, N); output (B, N, N)'], ['(B, C) -> (B, C, 1) -> (B, C, T)', 'input (B, C); (B, C, 1); output (B, C, T)'], ['(B, T), (B, S) -> (B, T, S)', 'input (B, T); input (B, S); output (B, T, S)']],
  ],
  arrows: [
    ['->', 477, ['(B, C) -> (B, D)', 'input (B, C); output (B, D)'], ['from (B, C) by two layers -> (B, D)', 'input (B, C); output (B, D)']],
    ['-->', 66, ['[B, C] --> [B, D]', 'input (B, C); output (B, D)']],
    ['→', 44, ['(B, C) → (B, D)', 'input (B, C); output (B, D)']],
    ['=>', 35, ['[B, C] => [B, D]', 'input (B, C); output (B, D)']],
    ['==>', 2, ['(B, C) ==> (B, D)', 'input (B, C); output (B, D)']],
  ],
};

for (const [title, forms] of Object.entries(tables)) {
  test(`shape comments by ${title}: at least nine in ten, by weight`, () => {
    let [read, all] = [0, 0];
    const wrong: string[] = [];
    for (const [, weight, ...examples] of forms) {
      for (const [comment, expected] of examples) {
        const found = render(readShapeComment(` ${comment}`));
        const right = found === expected;
        if (!right) wrong.push(`${comment}\n    read ${found}\n    meant ${expected}`);
        all += weight / examples.length;
        if (right) read += weight / examples.length;
      }
    }
    assert.deepEqual(wrong, []);
    assert.ok(read / all >= 0.9, `${(100 * read / all).toFixed(1)} %`);
  });
}

const docstrings: readonly Form[] = [
  ['() with comma', 1065,
    ['Args:\n    x (torch.Tensor): images of shape (B, C, H, W).\n    mask: attention mask (B, T)\nReturns:\n    torch.Tensor: (B, N, D)', 'x input (B, C, H, W); mask input (B, T); output (B, N, D)'],
    ['x: (B, T, C)\ny: (B, T)', 'x (B, T, C); y (B, T)'],
    ['Shape:\n    - Input: :math:`(N, C_{in}, L_{in})`\n    - Output: :math:`(N, C_{out}, L_{out})`', 'input (N, C_in, L_in); output (N, C_out, L_out)'],
    ['Parameters\n----------\nx : torch.Tensor\n    Tokens, shape (batch, seq_len).\n\nReturns\n-------\ny : Tensor of shape (batch, seq_len, dim)', 'x input (batch, seq_len); y output (batch, seq_len, dim)'],
    [':param x: tensor of shape (B, T)\n:param Tensor mask: (B, 1, T)\n:return: (B, T, C)', 'x input (B, T); mask input (B, 1, T); output (B, T, C)'],
    ['Input: (N, C, H, W)\nOutput: (N, K)', 'input (N, C, H, W); output (N, K)'],
    ['Computes attention.\n\nArgs:\n    q, k (Tensor): both\n        (B, H, T, D)\n    scale (float): a factor\n', 'q input (B, H, T, D); k input (B, H, T, D)'],
    ['Args:\nx (Tensor): states of shape (batch, hidden)\nn (int): how many\n\nReturns:\nTensor: shape is (batch, n)', 'x input (batch, hidden); output (batch, n)'],
    ['@param x (Tensor): shape (B, C, N)\n@returns y (Tensor): of shape (B, N, C)', 'x input (B, C, N); y output (B, N, C)'],
    ['Outputs:\n    - scores - [batch, n_clusters]\n    - z - [batch, n_z]', 'scores output (batch, n_clusters); z output (batch, n_z)'],
    ['The input is expected to have shape\n(batch, channels, time).', '(batch, channels, time)']],
  ['[] with comma', 536,
    ['Inputs:\n    feats: [batch_size, num_points, 3]\nOutputs:\n    [batch_size, num_classes]', 'feats input (batch_size, num_points, 3); output (batch_size, num_classes)'],
    ['Args:\n  hidden (Tensor[B, N, D]): states', 'hidden input (B, N, D)'],
    ['Input:\n    xyz: points, [B, N, 3]\nReturn:\n    new_xyz: [B, S, 3]', 'xyz input (B, N, 3); new_xyz output (B, S, 3)']],
  ['cross', 65, ['Args:\n    h: :math:`(D * \\text{num\\_layers}, N, H_{out})`', 'h input (D*num_layers, N, H_out)'], ['Args:\n    x: B x C x H x W tensor', 'x input (B, C, H, W)'], ['Return: N x K matrix', 'output (N, K)']],
  ['glued', 48, ['Args:\n    x: images, NCHW', 'x input (N, C, H, W)'], ['x: BCHW', 'x (B, C, H, W)']],
  ['bare comma', 34, ['Args:\n    x: B, T, C\n', 'x input (B, T, C)']],
  ['[] with cross', 9, ['x: [B x T x C]', 'x (B, T, C)']],
  ['() with cross', 2, ['x: (B x T x C)', 'x (B, T, C)']],
];

test('docstrings: at least nine in ten, by weight', () => {
  let [read, all] = [0, 0];
  const wrong: string[] = [];
  for (const [, weight, ...examples] of docstrings) {
    for (const [text, expected] of examples) {
      const found = render(readDocstring(text));
      if (found !== expected) wrong.push(`${text}\n    read ${found}\n    meant ${expected}`);
      else read += weight / examples.length;
      all += weight / examples.length;
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(read / all >= 0.9, `${(100 * read / all).toFixed(1)} %`);
});

const noShapes = [
  // Windows, factors and images
  '3x3 conv', '3x3 conv, 64 filters', '64 3x3 filters', '1x1 convolution', '2x2 max pool', '3x3x3 conv', 'kernel size (3, 3)', 'kernel (K, K)', 'stride (2, 2), padding (1, 1)', '2x upsampling', '4 x 4 patches',
  'image size (224, 224)', '224x224 images', '1920x1080', '8 x N layers', 'scale by 2x2', 'kernel=2x2 -> 5',
  // Numbers
  '[32, 64, 128]', '(64, 128, 256) channels per stage', 'dims [64, 128]', '(0, 1)', 'values in [0, 1]', 'range [-1, 1]', 'labels in [0, N)', 'labels from [0, C - 1]', 'in (0, T)', 'mean (0.485, 0.456, 0.406)', '(1, 2)',
  'see [12]', '[1] Smith et al. (2017)', 'weights [1/2, 1/4]', '(2021)', '0.1 * (1, 2)', 'v1.2.3', '[0, 1, 2, ...]',
  // Indices and coordinates
  '(i, j)', 'element (i, j, k)', '(x, y)', '(x1, y1, x2, y2)', '[x, y, w, h]', '(row, col)', 'x[:, 0]', 'x[b, t]', 'x[..., 0]', 'a[i, :]', 'x.shape[0]', 'x.shape[1:]', '(h, c)', '(q, k, v)', '(R, G, B)', 'RGB', '(u, v)', '(k, v)',
  // Prose
  '(see above)', '(b v? c t? h w)', '(left, right)', '(optional)', '(mean, std)', 'returns (output, state)', 'loss, accuracy', '(a, b)', '(foo, bar)', 'the tensor(s)', 'TODO (John, Mary)', 'FIXME: next text', '(Adam, SGD)', 'CNN, RNN, MLP', 'Text', '(train, test)',
  'x = Tensor([1, 2, 3])', 'numel=N*H*W', 'TBD', '(RFC 3986)', 'see GH#12, GH#13', '0x1A -> END OF TEXT (ETX)', '8 rows x 16 chars', 'Exp', 'XXX', '(no header, no footer)', 'ndarray[Any, float]', 'U, W', '(2 wide_t)',
  'a list of (image, label)', '(key, value)', "('PR', 'ROC')", 'keys ["batch", "model"]', '(default: None)', '(N)', '(C) 2020 the authors', 'Copyright (C) 2020, A, B', 'NLP', 'BERT', 'only NHWC is supported', 'e.g., i.e.',
  // Code and messages to tools
  'x = self.conv(x)', 'x = x.view(B, C, H * W)', 'B, T, C = x.shape', 'torch.randn(B, T, C)', 'self.fc = nn.Linear(512, 10)', 'for i in range(B): (B, T)', 'if x.shape == (B, C):', 'return f(B, C)', 'print(B, C)', 'assert x.shape == (B, C)',
  'x = self.conv(x)  # (B, C, H, W)', 'x = x + y.mean  (B, C)', 'type: (Tensor, int) -> Tensor', 'type: ignore[B, C]', 'noqa: E501, B, C', 'pylint: disable=C, R', 'inlayer: ignore[shape-mismatch]', '(int, int) -> int', 'def f(B, C): return (B, C)',
  'img_size = (224, 224)', 'h, w = 32, 32', 'n = B * T', 'import B, C', 'lambda (x, y): x',
];

test('what is no shape is not read', () => {
  const read = noShapes.map((comment) => [comment, render(readShapeComment(` ${comment}`))]).filter(([, shapes]) => shapes !== '');
  assert.deepEqual(read, []);
});

test('docstrings: what is no shape is not read', () => {
  const texts = [
    'Args:\n    kernel_size (int, tuple): (3, 3)\n    p (float): probability in (0, 1)\n    normalize (bool, optional): whether\n',
    'Example:\n    >>> x = torch.randn(B, T, C)\n    >>> f(x).shape  # (B, T, C)\n    torch.Size([2, 3])\n',
    'Examples::\n\n    model(x)  # (B, T, C)\n\n',
    'Raises:\n    ValueError: when (B, T) differ\n',
    'Implements the model of Smith et al. (2017), see [12] and (A, B).',
    'Returns:\n    A tuple (output, hidden).',
  ];
  assert.deepEqual(texts.map((text) => render(readDocstring(text))).filter((shapes) => shapes !== ''), []);
});

test('known names make more certain who is meant', () => {
  const names = new Set(['x', 'mask', 'img']);
  const table: readonly Example[] = [
    ['x: (1, 3, 224, 224)', 'x (1, 3, 224, 224)'],
    ['stride: (2, 2)', ''],
    ['the input x of shape (B, T)', 'x input (B, T)'],
    ['expects x (B, T), mask (B, 1, T)', 'x input (B, T); mask (B, 1, T)'],
  ];
  for (const [comment, expected] of table) assert.equal(render(readShapeComment(comment, { names })), expected, comment);
});

test('places are those of the brackets in the text', () => {
  const text = ' x: (B, T) -> B x T x C';
  assert.deepEqual(readShapeComment(text).map(({ start, end }) => text.slice(start, end)), ['(B, T)', 'B x T x C']);
  const docstring = 'Say.\n\n  Args:\n    x: [B, T]\n';
  assert.deepEqual(readDocstring(docstring).map(({ start, end }) => docstring.slice(start, end)), ['[B, T]']);
});

test('junk is read in linear time and never throws', () => {
  for (const text of ['('.repeat(3000), '[B, '.repeat(900), '(B, T) -> '.repeat(390), 'x '.repeat(1900), '\\'.repeat(300), 'B_{'.repeat(900), '((B, T), '.repeat(400), '1x'.repeat(1500)]) {
    const before = performance.now();
    readShapeComment(text);
    readDocstring(text);
    assert.ok(performance.now() - before < 1500, text.slice(0, 20));
  }
});
