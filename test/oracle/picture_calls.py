# Draws random calls of torchvision's transforms (both versions and their functions), of its small operations and of einops, and writes what
# really happens: test/facts/picture-calls.jsonl, one call a line.
#   python test/oracle/picture_calls.py FILE [--seed N] [--count N]
# Needs torchvision, Pillow and einops. A line is {"o": group, "e": expression, "a": answer}: `T` stands for torchvision.transforms, `V` for v2,
# `F` and `VF` for their functions. An answer is a shape and a type with the ends of the values, a size and a mode, or `!` and the exception.

import argparse
import json
import random
import sys
import warnings

import numpy as np
import torch

from stand_ins_torch import import_vision

vision = import_vision(torch)
if vision is None:
    sys.exit('torchvision is not installed')

import einops  # noqa: E402
import torchvision.ops as ops  # noqa: E402
import torchvision.transforms as T  # noqa: E402
import torchvision.transforms.functional as F  # noqa: E402
import torchvision.transforms.v2 as V  # noqa: E402
import torchvision.transforms.v2.functional as VF  # noqa: E402
import torchvision.utils as utils  # noqa: E402
from einops.layers.torch import EinMix, Rearrange, Reduce  # noqa: E402
from PIL import Image  # noqa: E402

warnings.filterwarnings('ignore')
SCOPE = dict(torch=torch, np=np, Image=Image, T=T, V=V, F=F, VF=VF, ops=ops, utils=utils, einops=einops, EinMix=EinMix, Rearrange=Rearrange, Reduce=Reduce)


def answer(value):
    if isinstance(value, Image.Image):
        return f'image {value.size[0]},{value.size[1]} {value.mode}'
    if torch.is_tensor(value):
        kind = str(value.dtype).removeprefix('torch.')
        ends = '' if value.numel() == 0 or value.dtype.is_complex else f' {float(value.min()):.6g} {float(value.max()):.6g}'
        return f'{",".join(map(str, value.shape))} {kind}{ends}'
    if isinstance(value, (tuple, list)):
        return '(' + ';'.join(answer(one) for one in value) + ')'
    if isinstance(value, (bool, int)):
        return f'int {int(value)}'
    if isinstance(value, dict):
        return '(' + ';'.join(answer(one) for one in value.values()) + ')'
    return type(value).__name__


class Draw:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def one(self, *options):
        return self.random.choice(options)

    def number(self, low, high):
        return self.random.randint(low, high)

    def maybe(self, chance=0.5):
        return self.random.random() < chance

    def side(self):
        return self.number(4, 40)

    def size(self):
        return f'({self.side()}, {self.side()})'

    def image(self):
        mode = self.one('RGB', 'RGB', 'RGB', 'L', 'RGBA', 'P', '1', 'I', 'F')
        return f'Image.new("{mode}", {self.size()})'

    def tensor(self, channels=None, dtype=None):
        channels = self.one(1, 3, 3, 3, 4) if channels is None else channels
        lead = self.one('', '', f'{self.number(1, 4)}, ')
        sizes = f'{lead}{channels}, {self.side()}, {self.side()}'
        dtype = self.one('float', 'float', 'byte') if dtype is None else dtype
        return f'torch.rand({sizes})' if dtype == 'float' else f'torch.randint(0, 256, ({sizes},), dtype=torch.uint8)'

    def array(self):
        shape = self.one(f'{self.side()}, {self.side()}', f'{self.side()}, {self.side()}, 3', f'{self.side()}, {self.side()}, {self.one(1, 4, 7)}', f'2, {self.side()}, {self.side()}, 3', f'{self.side()}')
        return f'np.zeros(({shape},), dtype=np.{self.one("uint8", "uint8", "float32", "float64", "int64")})'

    def picture(self):
        return self.image() if self.maybe(0.4) else self.tensor()

    def anything(self):
        return self.one(self.image, self.tensor, self.array)()

    def resize(self):
        return self.one(str(self.side()), str(self.side()), f'[{self.side()}]', self.size(), f'({self.side()}, {self.side()}, 3)' if self.maybe(0.2) else self.size())

    def padding(self):
        n = lambda: self.number(0, 6)
        return self.one(str(n()), f'({n()}, {n()})', f'[{n()}, {n()}, {n()}, {n()}]', f'({n()}, {n()}, {n()})' if self.maybe(0.2) else str(n()))

    def mean(self):
        count = self.one(1, 3, 3, 3, 2)
        values = ', '.join(f'{self.random.uniform(0.1, 0.9):.2f}' for _ in range(count))
        return f'({values},)', f'({", ".join(f"{self.random.uniform(0.1, 0.9):.2f}" for _ in range(count))},)'


def transforms(draw):
    two = draw.maybe()
    m = 'V' if two else 'T'
    mean, std = draw.mean()
    size, crop = draw.resize(), draw.one(str(draw.side()), draw.size())
    make, given = draw.one(
        lambda: (f'{m}.Resize({size})', draw.picture()),
        lambda: (f'{m}.Resize({draw.side()}, max_size={draw.number(41, 60)})', draw.picture()),
        lambda: (f'{m}.CenterCrop({crop})', draw.picture()),
        lambda: (f'{m}.RandomCrop({crop})', draw.picture()),
        lambda: (f'{m}.RandomCrop({crop}, padding={draw.padding()})', draw.picture()),
        lambda: (f'{m}.RandomCrop({crop}, pad_if_needed=True)', draw.picture()),
        lambda: (f'{m}.RandomResizedCrop({crop})', draw.picture()),
        lambda: (f'{m}.Pad({draw.padding()}{draw.one("", ", padding_mode=" + repr(draw.one("edge", "reflect")))})', draw.tensor(dtype='float')),
        lambda: (f'{m}.Pad({draw.padding()})', draw.picture()),
        lambda: (f'{m}.FiveCrop({crop})', draw.picture()),
        lambda: (f'{m}.TenCrop({crop})', draw.picture()),
        lambda: (f'{m}.{draw.one("RandomHorizontalFlip", "RandomVerticalFlip", "RandomGrayscale", "RandomInvert")}(p=1.0)', draw.one(f'Image.new("RGB", {draw.size()})', draw.tensor(channels=3))),
        lambda: (f'{m}.RandomRotation({draw.one(30, 90)}{draw.one("", ", expand=True")})', draw.picture()),
        lambda: (f'{m}.Grayscale({draw.one("", "3", "num_output_channels=1")})', draw.one(draw.image(), draw.tensor())),
        lambda: (f'{m}.Normalize({mean}, {std})', draw.one(draw.tensor(), draw.tensor(dtype='float'), draw.image())),
        lambda: (f'{m}.ToTensor()', draw.anything()),
        lambda: (f'{m}.PILToTensor()', draw.one(draw.image(), draw.image(), draw.tensor())),
        lambda: (f'{m}.ToPILImage()', draw.anything()),
        lambda: (f'{m}.ConvertImageDtype(torch.{draw.one("float32", "uint8", "float64", "int32")})', draw.tensor()),
        lambda: (f'{m}.RandomErasing(p=1.0)', draw.one(draw.tensor(dtype='float'), draw.image())),
        lambda: (f'{m}.ColorJitter(brightness=0.5, contrast=0.3)', draw.one(f'Image.new("RGB", {draw.size()})', draw.tensor(channels=3))),
        lambda: (f'{m}.GaussianBlur(3)', draw.tensor()),
        lambda: (f'{m}.{draw.one("AutoAugment", "RandAugment", "TrivialAugmentWide")}()', draw.one(f'Image.new("RGB", {draw.size()})', draw.tensor(channels=3, dtype='byte'))),
        lambda: (f'{m}.RandomApply([{m}.CenterCrop({crop})], p={draw.one("1.0", "0.0")})', draw.picture()),
        lambda: (f'{m}.Compose([{m}.Resize({draw.side()}), {m}.CenterCrop({crop}), {m}.ToTensor(), {m}.Normalize({mean}, {std})])', draw.one(draw.image(), f'Image.new("RGB", {draw.size()})')),
        lambda: (f'V.Compose([V.ToImage(), V.ToDtype(torch.float32, scale={draw.one("True", "False")}), V.Resize({size})])', draw.one(draw.image(), draw.tensor(), f'np.zeros(({draw.side()}, {draw.side()}, 3), dtype=np.uint8)')),
        lambda: (f'V.{draw.one("RGB", "Identity", "ToImage", "ToPureTensor")}()', draw.one(draw.image(), draw.tensor())),
        lambda: (f'torch.nn.Sequential({m}.RandomHorizontalFlip(), {m}.Resize({draw.size()}))', draw.tensor()),
    )()
    return f'{make}({given})'


def functions(draw):
    f = draw.one('F', 'VF')
    return draw.one(
        lambda: f'{f}.resize({draw.picture()}, {draw.one(f"[{draw.side()}]", f"[{draw.side()}, {draw.side()}]")})',
        lambda: f'{f}.center_crop({draw.picture()}, {draw.one(draw.side(), f"[{draw.side()}, {draw.side()}]")})',
        lambda: f'{f}.crop({draw.picture()}, 1, 2, {draw.side()}, {draw.side()})',
        lambda: f'{f}.resized_crop({draw.picture()}, 0, 1, 5, 6, [{draw.side()}, {draw.side()}])',
        lambda: f'{f}.pad({draw.picture()}, {draw.padding()})',
        lambda: f'{f}.{draw.one("hflip", "vflip")}({draw.picture()})',
        lambda: f'{f}.rotate({draw.picture()}, {draw.one(30, 90, 180)}{draw.one("", ", expand=True")})',
        lambda: f'{f}.to_tensor({draw.one(draw.image(), draw.array())})',
        lambda: f'{f}.pil_to_tensor({draw.image()})',
        lambda: f'{f}.to_pil_image({draw.one(draw.tensor(), draw.array())})',
        lambda: f'{f}.normalize({draw.tensor(dtype="float")}, [0.5, 0.4, 0.3], [0.2, 0.3, 0.4])',
        lambda: f'{f}.rgb_to_grayscale({draw.tensor(channels=3)}, num_output_channels={draw.one(1, 3)})',
        lambda: f'{f}.get_dimensions({draw.one(draw.picture())})',
        lambda: f'{f}.get_image_size({draw.one(draw.picture())})',
        lambda: f'{f}.adjust_brightness({draw.one(f"Image.new(%sRGB%s, {draw.size()})" % (chr(34), chr(34)), draw.tensor(channels=3))}, 1.5)',
        lambda: f'VF.to_dtype({draw.tensor()}, torch.{draw.one("float32", "uint8", "int64")}, scale={draw.one("True", "False")})',
        lambda: f'VF.to_image({draw.one(draw.image(), draw.tensor())})',
        lambda: f'{f}.five_crop({draw.picture()}, {draw.one(5, draw.side())})',
    )()


def operations(draw):
    n, k = draw.number(1, 7), draw.number(1, 7)
    boxes = lambda count, width=4: f'torch.rand({count}, {width})'
    tensor = draw.one(f'torch.rand({draw.number(1, 12)}, {draw.one(1, 3)}, {draw.side()}, {draw.side()})', f'torch.rand({draw.one(1, 3)}, {draw.side()}, {draw.side()})', f'torch.rand({draw.side()}, {draw.side()})', f'[torch.rand(3, 8, 9) for _ in range({n})]')
    return draw.one(
        lambda: f'ops.{draw.one("box_iou", "generalized_box_iou", "distance_box_iou", "complete_box_iou")}({boxes(n)}, {boxes(k)})',
        lambda: f'ops.box_area({boxes(n)})',
        lambda: f'ops.box_convert({boxes(n)}, "xyxy", "{draw.one("xywh", "cxcywh")}")',
        lambda: f'ops.clip_boxes_to_image({boxes(n)}, (5, 6))',
        lambda: f'ops.sigmoid_focal_loss({boxes(n)}, {boxes(n)}, reduction="{draw.one("none", "mean", "sum")}")',
        lambda: f'ops.generalized_box_iou_loss({boxes(n)}, {boxes(n)}, reduction="{draw.one("none", "mean")}")',
        lambda: f'ops.masks_to_boxes(torch.ones({n}, 8, 9))',
        lambda: f'utils.make_grid({tensor}, nrow={draw.number(1, 9)}, padding={draw.number(0, 4)}{draw.one("", ", normalize=True")})',
    )()


def einops_call(draw):
    b, c, h, w = draw.number(1, 4), draw.one(1, 3, 6, 8), draw.one(4, 6, 8, 12), draw.one(4, 6, 9, 12)
    x = f'torch.rand({b}, {c}, {h}, {w})'
    p, q = draw.one(2, 3, 4), draw.one(2, 3, 4)
    mapped = draw.one('sum', 'mean', 'max', 'min', 'prod')
    m = draw.number(1, 5)
    return draw.one(
        lambda: f'einops.rearrange({x}, "b c (h p1) (w p2) -> b (h w) (p1 p2 c)", p1={p}, p2={q})',
        lambda: f'einops.rearrange({x}, "b c h w -> {draw.one("b h w c", "(b c) h w", "b (c h w)", "b c (h w)", "w (h c) b", "b c h", "b 1 c (h w)")}")',
        lambda: f'einops.rearrange({x}, "{draw.one("b (c1 c2) h w -> b c1 c2 h w", "b (c1 c2) ... -> c1 ... (b c2)")}", c1={p})',
        lambda: f'einops.rearrange({x}, "{draw.one("b ... -> ... b", "b ... -> b (...)", "... w -> w ...", "b c h -> b h c", "b c h w d -> b c")}")',
        lambda: f'einops.rearrange([{x}, {x}], "{draw.one("n b c h w -> b n c h w", "n b c h w -> (n b) c h w", "n b c h w -> b c h (n w)")}")',
        lambda: f'einops.rearrange({x}, "b (c r) h w -> b c (h r) w", {draw.one(f"r={p}", f"r={p}, c={q}", "", f"k={p}")})',
        lambda: f'einops.reduce({x}, "{draw.one("b c h w -> b c", "b c h w -> b c 1 1", "b c h w -> c", "b c h w ->", "b ... -> b")}", "{mapped}")',
        lambda: f'einops.reduce({x}, "b c (h {p}) (w {q}) -> b c h w", "{mapped}")',
        lambda: f'einops.repeat({x}, "b c h w -> {draw.one("b c (h 2) (w 2)", f"b c h w {m}", "b k c h w", "(b k) c h w", "b c h")}", {draw.one(f"k={m}", f"k={m}", "")})',
        lambda: f'einops.repeat(torch.rand(1, 1, {c}), "1 1 d -> b 1 d", b={m})',
        lambda: f'einops.einsum(torch.rand({b}, {h}, {c}), torch.rand({b}, {w}, {draw.one(c, c, c + 1)}), "b i d, b j d -> {draw.one("b i j", "b j i", "i j", "b i j d", "b k")}")',
        lambda: f'einops.einsum(torch.rand({b}, {m}, {h}, {c}), torch.rand({c}, {w}), "... {draw.one("d", "dim")}, {draw.one("d", "dim")} out -> ... out")',
        lambda: f'einops.pack([torch.rand({b}, {c}), torch.rand({b}, {h}, {draw.one(c, c, c + 1)}), torch.rand({b}, {h}, {w}, {c})], "b * c")',
        lambda: f'einops.unpack(torch.rand({b}, {h}, {c}), [{draw.one("[-1]", f"[{h - 1}]", f"[{h}]")}, [{1}]], "b * c")',
        lambda: f'einops.parse_shape({x}, "{draw.one("b c h w", "b _ h w", "b ... w", "b c")}")',
        lambda: f'Rearrange("b c (h p1) (w p2) -> b (h w) (p1 p2 c)", p1={p}, p2={q})({x})',
        lambda: f'Reduce("b c (h 2) (w 2) -> b c h w", "max")({x})',
        lambda: f'EinMix("b c h w -> b o h w", weight_shape="c o", bias_shape="o", c={draw.one(c, c, c + 1)}, o={m})({x})',
        lambda: f'sum(p.numel() for p in EinMix("b t (h c) -> b t (h d)", weight_shape="h c d", {draw.one("", "bias_shape=%sh d%s, " % (chr(34), chr(34)))}h={p}, c={c}, d={m}).parameters())',
    )()


GROUPS = {'transforms': (transforms, 3), 'functions': (functions, 1.5), 'operations': (operations, 0.7), 'einops': (einops_call, 2)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('file')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--count', type=int, default=300)
    options = parser.parse_args()
    draw = Draw(options.seed)
    torch.manual_seed(options.seed)
    random.seed(options.seed)
    with open(options.file, 'w', encoding='utf8') as file:
        for group, (make, share) in GROUPS.items():
            seen = set()
            for _ in range(int(options.count * share)):
                expression = make(draw)
                if expression in seen:
                    continue
                seen.add(expression)
                try:
                    result = answer(eval(expression, SCOPE))
                except Exception as error:
                    result = f'!{type(error).__name__}: {str(error)[:100]}'
                file.write(json.dumps({'o': group, 'e': expression, 'a': result}, separators=(',', ':')) + '\n')


if __name__ == '__main__':
    main()
